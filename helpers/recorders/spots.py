"""Where a thread is: the learner's own line, and how to name it."""

import linecache
import sys
from asyncio import events
from types import FrameType
from typing import NamedTuple

from helpers.recorders.origin import is_learners

_STEP = events.Handle._run.__code__


class Spot(NamedTuple):
    """A line of source, before anybody has looked it up."""

    filename: str
    line: int
    function: str


def spot_of(frame: FrameType | None) -> Spot | None:
    """The innermost place in the learner's own code; where there is none, the innermost place at all.

    The search ends where the loop runs its handle: what is further out started the loop and is not part of the step.
    """
    place = frame
    while place is not None and not is_learners(place.f_code.co_filename):
        place = None if place.f_code is _STEP else place.f_back
    place = place or frame
    return Spot(place.f_code.co_filename, place.f_lineno, place.f_code.co_name) if place else None


def describe(spot: Spot | None) -> tuple[str, str]:
    """A place as its source line and its name, such as ``("time.sleep(0.3)", "In[4], line 3")``."""
    if spot is None:
        return "", ""
    line = linecache.getline(spot.filename, spot.line).strip()
    return line or f"{spot.function}()", f"{_file_name(spot.filename)}, line {spot.line}"


def _file_name(filename: str) -> str:
    """A cell by its number, a file by its name without folders."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    named = shell.compile.format_code_name(filename) if shell else None
    return str(named[1]) if named else filename.replace("\\", "/").rpartition("/")[2]
