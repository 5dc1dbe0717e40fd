"""What functions that were sent keep in the process where they run: modules, pools, objects; and how it is forgotten.

Two checks share a process, and nothing else.
"""

import builtins
import importlib
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from types import ModuleType
from typing import Any

from helpers.exercises.bench.serialising.ownership import is_own

kept: list[object] = []
"""What is to live as long as the function may run."""

pools: list[Executor] = []
"""The pools of the notebook, made again."""

classes: set[int] = set()
"""The ids of the classes that were made; `kept` holds them."""

_modules: dict[int, ModuleType] = {}
_replaced: dict[str, ModuleType | None] = {}
_folders: list[str] = []
_loaded: set[str] | None = None


def module_of(key: int, name: str, registered: bool, start: dict[str, Any]) -> ModuleType:
    """The module, or notebook, with that number in what was sent; made when it is first asked for."""
    if key not in _modules:
        module = _modules[key] = ModuleType(name)
        vars(module).update(start, __builtins__=builtins)
        if registered:
            _replaced.setdefault(name, sys.modules.get(name))
            sys.modules[name] = module
            parent, _, last = name.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], last, module)
    return _modules[key]


def threads_of(pools: Iterable[Executor]) -> set[threading.Thread]:
    """The threads of pools: their workers, and the two more that a pool of processes has as long as it is used."""
    found: set[threading.Thread | None] = set()
    for pool in pools:
        found.update(getattr(pool, "_threads", ()))
        found.add(getattr(pool, "_executor_manager_thread", None))
        found.add(getattr(vars(pool).get("_call_queue"), "_thread", None))
    return {thread for thread in found if thread is not None}


def find_in(folders: Sequence[str]) -> None:
    """Find modules in these folders too, until it is forgotten."""
    # At the end: a module of the learner's own beside the notebook is found, and cannot stand before a library's.
    _folders.extend(folder for folder in folders if folder not in sys.path)
    sys.path += _folders
    importlib.invalidate_caches()  # a file may have come a moment ago


def remember() -> None:
    """Note which modules there are, so that those which come with the function can be told."""
    global _loaded
    _loaded = set(sys.modules)


def forget() -> None:
    """Put away what the last function has brought along; modules of the learner's own that it has imported too."""
    sys.path[:] = [folder for folder in sys.path if folder not in _folders]
    for name, module in _replaced.items():
        if module is None:
            sys.modules.pop(name, None)
        else:
            sys.modules[name] = module
    for name in set(sys.modules).difference(_loaded if _loaded is not None else sys.modules):
        if is_own(sys.modules[name]):
            del sys.modules[name]
    for pool in pools:
        pool.shutdown(wait=False, cancel_futures=True)
    for collection in (_folders, _replaced, _modules, pools, classes, kept):
        collection.clear()
