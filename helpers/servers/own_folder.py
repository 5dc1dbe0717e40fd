"""This process's own folder in the temporary folder, which goes when the process does, however it ends.

An end in order removes it. After SIGKILL nothing is run any more, so whoever makes such a folder first removes those of
processes that have ended. An owner has its folder locked for as long as it lives, and the system takes the lock back at
its end. The process id in the name is for people: by an id alone, a process that has been given it since, or one of
another container that shares the temporary folder, would be mistaken for the owner, or the owner for dead.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

PREFIX = "waiting-measured-"
NAME = re.compile(rf"{PREFIX}\d+-\w+")
HELD = "held-open"  # on Windows: a file that nobody can remove as long as the owner has it open
END_WITHIN = 5.0  # seconds that a left process has to end
REMOVED_WITHIN = 0.5  # seconds in which on Windows what has just ended gives up its files


class _Locked(NamedTuple):
    path: Path
    descriptor: int  # the lock lasts as long as this is open


_mine: _Locked | None = None
_making = threading.Lock()


def own_folder() -> Path:
    """The folder of this process, for files that are of no use after its end. Only its user may look into it.

    It is made when it is first wanted, and again where somebody has removed it.

    Raises:
        OSError: it cannot be made.
    """
    global _mine
    with _making:
        if _mine is not None and not _mine.path.is_dir():
            os.close(_mine.descriptor)
            _mine = None
        if _mine is None:
            _remove_left_folders()
            _mine = _make()
        return _mine.path


def remove_own_folder() -> None:
    """Remove it with all that is in it. Python's own exit does; whoever leaves by os._exit() has to call this."""
    global _mine
    locked, _mine = _mine, None
    if locked is None:
        return
    os.close(locked.descriptor)  # first: Windows removes no open file
    shutil.rmtree(locked.path, ignore_errors=True)
    until = time.monotonic() + REMOVED_WITHIN
    # A child that was killed is over for who waits for it, and may hold its log still. What stays goes with the next
    # start of anybody.
    while sys.platform == "win32" and locked.path.exists() and time.monotonic() < until:
        time.sleep(0.02)
        shutil.rmtree(locked.path, ignore_errors=True)


def _temporary_folder() -> Path:
    """Where these folders are."""
    if sys.platform != "win32":
        return Path(tempfile.gettempdir())
    # In the user's profile, whatever TMP says: see `_new_folder`. It says the same, unless somebody has changed it.
    local = os.environ.get("LOCALAPPDATA")
    return (Path(local) if local else Path.home() / "AppData" / "Local") / "Temp"


def _new_folder() -> Path:
    """Make a folder into which nobody else may look.

    On Windows a plain one, not that of `tempfile.mkdtemp`. Since Python 3.11.10, 3.12.4 and 3.13 that one is for
    SYSTEM, Administrators and its owner alone (cpython#118486). In an elevated shell its owner is Administrators, so it
    locks out whoever gives up an administrator's rights (cpython#157876), and that PostgreSQL's programs do before all
    else (its src/common/restricted_token.c). Folders in it inherit that. A plain one inherits from where it is made,
    which must be private, because a password lies in it: in the profile of a user all is for that user, Administrators
    and SYSTEM, but where TMP has been pointed at C:\\Temp, say, everybody reads what a plain folder there holds.
    """
    name = f"{PREFIX}{os.getpid()}-"
    if sys.platform != "win32":
        return Path(tempfile.mkdtemp(prefix=name))
    folder = _temporary_folder() / f"{name}{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    return folder


def _make() -> _Locked:
    while True:
        folder = _new_folder()
        try:
            descriptor = _lock(folder)
        except FileNotFoundError:
            continue  # another process took it for one that had been left: it was not locked yet
        if folder.is_dir():
            return _Locked(folder, descriptor)
        os.close(descriptor)


def _lock(folder: Path) -> int:
    if sys.platform == "win32":
        return os.open(folder / HELD, os.O_CREAT | os.O_RDWR)
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):  # on a file system that has no locks; nobody else can lock it there either
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


# --- those that were left ---------------------------------------------------------------------------


def _remove_left_folders() -> None:
    """Remove the folders of this user's processes that have ended, and end what still runs in them."""
    for folder in _temporary_folder().glob(f"{PREFIX}*"):
        if NAME.fullmatch(folder.name):
            with contextlib.suppress(OSError):  # its owner lives, or another process is at it
                _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    if sys.platform == "win32":
        (folder / HELD).unlink(missing_ok=True)
        _end_what_runs_in(folder)
        shutil.rmtree(folder, ignore_errors=True)
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _end_what_runs_in(folder)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def _end_what_runs_in(folder: Path) -> None:
    """End the PostgreSQL whose data are here. Its process id stands in the first line of data/postmaster.pid."""
    for file in folder.glob("*/postmaster.pid"):
        import psutil  # type: ignore[import-untyped]  # here only: it is seldom needed

        with contextlib.suppress(psutil.Error, ValueError):
            server = psutil.Process(int(file.read_text(encoding="utf-8").partition("\n")[0]))
            # By its name, which is the only one of its kind: on Windows PostgreSQL turns the bars of a path round.
            if not any(folder.name in word for word in server.cmdline()):
                continue  # the id has been given to another process
            if sys.platform == "win32":
                family = [server, *server.children(recursive=True)]
                for process in family:
                    process.kill()
                psutil.wait_procs(family, END_WITHIN)
            else:
                server.send_signal(signal.SIGQUIT)  # its "immediate shutdown", which removes that file
                until = time.monotonic() + END_WITHIN
                while file.exists() and time.monotonic() < until:
                    time.sleep(0.02)


# --- of this process alone --------------------------------------------------------------------------


def _forget_in_fork() -> None:
    """A forked child has no such folder yet. It gives up the descriptor: with it, it would hold the owner's lock."""
    global _mine, _making
    locked, _mine, _making = _mine, None, threading.Lock()
    if locked is not None:
        os.close(locked.descriptor)


atexit.register(remove_own_folder)
if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_forget_in_fork)
