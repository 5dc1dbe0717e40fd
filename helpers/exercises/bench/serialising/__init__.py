"""A learner's function, sent to another process of the same machine, where it means what it means in the notebook.

`pickle` sends a function as the name of something to import, and what a notebook defines cannot be imported. So what
the learner has made is sent by value: code, the names that it uses, classes, and the modules beside the notebook as the
kernel has them. Everything that is installed is sent by name. What lives in the kernel only, such as an open session,
stays there: a stand-in says so when it is used.

`cloudpickle` does the common part. What it does not keep (shared closures, slots, metaclasses, an enumeration's own
attributes, locks, caches) is in the modules here.
"""

import io
import linecache
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any

from helpers.exercises.bench.serialising import bench_side, stand_in
from helpers.exercises.bench.serialising.namespaces import names_around
from helpers.exercises.bench.serialising.not_sent import NotSent
from helpers.exercises.bench.serialising.pickler import Pickler

__all__ = ["NotSent", "deserialise", "serialise", "sources_in"]


def serialise(function: Callable[..., Any]) -> bytes:
    """The function as bytes that `deserialise` understands. Raises NotSent where that is not possible."""
    buffer = io.BytesIO()
    pickler = Pickler(buffer, names_around(function))
    try:
        pickler.dump(function)
    except (Exception, SystemExit) as error:  # whatever the learner's own classes do as they are copied
        raise NotSent(f"Your function cannot be sent to the check: {_in_short(error)}") from error
    folders = [folder or os.getcwd() for folder in sys.path]
    return pickle.dumps((buffer.getvalue(), pickler.sources, folders))


def deserialise(data: bytes) -> Callable[..., Any]:
    """The function. What an earlier one has left in this process is forgotten. Raises NotSent where it fails."""
    bench_side.forget()
    sent, sources, folders = pickle.loads(data)
    bench_side.find_in(folders)
    for filename, lines in sources.items():
        linecache.cache[filename] = (sum(map(len, lines)), None, lines, filename)
    try:
        with stand_in.being_set_up():
            function: Callable[..., Any] = pickle.loads(sent)
    except (Exception, SystemExit) as error:  # whatever is called as the learner's own objects are made again
        raise NotSent(f"Your function could not be set up for the check: {_in_short(error)}") from error
    bench_side.remember()
    return function


def sources_in(data: bytes) -> dict[str, list[str]]:
    """The lines of the cells, or files, that what was sent was written in, by their names."""
    sources: dict[str, list[str]] = pickle.loads(data)[1]
    return sources


def _in_short(error: BaseException) -> str:
    text = "".join(traceback.format_exception_only(error)).partition(": ")[2].strip().splitlines()
    return f"{type(error).__name__}{f': {text[0]}' if text else ''}"
