"""Personnel changes at random: every kind, on the day, before it and long after it, and decisions about the ledger."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from service.posts import commands
from service.posts.commands import ChangeApproved
from service.posts.posting import ACCOUNT
from tests.flows.exchange import driving
from tests.service.people import county as counties

SCHOOLS = ("s01", "s02")
LEAVING = ("retirement", "resignation", "death", "transfer_out", "dismissal")
ARRIVING = ("transfer_in", "graduate", "special_post")
KINDS = (
    *LEAVING, *ARRIVING, "conversion", "post", "grade", "title", "rename", "absence", "loan", "back",
    *("transfer", "promotion", "demotion") * 3,
)  # fmt: skip
LATE = (0, 0, 0, 0, 3, 25, -4)
"""Days by which a change is entered after its day; −4: it waits for it."""
GRADES = {"senior": (5, 7), "middle": (8, 10), "junior": (11, 13)}


class Changing(driving.World):
    """Enters personnel changes, cuts of the approved numbers, and who sits in a post lent before the opening day."""

    dice: random.Random
    teachers: list[str]
    number: int

    def place(self, code: str) -> str:
        return self.county.organisations[code]

    def change(self) -> str:
        """A personnel change of somebody, as the clerk of the school enters it."""
        kind = self.dice.choice(KINDS)
        who = self.dice.choice(self.teachers)
        arrives = kind in ARRIVING
        school = self.dice.choice(SCHOOLS) if arrives else self.appointment(who)
        day = self.now.date() - timedelta(days=self.dice.choice(LATE))
        given = {"kind": kind, "effective_on": day.isoformat(), "document": "青教人〔2026〕8号",
                 "document_on": "2026-09-08", "scan": [self.file(f"{school}.hr")], "note": "依据鉴定"}  # fmt: skip
        given |= self._newcomer(kind) if arrives else {"person_id": self.county.persons[who], "name": self.name_of(who)}
        case = self.start("personnel", f"{school}.hr", school, **given, **self._filled_in(kind, school))
        if self.dice.random() < 0.7:
            case.complete("confirm", "bureau.chief", "approve")
        return f"personnel {kind}{' late' if day < self.now.date() else ''}"

    def file(self, who: str) -> str:
        raise NotImplementedError

    def name_of(self, who: str) -> str:
        return str(self.row(select(driving.PERSON.c.name).where(driving.PERSON.c.id == self.county.persons[who])).name)

    def _newcomer(self, kind: str) -> dict[str, Any]:
        self.number += 1
        return {"name": f"新{self.number}", "id_number": counties.id_number(self.number)}

    def _filled_in(self, kind: str, school: str) -> dict[str, Any]:
        band = self.dice.choice(("senior", "middle", "junior"))
        post = {"post_category": "professional", "band": band, "grade": self.dice.choice(GRADES[band])}
        other = self.place(next(one for one in SCHOOLS if one != school))
        up = kind == "promotion"
        rises: dict[str, Any] = {"assessment": "excellent" if up else "failed", "band": "senior" if up else "junior",
                                 "grade": 7 if up else 12}  # fmt: skip
        away = self.dice.choice((post, {"post_category": "management"}))
        found: dict[str, dict[str, Any]] = {
            "transfer_in": post, "graduate": post, "conversion": post, "post": away, "promotion": rises,
            "demotion": rises, "transfer": {"to_school": other}, "grade": {"grade": self.dice.randrange(5, 14)},
            "title": {"title": self.dice.choice(("二级", "一级", "高级"))}, "rename": {"new_name": f"改{self.number}"},
            "absence": {"reason": "sickness"}, "loan": {"loan": "support", "to_school": other},
            "back": {"back_from": self.dice.choice(("absence", "loan"))},
        }  # fmt: skip
        return found.get(kind, {})

    def cut(self) -> str:
        """The approved number of an account changes by one or two, up or down."""
        accounts = self.rows(select(ACCOUNT).order_by(ACCOUNT.c.id))
        row = self.dice.choice(accounts)
        approved = max(0, row.approved + self.dice.choice((-2, -1, -1, 1, 1, 2)))
        command = ChangeApproved(row.id, approved, "区编〔2026〕2号", self.now.date())
        commands.change_approved(self.actor("bureau.hr"), command, now=self.now)
        return "cut" if approved < row.approved else "raised"
