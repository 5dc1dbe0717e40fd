"""Where a thread is: the learner's own line, and how to name it."""

import linecache
from asyncio import events
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from helpers.code.origin import is_hook, is_learners
from helpers.page.shell import cell_name
from helpers.recorders.stacks import Call

_STEP = events.Handle._run.__code__


class Spot(NamedTuple):
    """A line of source, before anybody has looked it up."""

    filename: str
    line: int
    function: str


def spot_in(stack: Sequence[Call]) -> Spot | None:
    """The innermost place in the learner's own code; where there is none, the innermost place that is no hook of ours.

    The search ends where the loop runs its handle: what is further out started the loop and is not part of the step.
    """
    step = takewhile(lambda place: place.code is not _STEP, stack)
    others = [place for place in step if not is_hook(place.code.co_filename)]  # a hook is nobody's line
    own = (place for place in others if is_learners(place.code.co_filename))
    place = next(own, others[0] if others else None)
    return Spot(place.code.co_filename, place.line or 0, place.code.co_name) if place else None


def describe(spot: Spot | None) -> tuple[str, str]:
    """A place as its source line and its name, such as ``("time.sleep(0.3)", "In[4], line 3")``."""
    if spot is None:
        return "", ""
    line = linecache.getline(spot.filename, spot.line).strip()
    return line or f"{spot.function}()", f"{_file_name(spot.filename)}, line {spot.line}"


def _file_name(filename: str) -> str:
    """A cell by its number, a file by its name without folders."""
    return cell_name(filename) or filename.replace("\\", "/").rpartition("/")[2]
