"""Whose code it is: the learner's own, or a library's."""

import asyncio
import os
import site
import sys
import sysconfig
from functools import cache
from types import CodeType, FrameType

_HELPERS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_RECORDERS = os.path.join(_HELPERS, "recorders")
_PROBES = os.path.join(_HELPERS, "probes") + os.sep
WAIT_FOR = asyncio.wait_for.__code__
"""asyncio's own, whatever stands in its place later."""
_ASYNCIO = os.path.dirname(os.path.abspath(asyncio.__file__))


@cache
def is_learners(filename: str) -> bool:
    """Whether a file, or a notebook's cell, holds the learner's own code: anything not installed as a library.

    ``filename`` is the ``co_filename`` of a code object. The course's helpers count as the learner's, but not the
    recorders, which only watch, nor what they ask about code.
    """
    if not filename or filename.startswith("<"):
        return filename.startswith(("<ipython", "<stdin", "<string"))
    try:
        path = os.path.abspath(filename)
    except (OSError, ValueError):  # the working directory has been removed; a name that no file can have
        path = filename
    if path.startswith(_HELPERS + os.sep):
        return not path.startswith((_RECORDERS + os.sep, os.path.dirname(__file__) + os.sep))
    return not path.startswith(_libraries())


def is_bystander(filename: str) -> bool:
    """Whether the code stands beside what is measured, as a heartbeat does, and may go on after the block."""
    return filename.startswith(_PROBES)


@cache
def _libraries() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    folders.add(site.getusersitepackages())
    # A virtual environment's standard library is the one of the Python that it was made with.
    folders.add(os.path.dirname(os.__file__))
    folders.add(os.path.join(sys.base_prefix, "lib"))
    return tuple(os.path.abspath(folder) + os.sep for folder in folders)


def maker_of(frame: FrameType | None) -> CodeType | None:
    """The code that asked asyncio for a new task, seen from a frame inside asyncio: the first one outside it.

    `asyncio.wait_for` is given itself: before Python 3.12 it runs what it is given in a task of its own.
    """
    while frame is not None:
        code = frame.f_code
        if code is WAIT_FOR or not _is_between(code.co_filename):
            return code
        frame = frame.f_back
    return None


@cache
def _is_between(filename: str) -> bool:
    """Whether the code only hands on what others ask for: asyncio's, and that of the recorders."""
    return filename.startswith((_ASYNCIO, _RECORDERS))
