"""Queues for posts as tests want them, in place of those that flows declare."""


def of_bands(counts):
    """So many wait at every school for a post of each band; `counts` is read at every question."""
    return lambda _session, places, _on: {(one, band): count for one in places for band, count in counts.items()}
