"""The diagrams that are measured: every step has one seat, one successor, one deadline row and one result variable."""

from typing import Any

import orjson

from tests.driver import Driver
from tests.service.tasks import flows
from tests.workflows import diagrams as d

WHO = "s01.principal"
FORM: dict[str, Any] = {
    "id": "small-start",
    "type": "default",
    "schemaVersion": 16,
    "components": [
        {"type": "number", "key": "count", "label": "人数", "validate": {"required": True, "min": 1, "max": 50}},
        {
            "type": "dynamiclist",
            "key": "rows",
            "validate": {"maxItems": 5000},
            "components": [{"type": "textfield", "key": "subject"}, {"type": "number", "key": "count"}],
        },
    ],
}


def work(id_: str) -> str:
    """A task of the initiator with a form, a deadline, and the result variable `said`, whichever task it is."""
    return flows.task(
        id_, assignee="=initiator", form="small-start", decisions="approve", dueIn="5 workdays", result="said"
    )


def _folder(key: str, *inside: str) -> dict[str, bytes]:
    toml = flows.TOML.replace('key = "small"', f'key = "{key}"').replace("XL-", f"{key.upper()}-")
    process = d.process(d.start(), *inside, d.end(), id_=key)
    return {"flow.bpmn": d.document(process), "flow.toml": toml.encode(), "small-start.form": orjson.dumps(FORM)}


def line(key: str, count: int) -> dict[str, bytes]:
    """`count` tasks one after the other."""
    ids = [f"t{number}" for number in range(count)]
    return _folder(key, *map(work, ids), d.path("start", *ids, "end"))


def loop(key: str) -> dict[str, bytes]:
    """work → again?, for ever."""
    return _folder(
        key,
        d.gateway("exclusive", "again"),
        work("work"),
        d.gateway("exclusive", "which", "out"),
        d.path("start", "again", "work", "which"),
        d.flow("which", "again", "=count > 0"),
        d.flow("which", "end", None, "out"),
    )


def block(key: str) -> dict[str, bytes]:
    """(left | right) → again?, for ever."""
    return _folder(
        key,
        d.gateway("exclusive", "again"),
        work("left"),
        work("right"),
        *(d.gateway("parallel", name) for name in ("fork", "join")),
        d.gateway("exclusive", "which", "out"),
        d.path("start", "again", "fork", "left", "join", "which"),
        d.path("fork", "right", "join"),
        d.flow("which", "again", "=count > 0"),
        d.flow("which", "end", None, "out"),
    )


def rows_of(size: int) -> list[dict[str, Any]]:
    """A list of rows that takes about `size` bytes as JSON."""
    one = {"subject": "小学语文教师", "count": 1}
    return [one] * max(1, size // len(orjson.dumps([one])))


def begun(driver: Driver, key: str, size: int = 0) -> Any:
    """A new case; `size` bytes of variables beside the number of posts."""
    return driver.start(key, WHO, count=3, **({"rows": rows_of(size)} if size else {}))
