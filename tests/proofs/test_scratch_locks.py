"""Scratch."""
import os, traceback
import pytest
from service.posts import posting
from tests.proofs import test_mixture
SEEN = {}
def patched(monkeypatch):
    real = posting.lock
    state = {}
    def lock(session, cause, account_ids):
        found = real(session, cause, account_ids)
        key = session.get_transaction()
        if state.get("key") is not key:
            state.clear(); state["key"] = key; state["ids"] = set()
        have = state["ids"]
        new = set(found) - have
        if have and new and min(new) < max(have):
            stack = [f"{f.filename.split('/pool/')[-1]}:{f.lineno} {f.name}" for f in traceback.extract_stack() if "/service/" in f.filename and not f.filename.endswith(("posting.py",))]
            k = tuple(stack[-6:])
            SEEN[k] = SEEN.get(k, 0) + 1
        have |= set(found)
        return found
    import sys
    for name, module in list(sys.modules.items()):
        if name.startswith("service.") and getattr(module, "lock", None) is real:
            monkeypatch.setattr(module, "lock", lock)
@pytest.mark.timeout(3000)
def test_seed(app, clock, monkeypatch):
    patched(monkeypatch)
    monkeypatch.setattr(test_mixture, "STEPS", int(os.environ.get("N", 500)))
    done = test_mixture.mix(clock, int(os.environ["SEED"]), monkeypatch)
    for k, n in SEEN.items(): print(n, "\n   ".join(k)); print()
