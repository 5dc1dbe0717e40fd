"""Runs inside the kernel under test: what did the notebook leave behind?

`KernelSession` imports this file into the kernel before the first cell and calls `start(...)`; after the last
cell it awaits `clean_up()` and reads `found`. Nothing of it is in the namespace that the notebook sees.
"""

import asyncio
import faulthandler
import gc
import importlib
import inspect
import sys
import threading
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

# Where a recorder might leave a hook: libraries, and what they stand on.
HOOKED_PACKAGES = {"requests", "urllib3", "aiohttp", "asyncio", "http", "socket", "ssl", "time", "selectors"}
HOOKED_PACKAGES |= {"threading", "concurrent"}
REPLACE_THEMSELVES = {"urllib3.util.wait.wait_for_socket"}  # at the first call, with what the system has
KERNEL_PACKAGES = {"ipykernel", "IPython", "zmq", "tornado", "jupyter_client"}

# What is collected may leave work to the loop, and that may leave something else to collect.
COLLECTIONS, TURNS = 3, 4

found: list[tuple[str, str]] = []  # kind of fault, description

_crashes: TextIO | None = None  # open as long as the kernel lives
_tasks_before: set[asyncio.Task[Any]] = set()
_threads_before: set[threading.Thread] = set()
_attributes_before: dict[str, object] = {}


def start(crash_file: str) -> None:
    """Remember what is there before the notebook's first cell runs.

    Where the kernel crashes, `crash_file` tells in what: what it writes to its standard error then is lost, since
    ipykernel reads that by a thread of the same process.
    """
    global _crashes
    _crashes = open(crash_file, "w", encoding="utf-8")  # noqa: SIM115 (it stays open)
    faulthandler.enable(_crashes)
    for library in ("requests", "aiohttp"):
        importlib.import_module(library)
    _tasks_before.update(asyncio.all_tasks())
    _threads_before.update(threading.enumerate())
    _attributes_before.update(_library_attributes())


async def clean_up() -> None:
    """Delete the notebook's names, collect garbage, let the loop turn, and note in `found` what is left."""
    found.extend(_hooks_left())  # first, while everything is as the last cell left it
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        warnings.simplefilter("always", RuntimeWarning)
        _delete_names()
        for _ in range(COLLECTIONS):
            gc.collect()
            for _ in range(TURNS):
                await asyncio.sleep(0.01)
    found.extend(("warning", f"{w.category.__name__}: {w.message}") for w in caught)
    found.extend(("task left over", text) for text in _tasks_left())
    found.extend(("thread left over", repr(thread)) for thread in _threads_left())


def _delete_names() -> None:
    """Drop every reference to the learner's objects that IPython holds: names, Out, the last traceback."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    shell.reset(new_session=False)
    traceback = shell.InteractiveTB
    traceback.etype = traceback.evalue = traceback.tb = None
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)


def _tasks_left() -> list[str]:
    left = asyncio.all_tasks() - _tasks_before - {asyncio.current_task()}
    return [_describe(task) for task in left if not _is_of_kernel(task)]


def _is_of_kernel(task: asyncio.Task[Any]) -> bool:
    """The kernel makes tasks of its own as it reads messages."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and not KERNEL_PACKAGES.isdisjoint(Path(code.co_filename).parts)


def _describe(task: asyncio.Task[Any]) -> str:
    where = ", ".join(f"{frame.f_code.co_qualname} line {frame.f_lineno}" for frame in task.get_stack())
    return f"task {task.get_name()!r}, at {where or 'an unknown line'}"


def _threads_left() -> list[threading.Thread]:
    """Threads that would keep the kernel from ending. Those of the loop's own pool are its to keep."""
    return [
        thread
        for thread in threading.enumerate()
        if thread not in _threads_before and not thread.daemon and not thread.name.startswith("asyncio_")
    ]


def _hooks_left() -> list[tuple[str, str]]:
    now = _library_attributes()
    changed = [name for name, before in _attributes_before.items() if now.get(name) is not before]
    # A package may load a submodule late and gain a function by it; a class gains none by itself.
    classes = {name.rpartition(".")[0] for name in _attributes_before if "::" in name}
    added = [name for name in now.keys() - _attributes_before.keys() if name.rpartition(".")[0] in classes]
    return [("hook left in place", name) for name in sorted({*changed, *added} - REPLACE_THEMSELVES)]


def _library_attributes() -> dict[str, object]:
    """Return every function, class, method and property of the watched libraries, by name.

    A class's own attributes stand as `module::Class.attribute`.
    """
    attributes: dict[str, object] = {}
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and module.__name__.partition(".")[0] in HOOKED_PACKAGES:
            for name, value in list(vars(module).items()):
                if callable(value):
                    attributes[f"{module.__name__}.{name}"] = value
                if inspect.isclass(value) and value.__module__ == module.__name__:
                    attributes.update(_class_attributes(value))
    return attributes


def _class_attributes(cls: type) -> dict[str, object]:
    name = f"{cls.__module__}::{cls.__qualname__}"
    return {
        f"{name}.{attribute}": value
        for attribute, value in list(vars(cls).items())
        if callable(value) or hasattr(value, "__get__")
    }
