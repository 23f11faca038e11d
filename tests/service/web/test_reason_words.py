"""Why a task is with somebody, in words: the row of the table, and the parameters that were used."""

from types import SimpleNamespace

import pytest
from flask import Flask

from service.tasks.reasons import Reason
from service.web.conditions import reason_of

SET = {"value": 6, "unit": "percent", "source": "教〔2026〕7号", "valid_from": "2026-09-01"}
DEFAULT = {"value": False, "unit": "yes_no", "source": "default", "valid_from": None}
FLOW = SimpleNamespace(
    settings={
        "conditions": {"r2": {"zh": "学校自主", "en": "by the school"}},
        "names": {"en": {"route": "Way", "先后": "Order"}},
    },
    decisions={"route": SimpleNamespace(name="途径"), "r": SimpleNamespace(name="甲表")},
)
USED = {"exchange_target_percent": SET}
CASES = [
    (Reason("reason.rule", {"annotation": "甲", "parameters": {}, "rule": "r2"}, "route", 2),
     "《途径》第 2 行：学校自主", "Way, row 2: by the school"),
    (Reason("reason.rule", {"annotation": "甲", "parameters": {}, "rule": "r9"}, "route", 9),
     "《途径》第 9 行：甲", "Way, row 9: 甲"),
    (Reason("reason.rule", {"annotation": "", "parameters": {}, "rule": "r3", "table": "先后"}, "route", 3),
     "《先后》第 3 行", "Order, row 3"),
    (Reason("reason.rule", {"annotation": "甲", "parameters": USED, "table": "交流"}, "r", 1),
     "《交流》第 1 行：甲（依据参数：交流轮岗比例目标 6%，自 2026-09-01 起，教〔2026〕7号）",
     "交流, row 1: 甲 (by parameters: Target of exchange 6%, since 2026-09-01, 教〔2026〕7号)"),
    (Reason("reason.parameter", {"key": "filing_silence_accepts", **DEFAULT}),
     "路径按参数确定：逾期视为备案 否（默认值）",
     "The way was chosen by a parameter: A filing left unanswered counts as accepted no (the default)"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "zh", "en"), CASES)
def test_a_reason_names_the_row_and_the_parameters_with_their_values(
    app: Flask, reason: Reason, zh: str, en: str
) -> None:
    for locale, text in (("zh", zh), ("en", en)):
        with app.test_request_context(headers={"Accept-Language": locale}):
            assert reason_of(FLOW, reason) == text
