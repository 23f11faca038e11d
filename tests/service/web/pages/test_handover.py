"""The page of an organisation: what waits of those whose role has ended, and who stands in for a vacant one."""

from service.access.commands_roles import EndRole, end_role
from service.tasks.commands import TaskCommand, claim_task
from tests.service.people.county import TODAY
from tests.service.tasks import flows
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_ledger import words_of


def test_work_of_a_role_that_ended_is_listed_for_hand_over(site: Site) -> None:
    driver = site.driver
    school = driver.county.organisations["s01"]
    check = flows.task("check", f'="principal@{school}"', decisions="approve")
    driver.deploy(flows.line(check, ids=("check",)))
    case = driver.start("small", "s01.hr", "s01", count=1)
    task = case.task("check")
    claim_task(driver.actor("s01.principal"), TaskCommand(task.id, task.version), now=driver.now)
    page = site.visitor("bureau.hr").text(f"/organisations/{school}")
    assert "待交接事项" not in words_of(page)
    end_role(driver.actor("bureau.hr"), EndRole(driver.county.assignments["s01.principal"], TODAY), now=driver.now)
    page = site.visitor("bureau.hr").text(f"/organisations/{school}")
    assert "待交接事项" in words_of(page)
    assert f"/tasks/{task.id}" in page
    assert "s01.principal" in page


def test_directory_says_who_stands_in_for_a_vacant_role(site: Site) -> None:
    driver = site.driver
    end_role(driver.actor("bureau.hr"), EndRole(driver.county.assignments["s01.principal"], TODAY), now=driver.now)
    page = words_of(site.visitor("bureau.hr").text("/organisations"))
    assert "暂由S01 副校长代办" in page
