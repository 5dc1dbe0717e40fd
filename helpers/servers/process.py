"""A server in a process of its own that never outlives the process that started it.

Two sides share this file. The parent (a notebook's kernel, a test) uses `ServerProcess`.
The child calls `exit_with_parent()` first and `say_ready()` once it listens.

The guard is what the child gets as its standard input: a pipe that the parent holds open and never
writes to. However the parent ends (a normal exit, a kernel restart, SIGKILL), the system closes the
pipe, and the child exits. Signals and atexit alone do not manage that: nothing runs after SIGKILL.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.servers.fine_timers import ask_for_fine_timers
from helpers.servers.own_folder import own_folder, remove_own_folder

READY_WITHIN = 15.0  # seconds; a start takes under one, but a busy classroom machine may need more
STOP_WITHIN = 3.0  # seconds between asking a child to go and killing it

PACKAGE_ROOT = Path(__file__).parents[2]  # the folder that holds helpers/ and data/


class ServerFailed(RuntimeError):
    """The server did not start. The message ends with the tail of its log."""


# --- the child's side -------------------------------------------------------------------------------


def exit_with_parent() -> None:
    """End this process, the workers of its process pools and its own folder, at once when its parent ends."""
    when_parent_ends(_exit_with_workers)


def when_parent_ends(then: Callable[[], object]) -> None:
    """Call `then` once the guard closes, which is when this process's parent ends.

    A thread of its own waits for that, so it works while the event loop is busy too. From here on standard input is the
    null device: whoever reads it finds it at its end.
    """
    ask_for_fine_timers()
    guard = _take_guard()

    def wait_for_the_end() -> None:
        while os.read(guard, 1024):
            pass
        then()

    threading.Thread(target=wait_for_the_end, name="when-parent-ends", daemon=True).start()


def _take_guard() -> int:
    """Put the null device in the place of standard input, and return another descriptor of the guard.

    On Windows, whoever only asks what kind of file a pipe is waits while another reads from it (cpython#78961). A
    library such as numpy's asks that of standard input while it is loaded (numpy#24290), and so does each Python as it
    starts, which gets the standard input of the process that started it. All of them would wait for this process's end.
    """
    guard = os.dup(0)  # no process that is started from here gets this one
    null = os.open(os.devnull, os.O_RDONLY)
    # sys.stdin reads descriptor 0, whatever that is. It stays inheritable, as standard input should be. On Windows dup2
    # to 0 changes the handle too that the system calls standard input (STD_INPUT_HANDLE), which is the one that a DLL
    # asks about and a new process gets: the C runtime does that in every console program, and python.exe is one.
    os.dup2(null, 0)
    os.close(null)
    return guard


def _exit_with_workers() -> None:
    try:
        # They would not notice. Not imported here: where nobody has done so there are none.
        if pools := sys.modules.get("multiprocessing.process"):
            for worker in pools.active_children():
                worker.kill()
        for server in list(_started):
            server.close_guard()  # it would hold files in the folder open
        remove_own_folder()  # os._exit() leaves it
    finally:
        os._exit(0)


def say_ready(**facts: Any) -> None:
    """Tell the parent that the server listens, with what it must know (`port=…`), as one line of JSON."""
    print(json.dumps({"ready": True, "pid": os.getpid(), **facts}), flush=True)


def lift_descriptor_limit(wanted: int = 65_536) -> int | None:
    """Raise this process's soft limit of open files, and so of connections, as far as it may go.

    Args:
        wanted: how many descriptors are enough; the hard limit may allow fewer.

    Returns:
        The limit now in force, or None on Windows, where sockets do not count against one.
    """
    if sys.platform == "win32":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft if soft != resource.RLIM_INFINITY else wanted
    for limit in (wanted, 10_240):  # macOS allows no more than 10,240 whatever the hard limit says
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            break
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


# --- the parent's side ------------------------------------------------------------------------------


class ServerProcess:
    """One child process: started, ready, readable in its log, stopped.

    Args:
        name: what to call it in messages, such as "practice API".
        arguments: the command. The child must call `exit_with_parent()`, or `when_parent_ends(...)`, and `say_ready()`.
        ready_within: seconds to wait for the ready line.
        stop_within: seconds between asking the child to go and killing it; more for one that has children of its own.
        meanwhile: is called again and again until the child is ready. It does a little, and tells whether it has.
    """

    def __init__(
        self,
        name: str,
        arguments: list[str],
        *,
        ready_within: float = READY_WITHIN,
        stop_within: float = STOP_WITHIN,
        meanwhile: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        self.arguments = arguments
        self.ready_within = ready_within
        self.stop_within = stop_within
        self.meanwhile = meanwhile
        self.facts: dict[str, Any] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None
        self._stopping = threading.Lock()

    def start(self) -> dict[str, Any]:
        """Start the child and wait until it says that it is ready.

        Returns:
            What the child told in its ready line.

        Raises:
            ServerFailed: it ended, or said nothing in time; the message shows its log's tail.
            RuntimeError: it runs already.
        """
        if self.alive:
            raise RuntimeError(f"the {self.name} is running already, as process {self.pid}")
        ask_for_fine_timers()
        _started.add(self)
        self.facts = {}
        descriptor, path = tempfile.mkstemp(dir=own_folder(), suffix=".log")
        self._log = Path(path)
        with os.fdopen(descriptor, "wb") as log:
            self._child = subprocess.Popen(
                self.arguments,
                stdin=subprocess.PIPE,  # the guard
                # A file, not a pipe: nobody has to read it for the child to go on writing.
                stdout=log,
                stderr=subprocess.STDOUT,
                # With `python -m` the working directory comes first on sys.path. From here the child
                # finds helpers, and a learner's own json.py next to a notebook cannot get in its way.
                cwd=PACKAGE_ROOT,
                env={**os.environ, "PYTHONUTF8": "1"},
                **_apart_from_the_terminal(),
            )
        try:
            self.facts = self._wait_until_ready()
        except BaseException:  # Ctrl-C during the start too: leave nothing behind
            self.stop()
            raise
        return self.facts

    def _wait_until_ready(self) -> dict[str, Any]:
        assert self._child is not None
        deadline = time.monotonic() + self.ready_within
        while True:
            ended = self._child.poll() is not None  # asked before reading, so no last line is missed
            facts = self._ready_line()
            if facts is not None and not ended:
                return facts
            if ended:
                problem = f"ended with exit code {self._child.returncode} before it was ready"
            elif time.monotonic() > deadline:
                problem = f"was not ready within {self.ready_within:g} s"
            else:
                if not self.meanwhile():
                    time.sleep(0.005)
                continue
            tail = self.log_tail() or "(its log is empty)"
            raise ServerFailed(f"The {self.name} {problem}. The end of its log:\n{tail}")

    def _ready_line(self) -> dict[str, Any] | None:
        for line in self._read_log().splitlines(keepends=True):
            if line.startswith('{"ready": true') and line.endswith("\n"):
                facts: dict[str, Any] = json.loads(line)
                return facts
        return None

    def _read_log(self) -> str:
        if self._log is None or not self._log.exists():
            return ""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the child has printed; empty once it has been stopped."""
        return "\n".join(self._read_log().splitlines()[-lines:])

    @property
    def pid(self) -> int | None:
        """The child's process id, or None when this process has none running.

        It is the child's own word. On Windows the process that was started is a launcher, which the environment has in
        the place of Python, and Python is a child of that one.
        """
        return self.facts.get("pid", self._child.pid) if self._child is not None else None

    @property
    def alive(self) -> bool:
        """Whether the child runs. Always False in a fork of the process that started it: not its child."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Close the guard, wait for the child to go, and kill it if it does not. Safe to call twice."""
        with self._stopping:
            child, self._child = self._child, None
            if child is None:
                return
            _close_guard(child)
            try:
                child.wait(self.stop_within)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if self._log is not None:
                with contextlib.suppress(OSError):
                    self._log.unlink(missing_ok=True)

    def close_guard(self) -> None:
        """Have the child go, without waiting for it."""
        if self._child is not None:
            _close_guard(self._child)

    def _forget_in_fork(self) -> None:
        """Run in a forked child of the parent: give up the guard, which it holds a copy of.

        A multiprocessing worker that kept it would keep the server alive after the parent's end.
        """
        self._stopping = threading.Lock()  # another thread may have held it at the fork
        child, self._child = self._child, None
        if child is not None:
            child.returncode = 0  # so that Popen never waits for a process that is not its child
            assert child.stdin is not None
            child.stdin.close()


def _close_guard(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(OSError):  # a child that has ended has closed its end
        child.stdin.close()


def _apart_from_the_terminal() -> dict[str, Any]:
    """Popen options that keep the Stop button's SIGINT, sent to the kernel's group, from the server."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


_started: weakref.WeakSet[ServerProcess] = weakref.WeakSet()


def _stop_all() -> None:
    for server in list(_started):
        server.stop()


def _forget_all_in_fork() -> None:
    for server in list(_started):
        server._forget_in_fork()
    _started.clear()


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_forget_all_in_fork)
