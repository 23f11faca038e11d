"""The figures of the ledger, of cases and of work, the plain way."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime

from service.posts.rules import SchoolPosts, lacking, structure
from service.records.rules_retirement import statutory, track_of
from tests.service.reports.plainly import SHANGHAI, Answer, Reading, first_of_school_year, graduate, holds, people
from tests.service.reports.rows import Row


def answers(here: Reading) -> dict[str, Answer]:
    """Figure → numerator, denominator, unknown."""
    rooms = (people, posts, flows, locks, work)
    return {key: answer for room in rooms for key, answer in room(here).items()}


def figures_then(here: Reading, account: Row) -> Counter[str]:
    found: Counter[str] = Counter()
    for entry in here.plain["ledger_entry"]:
        if entry["account_id"] == account["id"] and entry["at"] <= here.end:
            for name in ("approved", "excess", "occupied", "reserved", "lent"):
                found[name] += entry[name]
    return found


def posts(here: Reading) -> dict[str, Answer]:
    then = {a["id"]: figures_then(here, a) for a in here.plain["ledger_account"]
            if any(e["account_id"] == a["id"] and e["at"] <= here.end for e in here.plain["ledger_entry"])}  # fmt: skip
    accounts = [a for a in here.plain["ledger_account"] if a["id"] in then]

    def added(chosen: Iterable[Row], amount: Callable[[Row, Counter[str]], int]) -> Answer:
        rows = list(chosen)
        return sum(amount(a, then[a["id"]]) for a in rows), sum(then[a["id"]]["approved"] for a in rows), 0

    def free(_a: Row, f: Counter[str]) -> int:
        return f["approved"] + f["excess"] - f["occupied"] - f["reserved"] - f["lent"]

    heads = [a for a in accounts if a["kind"] == "headcount"]
    own = [a for a in accounts if a["kind"] == "post" and not a["pool"]]
    of = {band: [a for a in accounts if a["band"] == band] for band in ("senior", "middle")}
    return {
        "vacant_headcount": added(heads, free), "vacant_posts": added(own, free),
        "over_headcount": added(heads, lambda _a, f: f["excess"]),
        "over_posts": added(own, lambda _a, f: f["excess"]),
        **{f"pool_{band}": added(rows, lambda a, f: f["approved"] if a["pool"] else 0) for band, rows in of.items()},
        "pool_exchanged": lent(here), "uplift": uplift(here, own, then),
    }  # fmt: skip


def lent(here: Reading) -> Answer:
    rows = [loan for loan in here.plain["post_loan"]
            if loan["from_on"] <= here.on and (loan["ended_on"] is None or loan["ended_on"] > here.on)]  # fmt: skip
    went = {r["person_id"] for r in here.plain["person_record"]
            if r["kind"] == "exchange" and r["voided_at"] is None and r["valid_from"] <= here.on}  # fmt: skip
    known = [here.yes(loan["person_id"], loan["person_id"] in went) for loan in rows]
    return known.count(True), len(rows), known.count(None)


def uplift(here: Reading, own: list[Row], then: dict[str, Counter[str]]) -> Answer:
    part = whole = unknown = 0
    p = here.parameters
    for school in here.plain["organisation"]:
        mine = [a for a in own if a["organisation_id"] == school["id"]]
        if school["kind"] != "school" or not mine or (school["area"] != "remote" and school["weak"] is False):
            continue
        whole += 1
        if school["area"] != "remote" and school["weak"] is None:
            unknown += 1
            continue
        bands = {a["band"]: then[a["id"]]["approved"] for a in mine}
        for entry in here.plain["ledger_entry"]:
            if entry["borrower_id"] == school["id"] and entry["at"] <= here.end:
                band = next(a["band"] for a in here.plain["ledger_account"] if a["id"] == entry["account_id"])
                bands[band] = bands.get(band, 0) + entry["lent"]
        least = structure(sum(bands.values()), p["structure_senior_percent"], p["structure_middle_percent"],
                          uplift=p["structure_uplift_points"])  # fmt: skip
        row = SchoolPosts("", "", sum(bands.values()), bands.get("senior", 0), bands.get("middle", 0))
        part += lacking(row, least) == 0
    return part, whole, unknown


def locks(here: Reading) -> dict[str, Answer]:
    active: dict[tuple[str, str], date] = {}
    for lock in here.plain["service_lock"]:
        if lock["starts_on"] <= here.on <= lock["ends_on"] and lock["struck_at"] is None:
            key = (lock["person_id"], lock["organisation_id"])
            active[key] = max(active.get(key, date.min), lock["ends_on"])
    plans = {p["instance_id"] for p in here.plain["exchange_plan"] if this_year(here, p)}
    granted = {e["person_id"] for e in here.plain["exchange_entry"]
               if e["instance_id"] in plans and e["exception"] == "granted"}  # fmt: skip
    year_on = date(here.on.year + 1, here.on.month, here.on.day)
    return {
        "locks_active": (len(active), len(active), 0),
        "locks_ending": (sum(end <= year_on for end in active.values()), len(active), 0),
        "locks_excepted": (sum(person in granted for person, _ in active), len(active), 0),
    }


def this_year(here: Reading, plan: Row) -> bool:
    first = first_of_school_year(here.on)
    return bool(first <= plan["effective_on"] <= date(first.year + 1, 8, 31))


def flows(here: Reading) -> dict[str, Answer]:
    plans = {p["instance_id"] for p in here.plain["exchange_plan"]
             if this_year(here, p) and here.cases[p["instance_id"]]["state"] in ("running", "completed")}  # fmt: skip
    listed = [e for e in here.plain["exchange_entry"] if e["instance_id"] in plans and e["counted"]]
    arrived = [e for e in listed if e["arrived_on"] and e["arrived_on"] <= here.on]
    batches = {b["id"] for b in here.plain["title_batch"] if b["year"] == here.on.year}
    titles = [a for a in here.plain["title_application"]
              if a["batch_id"] in batches and a["result"] and a["decided_on"] <= here.on]  # fmt: skip
    passed = [a for a in titles
              if a["result"] == "passed" or (a["result"] == "revoked" and here.on < a["revoked_on"])]  # fmt: skip
    return {
        "exchange_floor": (len(arrived), len(listed), 0),
        "titles_passed": (len(passed), len(titles), 0),
        "retirements": retirements(here),
        **hiring(here),
    }


def hiring(here: Reading) -> dict[str, Answer]:
    posts = [a for a in here.plain["appointment"] if not a["struck_at"]]
    pairs = [(c, a) for c in here.plain["candidate"] if c["state"] == "hired" for a in posts
             if a["person_id"] == c["person_id"] and a["instance_id"] == c["instance_id"]]  # fmt: skip
    new = {
        (c["person_id"], a["organisation_id"])
        for c, a in pairs
        if date(here.on.year, 1, 1) <= a["valid_from"] <= here.on
    }
    degrees = [graduate(here.people[person], {}, {}) for person, _ in new]
    taken = planned = asked = 0
    for case in here.plain["process_case"]:
        run = here.cases[case["instance_id"]]
        told = [c for c in here.plain["variable_change"] if c["instance_id"] == run["id"] and c["at"] <= here.end]
        count = sum(post["count"] for post in (told[-1]["new"] if told else ()))
        if case["definition_key"] != "hiring" or case["started_at"] > here.end:
            continue
        over = run["ended_at"] is not None and run["ended_at"] <= here.end
        asked += 0 if over else count
        if case["started_at"] >= here.year and not (over and run["state"] != "completed"):
            planned += count
            taken += sum(c["instance_id"] == case["instance_id"] and a["valid_from"] <= here.on for c, a in pairs)
    return {
        "hires_planned": (taken, planned, 0), "posts_asked": (asked, asked, 0),
        "hires_master": (degrees.count(True), len(degrees), degrees.count(None)),
    }  # fmt: skip


def retirements(here: Reading) -> Answer:
    last, number = date(here.on.year + 1, here.on.month, here.on.day), 0
    for who in here.people.values():
        for post in (a for a in here.plain["appointment"] if a["person_id"] == who["id"] and holds(a, here.on)):
            choices = sorted(here.records(who["id"], "retirement_choice"), key=lambda r: (r["valid_from"], r["id"]))
            track = track_of(who["sex"], post["post_category"])
            by_table = statutory(who["born_on"], track) if who["born_on"] and track else None
            day = choices[-1]["valid_from"] if choices else who["retires_on"] or by_table
            number += day is not None and day <= last
    return number, number, 0


def work(here: Reading) -> dict[str, Answer]:
    late = [o for o in here.plain["overdue"] if o["owed_by"] == "authority" for t in here.plain["task"]
            if t["id"] == o["task_id"] and t["opened_at"] <= here.end and t["due_at"] < here.end
            and (t["closed_at"] is None or t["closed_at"] > here.end)]  # fmt: skip
    back = here.on.year * 12 + here.on.month - 1 - 5
    since = datetime(back // 12, back % 12 + 1, 1, tzinfo=SHANGHAI)
    decided = [t["decision"] for t in here.plain["task"]
               if t["closed_at"] and since <= t["closed_at"] <= here.end and t["decision"]]  # fmt: skip
    objections = [o for o in here.plain["publicity_objection"] if here.year <= o["at"] <= here.end]
    held = {e["instance_id"] for e in here.plain["ledger_entry"] if e["reserved"] > 0 and e["at"] <= here.end}
    ended = [here.cases[c["instance_id"]] for c in here.plain["process_case"] if c["instance_id"] in held]
    ended = [run for run in ended if run["ended_at"] and here.year <= run["ended_at"] <= here.end]
    return {
        "overdue": (len(late), len(late), 0),
        "returned": (decided.count("return"), len(decided), 0),
        "objections": (len(objections), len(objections), 0),
        "expired_holds": (sum(run["state"] == "expired" for run in ended), len(ended), 0),
    }
