"""A hiring case on paper, as bureau HR tells it and the section chief confirms it."""

from dataclasses import replace
from datetime import date, timedelta

from service.instances.commands_told import DecideTold, confirm_told, propose_told, rehearse_told
from service.instances.told import ToldCase, ToldStep
from tests.driver import Case
from tests.flows.hiring.county import id_number
from tests.service.tasks.scans import scan

DAYS = {
    "asked": date(2026, 8, 3), "review": date(2026, 8, 6), "granted": date(2026, 8, 11),
    "announced": date(2026, 8, 13), "early": date(2026, 8, 20), "qualified": date(2026, 8, 27),
    "exam": date(2026, 9, 2), "interview": date(2026, 9, 4), "inspection": date(2026, 9, 8),
}  # fmt: skip
REVIEWS = ("bureau_review", "staffing_check", "post_check")


def demand(count=3, band="junior"):
    return {
        "posts": [{"subject": "语文", "stage": "primary", "band": band, "count": count}], "degree": "bachelor",
        "certificate": "小学语文教师资格证", "directed": True, "directed_reason": "乡村学校缺编", "need": "退休 2 人",
        "meeting_on": "2026-07-30",
    }  # fmt: skip


LATER = {
    "choice": date(2026, 7, 28), "medical": date(2026, 7, 30), "objected": date(2026, 8, 4),
    "published": date(2026, 8, 11), "filed": date(2026, 8, 14), "contract": date(2026, 8, 18),
    "arrival": date(2026, 9, 1),
}  # fmt: skip
"""Of a hiring that began six weeks before."""


HIRE = {
    "medical": ("medical", "pass", {"medical_on": "2026-07-30"}),
    "publicity": ("objected", "objection", {"objection_text": "材料有疑问"}),
    "hire_materials": ("published", "submit", {}),
    "hire_filing": ("filed", "accept", {}),
    "hire_approval": ("filed", "approve", {}),
    "contract": ("contract", "signed", {"contract_years": 3, "contract_from": "2026-09-01", "probation_months": 12}),
    "onboarding": ("arrival", "arrived", {"onboarded_on": "2026-09-01"}),
}


class Paper:
    """One case on paper: `scan` is the file of all its papers, `before` how many days earlier it was."""

    def __init__(self, driver, element_id, steps=(), school="s01", count=3, before=0, **values):
        self.driver, self.scan, self.before = driver, scan(driver), timedelta(days=before)
        self.side = "school" if school == "s01" else "bureau"
        self.minutes = [scan(driver)]
        county = driver.county
        self.told = ToldCase(
            "hiring", county.organisations[school], county.persons[f"{school}.hr"], DAYS["asked"] - self.before,
            element_id, {**demand(count), "minutes": self.minutes, **values}, tuple(steps),
        )  # fmt: skip

    def step(self, element_id, day, decision="approve", by="县教育局", rows=(), opinion=None, about=None, **values):
        """The same case with one more step that was decided on paper."""
        found = ToldStep(
            element_id,
            LATER[day] if day in LATER else DAYS[day] - self.before,
            decision,
            by,
            "教人〔2026〕31号",
            self.scan,
            opinion=opinion,
            values=values,
            rows=rows,
            about=about,
        )
        self.told = replace(self.told, steps=(*self.told.steps, found))
        return self

    def reviewed(self):
        for name in REVIEWS:
            self.step(name, "review")
        return self

    def announced(self):
        """Filed by a school that may hire by itself, or approved, and announced."""
        self.reviewed()
        if self.side == "school":
            self.step("filing", "granted", "accept", filing_number="教备〔2026〕7号")
        else:
            self.step("approval", "granted", approval_number="教批〔2026〕7号")
        return self.step(f"announce_{self.side}", "announced", "publish", announced_at="教育局网站")

    def examined(self, count=9, until="interview"):
        """Announced, `count` found qualified, examined and interviewed: the inspection is next, or the interview."""
        self.announced().step(f"qualify_{self.side}", "qualified", "confirm", rows=applicants(count))
        marks = {"written": 90}
        self.step(f"exam_{self.side}", "exam", "confirm", rows=applicants(count, **marks), exam_on="2026-08-30",
                  written_pass_line=60)  # fmt: skip
        if until == "exam_school":
            return self
        return self.step("interview", "interview", "confirm", rows=applicants(count, interview=88),
                         interview_on="2026-09-03")  # fmt: skip

    def chosen(self, count=3):
        """The school has chosen the first `count` of nine."""
        self.examined(9).step("inspection", "inspection", "confirm", inspection_note="无异常")
        rows = tuple({"id_number": id_number(n), "chosen": True} for n in range(1, count + 1))
        return self.step("choice", "choice", "choose", rows=rows)

    def hired(self, *names, of=1):
        """One candidate's way through these steps."""
        for name in names:
            day, decision, values = HIRE[name]
            self.step(name, day, decision, about=id_number(of), **values)
        return self

    def rehearsed(self):
        return rehearse_told(self.driver.actor("bureau.hr"), self.told, now=self.driver.now)

    def proposed(self):
        return propose_told(self.driver.actor("bureau.hr"), self.told, now=self.driver.now)

    def begun(self):
        """Told by an officer, confirmed by the chief: the case."""
        decided = DecideTold(self.proposed())
        rest = confirm_told(self.driver.actor("bureau.chief"), decided, now=self.driver.now)
        return Case(self.driver, rest.instance_id)


def applicants(count, **marks):
    """Rows of `count` applicants, all of them found qualified, or with these marks instead."""
    if marks:
        return tuple({"id_number": id_number(n), **{k: v - n for k, v in marks.items()}} for n in range(1, count + 1))
    return tuple(
        {"line": 1, "name": f"考生{n}", "id_number": id_number(n), "degree": "bachelor", "state": "qualified"}
        for n in range(1, count + 1)
    )
