"""Where rows leave the input space of a table uncovered, found within a budget of steps."""

from collections.abc import Iterator, Sequence

from workflows.decisions.regions import Box

MAX_VISITS = 150_000
"""Steps of all searches in one table: about a second."""


class TooLarge(Exception):
    """The budget has ended before the question was answered."""


class Cover:
    """Rows as boxes, turned into sets of rows (bits) for each region of each column."""

    def __init__(self, boxes: Sequence[Box], widths: Sequence[int]) -> None:
        self.left = MAX_VISITS
        self.columns = [self._rows_by_region(boxes, at, width) for at, width in enumerate(widths)]
        self._boxes = boxes

    def _rows_by_region(self, boxes: Sequence[Box], at: int, width: int) -> list[int]:
        rows = [0] * width
        for row, box in enumerate(boxes):
            mask = box[at]
            while mask:
                low = mask & -mask
                rows[low.bit_length() - 1] |= 1 << row
                mask ^= low
        return rows

    def uncovered(self, within: Box, rows: int) -> Iterator[Box]:
        """Parts of `within` that none of the rows (bits) accepts. Raises TooLarge."""
        self._within = within
        self._always = [*([0] * len(within)), -1]
        wide = [row for row in range(len(self._boxes)) if rows >> row & 1]
        for at in range(len(within) - 1, -1, -1):
            wide = [row for row in wide if self._boxes[row][at] & within[at] == within[at]]
            self._always[at] = sum(1 << row for row in wide)
        self._covered: set[tuple[int, int]] = set()
        yield from self._search(0, rows)

    def _search(self, at: int, rows: int) -> Iterator[Box]:
        if rows & self._always[at]:
            return
        if not rows:
            yield self._within[at:]
            return
        if (at, rows) in self._covered:
            return
        self.left -= 1
        if self.left < 0:
            raise TooLarge
        found = False
        for left, regions in self._groups(at, rows).items():
            for box in self._search(at + 1, left):
                found = True
                yield (regions, *box)
        if not found:
            self._covered.add((at, rows))

    def _groups(self, at: int, rows: int) -> dict[int, int]:
        """The rows that remain for each region of a column → the regions for which these are they."""
        groups: dict[int, int] = {}
        mask, by_region = self._within[at], self.columns[at]
        while mask:
            low = mask & -mask
            remaining = rows & by_region[low.bit_length() - 1]
            groups[remaining] = groups.get(remaining, 0) | low
            mask ^= low
        self.left -= len(groups)
        return groups
