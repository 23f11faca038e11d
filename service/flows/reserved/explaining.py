"""Why somebody has a rank, in words of both languages: the criteria, and the one that put the person behind."""

from collections.abc import Mapping, Sequence
from typing import Any

WORDS: Mapping[str, tuple[str, str]] = {
    "first": ("本层级第一名", "first of the band"),
    "exchanged": ("前一名交流过", "the one before was exchanged"),
    "destination": ("前一名的交流去向在先", "the one before went where it counts more"),
    "months": ("前一名交流月数较多", "the one before was exchanged for longer"),
    "excellent": ("前一名考核优秀次数较多", "the one before has more excellent years"),
    "backbone": ("前一名骨干层次较高", "the one before has a higher backbone tier"),
    "title_since": ("前一名取得职称较早", "the one before has the title for longer"),
    "tie": ("与前一名各项相同", "equal to the one before in everything"),
    "standing": ("不符合条件或暂缓：请问人事科", "not eligible or suspended: ask HR"),
    "incomplete": ("排序依据不全，未排序", "a fact is missing: not ranked"),
    "given_up": ("本轮已撤销", "the round was given up"),
    "late": ("排序后才受理，本轮未排序", "accepted after the ranking: not ranked"),
    "rejected": ("本轮不予分配", "nothing is allocated in this round"),
}
DESTINATIONS = {
    "remote": ("边远", "remote"),
    "weak": ("薄弱", "weak"),
    "other": ("其他", "other"),
    "none": ("无", "none"),
}
TIERS = {
    "special": ("特级", "special"), "province": ("省级", "province"), "city": ("市级", "city"),
    "county": ("区县级", "county"), "school": ("校级", "school"), "none": ("无", "none"),
}  # fmt: skip


def told(because: str | None, facts: Mapping[str, Any], votes: Sequence[int], locale: str) -> str:
    """The criteria, then the reason of the rank, then the votes of a tie."""
    parts = [_facts(facts, locale)] if facts else []
    parts += [_word(WORDS, because, locale)] if because else []
    counted = ", ".join(str(count) for count in votes)
    parts += [f"票决同意 {counted} 票" if locale == "zh" else f"votes in favour: {counted}"] if votes else []
    return ("；" if locale == "zh" else "; ").join(parts)


def _facts(facts: Mapping[str, Any], locale: str) -> str:
    destination = _word(DESTINATIONS, facts["destination"], locale)
    tier, since = _word(TIERS, facts["backbone"], locale), facts["title_since"] or "–"
    months, excellent = facts["months"], facts["excellent"]
    if locale == "en":
        exchange = f"exchanged {months} months ({destination})" if facts["exchanged"] else "not exchanged"
        return f"{exchange}, excellent {excellent} times, backbone {tier}, title since {since}"
    exchange = f"交流 {months} 个月（{destination}）" if facts["exchanged"] else "未交流"
    return f"{exchange}，考核优秀 {excellent} 次，骨干 {tier}，职称 {since}"


def _word(words: Mapping[str, tuple[str, str]], code: str | None, locale: str) -> str:
    return words.get(code or "", (code or "–",) * 2)[locale == "en"]
