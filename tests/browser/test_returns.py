"""A return that comes straight back, and a decision that is taken back with the button that counts the seconds."""

import pytest

from tests.browser.people import PHONE, House
from tests.service.tasks.returns import at_check, block

pytestmark = pytest.mark.browser


def test_a_return_comes_straight_back_and_says_what_was_changed(house: House) -> None:
    case = at_check(house.site.driver, block(form="small-start", fields="count:read,note:read"))
    officer = house.person("bureau.hr", size=PHONE)
    officer.go(f"/tasks/{case.task('check').id}")
    officer.page.get_by_role("link", name="退回到前面的步骤").click()
    officer.sees("上一步").sees("由申请人补正").check("return")
    officer.page.get_by_label("enter").check()
    officer.page.get_by_label("直接送回我").check()
    officer.page.fill("#reason", "说明不清楚")
    officer.page.get_by_role("button", name="退回").click()
    officer.sees("已退回", "#toasts")
    assert case.open() == ["enter", "other"]

    corrects = house.person("bureau.hr", "en")
    corrects.go(f"/tasks/{case.task('enter').id}")
    corrects.sees("Why it came back").sees("说明不清楚").check("return-correction")
    corrects.fill(note="clearer").decide("approve")
    back = corrects.page.locator("#toasts form")
    assert 0 < int(back.locator("[data-seconds]").inner_text()) <= 120
    back.get_by_role("button").click()
    corrects.sees("Taken back", "#toasts")
    assert case.open() == ["enter", "other"]
    assert corrects.page.locator("[name=note]").input_value() == "clearer"
    corrects.decide("approve")
    corrects.go(f"/tasks/{case.task('check').id}")
    corrects.sees("Changed since you returned it").sees("clearer").check("return-changes")
    decided = case.task("check").id
    corrects.decide("approve")
    corrects.go(f"/tasks/{decided}")
    corrects.sees("You can take your decision back until").check("recall-offer")
