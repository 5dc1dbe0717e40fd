"""Keep the frames of our hooks out of the tracebacks that the learner reads.

A hook that is called for each request, or for each step, drops them by ``try``, which costs nothing where nothing is
raised; all others by ``with out_of_sight``.
"""

from contextlib import suppress
from types import TracebackType

from helpers.code.origin import is_hook

traceback_of = BaseException.__dict__["__traceback__"].__get__  # a class of errors may have its own


class _OutOfSight:
    """``with out_of_sight: return original(...)``: what it raises passes as if it had been called itself."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is not None:
            drop_own_frames(error)


out_of_sight = _OutOfSight()


def drop_own_frames(error: BaseException) -> None:
    """Take our frames off the beginning of the traceback of an error that has just been caught.

    A bare ``raise`` that follows, and the end of a with-statement, leave the traceback as it is: CPython notes a frame
    when an error comes into it, not when it is raised again.
    """
    with suppress(Exception):
        traceback = traceback_of(error)
        while traceback is not None and is_hook(traceback.tb_frame.f_code.co_filename):
            traceback = traceback.tb_next
        BaseException.with_traceback(error, traceback)
