"""Files as Windows has them: what is open anywhere cannot be removed, renamed or replaced, and nor can its folder.

Whoever opens a file there must allow that (FILE_SHARE_DELETE), which neither Python nor SQLite does. A folder in which
a process works cannot go either. Linux allows all of it; so /proc is asked first what any process has open.
"""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).parent
ANYWHERE = f"""
import sys
sys.path[:0] = {[str(HERE), str(HERE.parent / "other_system")]}
import windows_files
windows_files.take_effect()
from simulated import source
source.LEFT_ALONE = ()
import simulated.windows
"""
"""A Python that begins with this has such files, and the helpers in it take the system for Windows."""
FRESH = 0.02
"""Seconds for which one look at other processes, which takes some milliseconds, serves who removes a whole folder."""


def everywhere(folder: Path) -> dict[str, str]:
    """The environment in which every Python, also one that another starts, begins so; `folder` is for its files.

    The user's temporary folder is `folder` / "Temp".
    """
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(ANYWHERE, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder / "site"), "LOCALAPPDATA": str(folder)}


def take_effect(replace: Callable[[Any, str, Any], None] = setattr) -> None:
    """Have such files in this process; with `monkeypatch.setattr` for one test."""
    for name, paths in (("unlink", 1), ("remove", 1), ("rmdir", 1), ("rename", 2), ("replace", 2)):
        replace(os, name, _refusing(getattr(os, name), paths))
    replace(shutil, "_use_fd_functions", False)  # as there: by whole paths
    replace(shutil, "rmtree", _with_few_looks(shutil.rmtree))


def _refusing(does: Callable[..., None], paths: int) -> Callable[..., None]:
    def unless_open(*arguments: Any, **options: Any) -> None:
        for path in arguments[:paths]:
            if does.__name__ == "rmdir" and not (os.path.isdir(path) and not os.listdir(path)):
                continue  # that it is not empty, or no folder, is said first
            if is_in_use(path):
                raise PermissionError(errno.EACCES, "it is being used by a process (WinError 32)", os.fspath(path))
        does(*arguments, **options)

    return unless_open


def is_in_use(path: "str | os.PathLike[str]") -> bool:
    """Whether any process has the file open, or what is in the folder, or works in the folder."""
    name = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))

    def is_among(used: Iterable[str]) -> bool:
        return any(each == name or each.startswith(f"{name}/") for each in used)

    return is_among(_used_by(["self"])) or (is_among(_used_by_all()) and is_among(_look()))


def _used_by(processes: Iterable[str]) -> set[str]:
    used: set[str] = set()
    for process in (f"/proc/{name}" for name in processes):
        with suppress(OSError):  # it has ended, or is another user's
            used.add(os.readlink(f"{process}/cwd"))
            for number in os.listdir(f"{process}/fd"):
                with suppress(OSError):
                    opened = os.readlink(f"{process}/fd/{number}")
                    if opened.startswith("/") and not os.path.isdir(opened):  # nobody opens a folder there
                        used.add(opened)
    return used


_last = SimpleNamespace(looked=0.0, used=set(), serves=False)


def _with_few_looks(does: Callable[..., None]) -> Callable[..., None]:
    @wraps(does)
    def rmtree(*arguments: Any, **options: Any) -> None:
        _look()
        _last.serves = True
        try:
            does(*arguments, **options)
        finally:
            _last.serves = False

    return rmtree


def _used_by_all() -> set[str]:
    if not _last.serves or time.perf_counter() - _last.looked > FRESH:
        return _look()
    used: set[str] = _last.used
    return used


def _look() -> set[str]:
    used = _last.used = _used_by(name for name in os.listdir("/proc") if name.isdecimal())
    _last.looked = time.perf_counter()
    return used
