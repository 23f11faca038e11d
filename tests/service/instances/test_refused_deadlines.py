"""What the gate refuses about deadlines really leaves a case standing, and its neighbour does not."""

from datetime import date

from flask import Flask

from service.clock import SetClock
from tests.driver import Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.people import county
from tests.workflows.checks.test_examples import EXAMPLES
from tests.workflows.checks.wrong.county import COUNTY


def test_refused_deadline_leaves_the_case_standing_and_its_neighbour_does_not(app: Flask, clock: SetClock) -> None:
    driver = Driver(county.build(), clock)
    begins = date(2026, 9, 1)
    set_parameter(SetParameter("filing_silence_accepts", True, begins, "备案办法"), now=driver.now)
    for example in (one for one in EXAMPLES if one.rule in COUNTY):
        goes_wrong = COUNTY[example.rule]
        assert goes_wrong(driver, example.folder(example.bad)), example.rule
        assert not goes_wrong(driver, example.folder(example.good)), example.rule
