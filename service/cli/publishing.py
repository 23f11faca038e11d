"""`lectern deploy`: publish one flow or every flow of a folder, and say what the gate found."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.access.actor import Actor
from service.cli.installation import installed
from service.cli.speaking import in_words
from service.errors import Conflict
from service.web.words import words
from workflows.checks.findings import Finding
from workflows.checks.people import UNHELD_ROLE

if TYPE_CHECKING:
    from service.deployments.commands import Published

OF_THE_BUREAU = ("deployment.redrawn", "deployment.retired")
"""Refusals of a release that leave one flow as the bureau has it and do not concern the others."""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--shared", is_flag=True, help="The folder is the shared library.")
@click.option("--replace", is_flag=True, help="Also over what the bureau has drawn itself or taken out of use.")
@click.option("--reason", default="lectern deploy", show_default=True, help="Kept with the version.")
def deploy(folder: Path, shared: bool, replace: bool, reason: str) -> None:
    """Publish the flow in FOLDER, or every flow of a folder of flows, the shared library first.

    What the gate finds is printed; errors and other refusals keep that flow and those after it out. What the bureau has
    drawn itself or taken out of use is left as it is and told, the others are published; exit code 1 then.
    """
    from service.deployments.commands import Publish, publish
    from service.deployments.folder import flows_in, read_folder

    unheld: list[Finding] = []
    left = False
    with installed().app_context():
        try:
            for one, is_shared in flows_in(folder, shared):
                asked = Publish(read_folder(one), is_shared, reason, replace)
                try:
                    done = publish(Actor.system(), asked, now=datetime.now(UTC))
                except Conflict as kept:
                    if kept.code not in OF_THE_BUREAU:
                        raise
                    left = True
                    click.echo(in_words(kept), err=True)
                else:
                    unheld += _told(done)
        finally:
            for line in _vacant(unheld):
                click.echo(line)
    if left:
        raise click.exceptions.Exit(1)


def _told(done: "Published") -> Iterator[Finding]:
    """Say what was published and what the gate found, but for roles that nobody holds: those are given back."""
    for finding in done.findings:
        if finding.rule is UNHELD_ROLE:
            yield finding
        else:
            click.echo(f"{finding.severity}: {finding.file}:{finding.line} {finding.element_id} {finding.text('zh')}")
    click.echo(f"{done.key} version {done.version}")


def _vacant(findings: Iterable[Finding]) -> Iterator[str]:
    """One line a role that nobody holds: before the county is loaded that is every role of every step."""
    steps = Counter(finding.params["role"] for finding in findings)
    for role, count in sorted(steps.items()):
        zh, en = (words(f"role.{role}", {}, locale) for locale in ("zh", "en"))
        yield (
            f"warning: 今天没有人担任“{zh}”，{count} 个步骤要由其办理：载入开账文件或任命一人后即可。"
            f" / Nobody is {en} today, whom {count} steps need: load the opening workbook or appoint somebody."
        )


COMMANDS = (deploy,)
