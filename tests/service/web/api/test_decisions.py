"""Decision definitions through the API: versions, files, answers with their reason; libraries of decisions alone."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest

from tests.service.web.api.house import House

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(limit: str, *, name: str = "档次", key: str = "level", extra: str = "") -> bytes:
    return f"""<definitions xmlns="{DMN}" id="f" name="f" namespace="urn:{key}">{extra}
<inputData id="i" name="since"><variable name="since" typeRef="date"/></inputData>
<decision id="{key}" name="{name}"><informationRequirement><requiredInput href="#i"/></informationRequirement>
<decisionTable hitPolicy="FIRST"><input label="年数"><inputExpression typeRef="number">
<text>{limit} - since.year</text></inputExpression></input><output name="level" typeRef="string"/>
<rule id="r1"><inputEntry><text>&gt;= parameters.contract_years</text></inputEntry>
<outputEntry><text>"long"</text></outputEntry><annotationEntry><text>满一期</text></annotationEntry></rule>
<rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"short"</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()


def deploy(house: House, who: str = "admin", query: str = "", **contents: bytes) -> Any:
    files = [(BytesIO(content), name.replace("_", ".")) for name, content in contents.items()]
    return house.caller(who).post(f"/deployments{query}", data={"files": files}, content_type="multipart/form-data")


@pytest.fixture
def library(house: House) -> House:
    for limit in ("2026", "2030"):
        made = deploy(house, levels_dmn=table(limit))
        assert made.status_code == 201, made.json
    return house


def test_a_folder_of_decisions_alone_is_a_library_with_versions(library: House) -> None:
    caller = library.caller("s01.principal")
    found = caller.get("/decision-definitions?key=level").json["items"]
    assert [(one["flow"], one["version"], one["library"], one["file"]) for one in found] == [
        ("levels", 2, True, "levels.dmn"),
        ("levels", 1, True, "levels.dmn"),
    ]
    assert len({one["checksum"] for one in found}) == 2
    assert deploy(library, levels_dmn=table("2030")).json["version"] == 2, "the same files again"
    page = caller.get("/decision-definitions?limit=1").json
    assert page["next"] == page["items"][0]["id"]
    flows = {one["flow"] for one in caller.get("/decision-definitions").json["items"]}
    assert {"hiring", "levels"} <= flows


def test_a_decision_is_shown_with_its_columns_and_its_file(library: House) -> None:
    caller = library.caller("s01.principal")
    shown = caller.get("/decision-definitions/level").json
    assert (shown["version"], shown["hit_policy"]) == (2, "FIRST")
    assert shown["inputs"] == [{"label": "年数", "expression": "2030 - since.year", "type": "number"}]
    assert shown["outputs"] == [{"name": "level", "label": "level", "type": "string"}]
    xml = caller.get("/decision-definitions/level/xml?version=1").json
    assert "2026 - since.year" in xml["xml"]


def test_an_answer_names_rows_inputs_parameters_and_version(library: House) -> None:
    admin = library.caller("admin")
    found = admin.post("/decision-definitions/level/evaluate", {"variables": {"since": "2024-09-01"}})
    assert found.status_code == 200, found.json
    answer = found.json
    assert (answer["value"], answer["outputs"], answer["inputs"]) == ("long", {"档次": "long"}, {"年数": 6})
    (rule,) = answer["rules"]
    assert (rule["id"], rule["index"], rule["table"], rule["annotation"]) == ("r1", 1, "档次", "满一期")
    assert answer["parameters"]["contract_years"]["value"] == 3
    assert answer["decision"]["version"] == 2
    body = {"variables": {"since": "2024-09-01"}, "version": 1, "flow": "levels"}
    assert admin.post("/decision-definitions/level/evaluate", body).json["value"] == "short"


def test_a_parameter_is_the_one_in_force_today(library: House) -> None:
    admin = library.caller("admin")
    value = {"value": 9, "valid_from": date(2026, 1, 1).isoformat(), "source": "教〔2026〕7号"}
    proposed = library.caller("bureau.hr").post("/parameters/contract_years", value).json
    confirmed = library.caller("bureau.chief").post(f"/parameter-proposals/{proposed['id']}/confirm")
    assert confirmed.status_code == 200, confirmed.json
    answer = admin.post("/decision-definitions/level/evaluate", {"variables": {"since": "2024-09-01"}}).json
    assert answer["value"] == "short"
    assert answer["parameters"]["contract_years"] == {
        "value": 9, "unit": "years", "source": "教〔2026〕7号", "valid_from": "2026-01-01",
    }  # fmt: skip


