"""Everything with people in it: access, tasks, flows, the ledger, the pages."""

from service import garbage

garbage.loading()
