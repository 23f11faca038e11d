"""Named points at which tests may kill the process, to prove that a step is whole or absent."""

import os
import signal

_armed: tuple[str, int] | None = None
_reached = 0


def arm(setting: str | None) -> None:
    """Arm from `point:n`: the process kills itself (SIGKILL) at the n-th passage of that point; None disarms."""
    global _armed, _reached
    _reached = 0
    if setting is None:
        _armed = None
        return
    point, _, count = setting.rpartition(":")
    _armed = (point, int(count))


def reach(point: str) -> None:
    """Pass a named point; does nothing unless a test armed it."""
    global _reached
    if _armed is None or _armed[0] != point:
        return
    _reached += 1
    if _reached == _armed[1]:
        os.kill(os.getpid(), signal.SIGKILL)
