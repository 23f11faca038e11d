"""When Python looks for garbage in circles: hardly while modules are loaded, seldom afterwards, never through modules.

Python's own measure, a look after each 700 new objects, costs a fifth of the start. What modules make stays, and what a
request leaves in circles is little.
"""

import gc

_LOADING = (1_000_000, 20, 50)
_SERVING = (50_000, 20, 50)


def loading() -> None:
    """Before the modules of the house are loaded."""
    gc.set_threshold(*_LOADING)


def loaded() -> None:
    """After the first application of a process is made: what is there now is never looked through again."""
    if gc.get_threshold() == _LOADING:
        gc.freeze()
        gc.set_threshold(*_SERVING)
