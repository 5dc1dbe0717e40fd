"""Where every thread of the process is in its code, asked in a way that cannot stop the process."""

import gc
import sys
from operator import call
from types import FrameType

SAFE = sys.version_info >= (3, 11, 9)
"""Before, `sys._current_frames` could set off a garbage collection while it held what every thread needs to begin and
to end. Where the collection ran Python code, and so let another thread have the GIL, both waited for each other for
ever (github.com/python/cpython/issues/106883)."""


def current_frames() -> dict[int, FrameType]:
    """The innermost frame of each thread, by `threading.get_ident`: what `sys._current_frames` tells."""
    if SAFE or not gc.isenabled():
        return sys._current_frames()
    try:
        # One after another inside one instruction, so that no other thread gets in between: a `gc.disable()` of the
        # learner's, at that moment, would be undone.
        _, frames, _ = map(call, (gc.disable, sys._current_frames, gc.enable))
    except BaseException:  # out of memory, say
        gc.enable()
        raise
    return frames  # type: ignore[return-value]
