"""Random damage to a file: bytes cut, moved and doubled; elements and attributes lost, swapped, renamed, repeated."""

from collections.abc import Callable
from copy import deepcopy
from random import Random

from lxml import etree

LARGEST = 400_000
"""Bytes of a file that is changed; what is larger is tried as it is."""
Change = Callable[[etree._Element, Random], None]
WORDS = ("", "x", "=x", "true", "-1", "userTask", "p", "审核", "a" * 300, "${x}", "=1 +", "P1D")


def change(content: bytes, random: Random) -> bytes:
    """A damaged copy."""
    if random.random() < 0.25:
        return _bytes(content, random)
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return _bytes(content, random)
    for _ in range(random.randint(1, 6)):
        random.choice(CHANGES)(root, random)
    return etree.tostring(root)


def _bytes(content: bytes, random: Random) -> bytes:
    """Cut, insert, overwrite, double or shuffle at a random place."""
    first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
    match random.randrange(6):
        case 0:
            return content[:last]
        case 1:
            return content[:first] + content[last:]
        case 2:
            return content[:last] + content[first:]
        case 3:
            return content[:first] + random.randbytes(random.randint(1, 9)) + content[first:]
        case 4:
            return content.replace(random.choice((b'"', b">", b"id=", b"bpmn", b"=", b"/")), b"", random.randint(1, 3))
        case _:
            return content[first:] + content[:first]


def _any(root: etree._Element, random: Random) -> etree._Element:
    return random.choice([one for one in root.iter() if isinstance(one.tag, str)])


def _lose(root: etree._Element, random: Random) -> None:
    one = _any(root, random)
    if one.getparent() is not None:
        one.getparent().remove(one)


def _double(root: etree._Element, random: Random) -> None:
    one = _any(root, random)
    if one.getparent() is not None:
        one.getparent().append(deepcopy(one))


def _into(root: etree._Element, random: Random) -> None:
    one, other = _any(root, random), _any(root, random)
    if one.getparent() is not None and one is not other and one not in other.iterancestors():
        other.append(one)


def _retag(root: etree._Element, random: Random) -> None:
    one, other = _any(root, random), _any(root, random)
    one.tag, other.tag = other.tag, one.tag


def _unset(root: etree._Element, random: Random) -> None:
    one = _any(root, random)
    for name in random.sample(list(one.attrib), min(len(one.attrib), 1)):
        del one.attrib[name]


def _swap(root: etree._Element, random: Random) -> None:
    one, other = _any(root, random), _any(root, random)
    if one.attrib and other.attrib:
        first, second = random.choice(list(one.attrib)), random.choice(list(other.attrib))
        one.attrib[first], other.attrib[second] = other.attrib[second], one.attrib[first]


def _say(root: etree._Element, random: Random) -> None:
    one = _any(root, random)
    if one.attrib:
        one.attrib[random.choice(list(one.attrib))] = random.choice(WORDS)
    else:
        one.text = random.choice(WORDS)


CHANGES: tuple[Change, ...] = (_lose, _double, _into, _retag, _unset, _swap, _say)
