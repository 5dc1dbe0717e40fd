"""What keeps a fault of the recorders' own away from the code that they watch."""

import signal
from functools import partial
from time import perf_counter
from types import TracebackType

from helpers.recorders.handed_on import code_run_by

MOST_TOLD = 200
"""Characters of an error's message."""


class Guard:
    """Catches what goes wrong in the hooks of one recorder, and switches that recorder off.

    ``with guard: ...`` goes around what a hook does of its own, never around what it watches: the learner's code meets
    no exception of ours, and goes on as without the recorder. So does trio with its instruments (`trio.abc.Instrument`:
    one that raises is removed, and nothing else happens). Ctrl-C in a hook is the learner's, and passes.

    Attributes:
        on: whether the recorder still records. A hook that finds it off only hands on.
        off_since: when it was switched off (``time.perf_counter()``); 0.0 where it was not, or nothing was recorded.
    """

    def __init__(self, what: str) -> None:
        """``what`` is what the recorder records, in words for the learner."""
        self.on = True
        self.off_since = 0.0
        self._what = what
        self._why = ""

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if not isinstance(error, Exception) or is_of_a_signal(error):
            return False
        self.switch_off(error)
        return True

    def switch_off(self, error: Exception) -> None:
        """Note the error, of which only the first is told. The error itself is not kept: it holds the code's values.

        One that is no fault of ours is raised again.
        """
        if is_of_a_signal(error):
            raise error
        if self.on:
            self.on, self.off_since = False, perf_counter()
            self._why = f"The recorder has failed, not your code, which ran on as without it ({_told(error)})."

    def leave_out(self, why: str) -> None:
        """Record nothing of the block, for a reason that is no fault: a sentence."""
        if self.on:
            self.on, self.off_since, self._why = False, 0.0, why

    def note(self, began: float) -> str:
        """What is left out, as a sentence, for a block that opened at ``began``; an empty text where nothing is."""
        if self.on:
            return ""
        since = self.off_since - began
        from_when = f" from {since:.2g} s on" if since > 0 else ""
        return f"Left out{from_when}: {self._what}. {self._why}"


def is_of_a_signal(error: BaseException) -> bool:
    """Whether a signal's handler has raised it, as one for a time limit does: it comes at any line, also at ours."""
    trace, codes = error.__traceback__, set()
    while trace is not None:
        codes.add(trace.tb_frame.f_code)
        trace = trace.tb_next
    for handler in map(signal.getsignal, signal.valid_signals()):
        while isinstance(handler, partial):
            handler = handler.func
        if callable(handler) and code_run_by(handler) in codes:
            return True
    return False


def _told(error: Exception) -> str:
    name = type(error).__name__
    try:
        message = str(error)
    except Exception:  # an error of the learner's own class may say nothing but another error
        message = ""
    return f"{name}: {message[:MOST_TOLD]}" if message else name
