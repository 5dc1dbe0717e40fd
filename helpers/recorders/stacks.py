"""Where another thread is in its code, asked in a way that cannot stop or crash the process.

A frame of a thread that runs is not safe to hold. On Python 3.11, to go from frame to frame by ``f_back`` while that
thread goes on crashes now and then (github.com/getsentry/sentry-python/issues/6119), and `sys._current_frames` could
wait for ever where it set off a garbage collection (github.com/python/cpython/issues/106883, mended in 3.11.9). So all
of a stack is read in one instruction, by functions written in C: no other thread gets the GIL in between, and when the
instruction is over no frame is held any more.
"""

import sys
from functools import partial
from gc import disable, enable, isenabled
from itertools import accumulate, chain, repeat, takewhile
from operator import attrgetter, call, methodcaller, truth
from types import CodeType
from typing import Any, NamedTuple

COLLECTS_ANYWHERE = sys.version_info < (3, 12)
"""Whether to make an object may set off a garbage collection, and with it Python code, at once; later versions put it
off to the end of an instruction."""

WHERE = attrgetter("f_code", "f_lasti", "f_lineno")


class Call(NamedTuple):
    """One call on a stack: the code that it runs, the place in its bytecode, and the line (None where it has none)."""

    code: CodeType
    instruction: int
    line: int | None


def stack_of(thread: int) -> list[Call]:
    """The calls that a thread (`threading.get_ident`) is in, the innermost first; none where it is in none."""
    # The innermost frame, then `f_back` of that, and of that, until there is none. Nothing is done before `list` asks.
    innermost = map(methodcaller("get", thread), map(call, [sys._current_frames]))
    frames = takewhile(truth, accumulate(chain(innermost, repeat("f_back")), getattr))
    read: Any = partial(list, map(WHERE, frames))
    if COLLECTS_ANYWHERE and isenabled():
        try:
            _, stack, _ = map(call, (disable, read, enable))
        except BaseException:  # out of memory, say
            enable()
            raise
    else:
        stack = read()
    return [Call(*where) for where in stack]
