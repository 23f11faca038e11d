"""The run that opens the accounts of a sheet over many organisations."""

from collections.abc import Mapping
from typing import Any

from service.clock import Clock
from service.people import commands_county_accounts, queries_accounts
from service.people.commands_county_accounts import KIND, AccountsStep
from service.runs.declaring import Progress, Running, runner


@runner(
    KIND, "批量开通账号", "Accounts in bulk",
    said=("开通 {opened} 个账号，{refused} 行未开通", "{opened} accounts opened, {refused} rows were not"),
)  # fmt: skip
def open_accounts(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Open what still waits, also after another process had begun; the counts."""
    total = sum(queries_accounts.opening(run.actor, run.id).counts.values())
    left = total
    while left:
        progress(total - left, total)
        left = commands_county_accounts.open_part(run.actor, AccountsStep(run), now=clock.now())
    counts = queries_accounts.opening(run.actor, run.id).counts
    return {"opened": counts["opened"], "refused": counts["refused"]}
