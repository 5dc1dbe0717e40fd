"""A notebook and a bench as plain processes: what is sent in the one is run in the other.

python notebook_to_bench.py notebook FILE     makes all cases, writes what is sent and what the notebook says
python notebook_to_bench.py bench FILE        prints what the bench says beside it, as JSON
"""

import asyncio
import inspect
import json
import linecache
import pickle
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cells_classes
import cells_functions
import cells_left
import cells_values
import cells_waiting

from helpers.exercises.bench.serialising import deserialise, serialise

CELLS = {**cells_functions.CELLS, **cells_classes.CELLS, **cells_values.CELLS, **cells_waiting.CELLS}

Sent = dict[str, tuple[bytes | str, str]]


def main(place: str, file: Path) -> None:
    """Be the one or the other."""
    if place == "notebook":
        sent = {name: made(at, source) for at, (name, source) in enumerate(CELLS.items())}
        file.write_bytes(pickle.dumps((sent, asyncio.run(left()))))
        return
    sent, left_there = pickle.loads(file.read_bytes())
    for name, (data, notebook) in {**sent, **left_there}.items():
        try:
            bench = said(deserialise(data)) if isinstance(data, bytes) else data
        except Exception as error:
            bench = f"not set up: {error}"
        print(json.dumps([name, notebook, bench]))


def notebook(source: str, filename: str) -> types.ModuleType:
    """The module that a notebook's cells run in."""
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), vars(module))
    return module


def made(at: int, source: str) -> tuple[bytes | str, str]:
    """What is sent of a case, and what the notebook says."""
    answer = notebook(source, f"In[{at}]").answer
    data = sent(answer)
    return data, said(answer)


async def left() -> Sent:
    """What is sent of what stays."""
    module = notebook(cells_left.CELLS.replace("__file__", repr(__file__)), "In[0]")
    await module.make()
    found: Sent = {}
    for name, (use, kind) in cells_left.USES.items():
        exec(f"async def answer():\n    {use}\n", vars(module))
        found[f"left: {name}"] = sent(module.answer), f"LeftInNotebook: {kind or type(module.loop).__name__}"
    for task in [module.task, *module.waiting]:
        task.cancel()
    module.coroutine.close()
    await module.session.close()
    return found


def sent(function: Callable[..., Any]) -> bytes | str:
    """The function as bytes, or what is wrong."""
    try:
        return serialise(function)
    except Exception as error:
        return f"not sent: {error}"


def said(function: Callable[..., Any]) -> str:
    """What a function returns, or raises."""
    try:
        result = function()
        return repr(asyncio.run(awaited(result)) if inspect.isawaitable(result) else result)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


async def awaited(thing: Any) -> Any:
    """What comes of it."""
    return await thing


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