def test_wrong_values_give_null_with_a_warning_and_wrong_names_give_404(library: House) -> None:
    admin = library.caller("admin")
    answer = admin.post("/decision-definitions/level/evaluate", {"variables": {"since": 5}}).json
    assert answer["value"] == "short"
    assert "feel.warning.type" in [one["code"] for one in answer["warnings"]]
    for path in ("none", "level?version=9", "level?flow=hiring", "none/xml"):
        absent = admin.get(f"/decision-definitions/{path}")
        assert (absent.status_code, absent.json["code"]) == (404, "decision.absent"), path
    gone = admin.post("/decision-definitions/level/evaluate", {"version": 9})
    assert (gone.status_code, gone.json["code"]) == (404, "decision.absent")
    assert admin.post("/decision-definitions/level/evaluate", {"version": 0}).status_code == 422
    assert admin.post("/decision-definitions/level/evaluate", {"context": {}}).status_code == 422


def test_only_admins_and_hr_evaluate(library: House) -> None:
    body = {"variables": {"since": "2024-09-01"}}
    assert library.caller("bureau.hr").post("/decision-definitions/level/evaluate", body).status_code == 200
    assert library.caller("s01.principal").post("/decision-definitions/level/evaluate", body).status_code == 403
    assert library.caller("bureau.hr").post("/expressions/evaluate", {"expression": "1"}).status_code == 403


def test_a_library_may_import_the_shared_one_and_needs_a_name_when_it_has_several_files(house: House) -> None:
    assert deploy(house, base_dmn=table("2026", key="base")).status_code == 201
    extra = '<import name="b" namespace="urn:base"/>'
    own = {"one_dmn": table("2026", extra=extra), "two_dmn": table("2026", key="two")}
    refused = deploy(house, **own)
    assert (refused.status_code, refused.json["code"]) == (422, "deployment.library")
    made = deploy(house, flow_toml=b'[flow]\nkey = "pair"\n', **own)
    assert made.status_code == 201, made.json
    found = house.caller("admin").get("/decision-definitions?flow=pair").json["items"]
    assert {(one["key"], one["file"]) for one in found} == {
        ("level", "one.dmn"), ("two", "two.dmn"), ("base", "base/base.dmn"),
    }  # fmt: skip


def test_the_gate_names_file_row_and_remedy_of_a_table(house: House) -> None:
    broken = table("2026").replace(b'"long"', b"5")
    refused = deploy(house, levels_dmn=broken)
    assert (refused.status_code, refused.json["code"]) == (422, "deployment.refused")
    (wrong,) = [one for one in refused.json["findings"] if one["rule"] == "table.output_type"]
    assert (wrong["file"], wrong["element_id"], wrong["severity"]) == ("levels.dmn", "level", "error")
    assert wrong["line"] == 6 and "1" in wrong["message"] and wrong["remedy"]
    warned = deploy(house, query="?dry_run=true", levels_dmn=table("2026").replace(b"contract_years", b"contract_year"))
    assert warned.status_code == 200, warned.json
    (unknown,) = [one for one in warned.json["findings"] if one["rule"] == "parameter.unknown"]
    assert unknown["severity"] == "warning" and "contract_years" in unknown["remedy"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("0.1 + 0.2", 0.3),
        ("10 ** 3", 1000),
        ('date("2026-09-01")', "2026-09-01"),
        ('duration("P1DT2H")', "P1DT2H"),
        ('duration("P14M")', "P1Y2M"),
        ('{a: [1, null], b: time("08:00:00")}', {"a": [1, None], "b": "08:00:00"}),
    ],
)
def test_values_go_out_as_json_and_come_back(shared_house: House, expression: str, value: Any) -> None:
    admin = shared_house.caller("admin")
    assert admin.post("/expressions/evaluate", {"expression": expression}).json["value"] == value
    again = admin.post("/expressions/evaluate", {"expression": "x", "context": {"x": value}}).json
    assert again["value"] == value


def test_a_wrong_expression_is_told_with_line_and_column(shared_house: House) -> None:
    wrong = shared_house.caller("admin").post("/expressions/evaluate", {"expression": "1 +\n  * 2"})
    assert wrong.status_code == 422
    assert (wrong.json["params"]["line"], wrong.json["params"]["column"]) == (2, 3)
    assert wrong.json["errors"][0]["path"] == "expression:2:3"
