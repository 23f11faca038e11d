"""The round as a workbook: ranking with reasons, and the progress of each school."""

from collections.abc import Sequence

from service import sheets
from service.flows.reserved.explaining import told
from service.flows.reserved.queries import ApplicationView, RoundView, progress
from service.sheets import Heading

HEADINGS = (
    (("层级", "Band"), 8), (("名次", "Rank"), 8), (("姓名", "Name"), 14), (("学校", "School"), 28),
    (("拟分配", "Granted"), 10),    (("理由", "Why"), 60), (("状态", "State"), 14), (("逾期", "Overdue"), 8),
    (("案号", "Case"), 18),
)  # fmt: skip
PROGRESS = (("学校", "School"), ("核对中", "Being checked"), ("已受理", "Accepted"), ("获分配", "Granted"),
            ("已结束", "Ended"), ("逾期", "Overdue"))  # fmt: skip
BANDS = {"senior": ("高级", "senior"), "middle": ("中级", "middle")}
YES = ("是", "yes")
STATES = {
    "submitted": ("核对中", "being checked"), "suspended": ("暂缓", "suspended"),
    "accepted": ("已受理", "accepted"), "granted": ("获分配", "granted"),
    "refused": ("未获分配", "not allocated"), "expired": ("逾期失效", "expired"), "lent": ("已借出", "lent"),
    "released": ("未聘收回", "released"), "appointed": ("已聘任", "appointed"), "returned": ("已归还", "returned"),
    "ended": ("已撤销", "withdrawn"),
}  # fmt: skip


def workbook(found: RoundView, rows: Sequence[ApplicationView], locale: str) -> bytes:
    """Everybody of the round in the order of the ranking; the second sheet counts by school."""
    at = int(locale == "en")
    lines = [_line(row, at, locale) for row in rows]
    counted = [[words[at] for words in PROGRESS]]
    for one in progress(rows):
        name = one.school_name_en if at and one.school_name_en else one.school_name
        counted.append([name, *map(str, (one.submitted, one.accepted, one.held, one.ended, one.overdue))])
    headings = [Heading(words[at], width) for words, width in HEADINGS]
    return sheets.workbook(str(found.year), headings, lines, {("学校进度", "Schools")[at]: counted})


def _line(row: ApplicationView, at: int, locale: str) -> list[str]:
    school = row.school_name_en if at and row.school_name_en else row.school_name
    rank, granted = str(row.rank or ""), YES[at] if row.granted else ""
    why = told(row.because, row.facts, row.votes, locale)
    state, late = STATES[row.state][at], YES[at] if row.overdue else ""
    return [BANDS[row.band][at], rank, row.name, school, granted, why, state, late, row.business_key]
