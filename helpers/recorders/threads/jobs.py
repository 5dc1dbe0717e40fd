"""What a job is called, and whose it is: of a function that somebody gives to a thread."""

import functools
from contextvars import Context
from types import BuiltinMethodType, FrameType
from typing import Any

from helpers.code.origin import Asker, asker_of
from helpers.recorders.display_names import name_in_code
from helpers.recorders.handed_on import learners_function
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.threads.thread_row import ThreadRow

MOST_PARTIALS = 10
"""How many, one in another, are looked through for a name."""


def new_job(ledger: Ledger, function: Any, frame: FrameType | None) -> ThreadRow | None:
    """The row of a job that is given to a pool, seen from a frame inside it; None where it is none of the block's."""
    place = ledger.place()
    if place is None:
        return None
    name, library = name_and_owner(function, asker_of(frame))
    return ledger.born("job", name, place, library)


def name_and_owner(function: Any, asker: Asker) -> tuple[str, bool]:
    """What to call a job, and whether it is a library's own.

    What a library has put around the learner's function is called by that function. A library's function that it gives
    to a thread for its own purposes, such as the look-up of a host's name, is the library's job.
    """
    own = None if asker is Asker.LEARNER else learners_function(function)
    return name_of(function if own is None else own), own is None and asker is Asker.LIBRARY


def name_of(function: Any) -> str:
    """The name of a job's function, as a traceback has it."""
    for _ in range(MOST_PARTIALS):
        if type(function) is not functools.partial:
            break
        # `asyncio.to_thread` submits `partial(context.run, function, ...)`.
        inner = function.func
        in_context = type(inner) is BuiltinMethodType and type(inner.__self__) is Context
        function = function.args[0] if in_context and function.args else inner
    return name_in_code(function)
