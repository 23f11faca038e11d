"""Files as strangers send them: seeded, by name; each is to be answered with findings that name element and line."""

from collections.abc import Iterator
from random import Random

from tests.proofs.odd import drawn, kinds, mutated, raw, sized, vendors

MAKERS = (raw.files, drawn.files, kinds.files, vendors.files, sized.files)


def plain() -> dict[str, bytes]:
    """One of every kind that is written out."""
    return {name: content for maker in MAKERS for name, content in maker()}


def changed(seed: int, count: int, beside: dict[str, bytes] | None = None) -> Iterator[tuple[str, bytes]]:
    """`count` random changes of those and of the diagrams `beside` them."""
    random, sound = Random(seed), sorted({**plain(), **(beside or {})}.items())
    small = [(name, content) for name, content in sound if content and len(content) < mutated.LARGEST]
    for number in range(count):
        name, content = random.choice(small)
        yield f"m{number}-{name}", mutated.change(content, random)
