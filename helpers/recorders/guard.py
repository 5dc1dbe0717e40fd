"""What keeps a fault of the recorders' own away from the code that they watch."""

import signal
import sys
from functools import partial
from itertools import pairwise
from time import perf_counter
from types import CodeType, FrameType, TracebackType

from helpers.code.origin import is_learners, is_ours
from helpers.recorders.handed_on import code_run_by
from helpers.recorders.own_frames import traceback_of

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
        if not isinstance(error, Exception) or is_asynchronous(error):
            return False
        self.switch_off(error)
        return True

    def switch_off(self, error: Exception) -> None:
        """Note the error, of which only the first is told. The error itself is not kept: it holds the code's values.

        One that is no fault of ours is raised again.
        """
        if is_asynchronous(error):
            raise error
        if self.on:
            self.on, self.off_since = False, perf_counter()
            self._why = f"The recorder has failed, not your code, which ran on as without it ({_told(error)})."

    def leave_out(self, why: str) -> None:
        """Record nothing of the block, for a reason that is no fault: a sentence."""
        if self.on:
            self.on, self.off_since, self._why = False, 0.0, why

    def end(self) -> None:
        """The block is over: a hook that stays in somebody's chain only hands on from now on."""
        self.on = False

    def note(self, began: float) -> str:
        """What is left out, as a sentence, for a block that opened at ``began``; an empty text where nothing is."""
        if not self._why:
            return ""
        since = self.off_since - began
        from_when = f" from {since:.2g} s on" if since > 0 else ""
        return f"Left out{from_when}: {self._what}. {self._why}"


def is_asynchronous(error: BaseException) -> bool:
    """Whether it came from outside, as one for a time limit does: it comes at any line, also at ours.

    A signal's handler has raised it, or another thread by `PyThreadState_SetAsyncExc`, of which no more can be told
    than that no line of ours raises errors of the learner's own classes.
    """
    frames, trace = list[FrameType](), traceback_of(error)
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    if _handlers() & {frame.f_code for frame in frames}:
        return True
    for interrupted, frame in pairwise(frames):
        if not _is_ours(frame) and _has_interrupted(frame, interrupted):  # it may be no handler any more
            return True
    return bool(frames) and _is_ours(frames[-1]) and _is_learners_kind(type(error))


def _handlers() -> set[CodeType]:
    """The code of all handlers of signals."""
    codes = set()
    for handler in map(signal.getsignal, signal.valid_signals()):
        while isinstance(handler, partial):
            handler = handler.func
        code = code_run_by(handler) if callable(handler) else None
        if code is not None:
            codes.add(code)
    return codes


def _is_ours(frame: FrameType) -> bool:
    return is_ours(frame.f_code.co_filename)


def _has_interrupted(frame: FrameType, other: FrameType) -> bool:
    """Whether this is a handler's, which is given the number of its signal and the frame that it interrupts."""
    values = list(frame.f_locals.values())
    values += [item for value in values if type(value) is tuple for item in value]
    has_number = any(type(value) is int and value in signal.valid_signals() for value in values)
    return has_number and any(value is other for value in values)


def _is_learners_kind(kind: type[BaseException]) -> bool:
    name = kind.__dict__.get("__module__")
    file = getattr(sys.modules.get(name), "__file__", None) if isinstance(name, str) else None
    return name == "__main__" or (isinstance(file, str) and not is_ours(file) and is_learners(file))


def _told(error: Exception) -> str:
    name = type(error).__name__
    try:
        message = str(error)
    except Exception:  # an error of the learner's own class may say nothing but another error
        message = ""
    return f"{name}: {message[:MOST_TOLD]}" if message else name
