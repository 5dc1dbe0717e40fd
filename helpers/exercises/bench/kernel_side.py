"""The place where a learner's function is run: a process of its own.

A function that never ends cannot be stopped in the kernel: nothing ends a thread that sleeps or waits for a socket, a
signal does not get through to it on Windows, and a coroutine that blocks takes the page with it. A process can be ended
on every system. It has a practice API of its own, so that whatever else the notebook is doing is not counted in.

It starts at the first check, which takes a second or two, and is used again as long as it answers.
"""

import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.code.origin import is_learners, is_ours
from helpers.exercises.bench.check_result import STACK_FILE, CheckResult
from helpers.exercises.bench.serialising import NotSent, serialise, sources_in
from helpers.exercises.exercise import Exercise
from helpers.exercises.finding import Finding
from helpers.page.live_output import StatusLine
from helpers.servers.child_connection import connect
from helpers.servers.kernel_servers import KernelServers
from helpers.servers.own_folder import own_folder
from helpers.servers.process import ServerProcess

FORCE = 1.5
"""Seconds after an exercise's limit at which the process is ended: it has had its time to stop by itself."""

READY_WITHIN = 60.0
"""Seconds for everything that is not the learner's function."""

_FRAME = re.compile(r'File "(?P<file>.+)", line (?P<line>\d+) in ')


class BenchFailed(RuntimeError):
    """The bench did not answer; the learner's function is not to blame."""


class Bench:
    """The process, and the connection to it."""

    def __init__(self) -> None:
        # No `TemporaryDirectory`: a fork of this process that forgets the bench would remove what is its parent's.
        self._folder = Path(tempfile.mkdtemp(dir=own_folder(), prefix="bench-"))
        command = [sys.executable, "-m", "helpers.exercises.bench.worker", str(self._folder)]
        self._process = ServerProcess("bench of the exercises", command)
        try:
            self._line = connect(self._process, READY_WITHIN)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    @property
    def alive(self) -> bool:
        """Whether the process runs, and has its folder: somebody may clear the system's temporary folder."""
        return self._process.alive and self._folder.is_dir()

    def judge(self, exercise: Exercise, sent: bytes) -> CheckResult:
        """Have a function judged; `sent` is what `serialise` made of it. Raises BenchFailed when the bench breaks."""
        try:
            self._line.send((exercise.name, sent))
        except OSError as error:
            self.stop()
            raise BenchFailed("The bench has ended.") from error
        until = time.monotonic() + READY_WITHIN
        running = False
        stopping_at: str | None = None
        check_result: CheckResult | None = None
        while True:
            try:
                # In short turns: on Windows the Stop button gets through between them only.
                if not self._line.poll(0.05):
                    if time.monotonic() < until:
                        continue
                    if check_result is not None:  # judged, and only tidying up takes for ever
                        self.stop()
                        return check_result
                    if not running:
                        raise BenchFailed(f"The bench did not answer.\n{self._process.log_tail()}")
                    return self._ended_by_force(exercise, sent, stopping_at)
                news: Any = self._line.recv()
            except (EOFError, OSError) as error:
                self.stop()
                if running:
                    return CheckResult([Finding("It ended the process that it ran in.", "Did it call exit()?")])
                raise BenchFailed("The bench has ended.") from error
            match news:
                case "running", _:
                    running, until = True, time.monotonic() + exercise.limit + FORCE
                case "stopping", str(stopping_at):
                    pass
                case "over", told:
                    check_result, until = told, time.monotonic() + FORCE
                case "ready", _ if check_result is not None:
                    return check_result
                case "spent", _ if check_result is not None:  # something of the function's is still at work in it
                    self.stop()
                    return check_result

    def _ended_by_force(self, exercise: Exercise, sent: bytes, stopping_at: str | None) -> CheckResult:
        from helpers.exercises.bench.attempt import never_ended, would_not_stop

        where = _innermost(self._folder / STACK_FILE, sources_in(sent))
        self.stop()
        if stopping_at is not None:
            return CheckResult([would_not_stop(exercise.limit, stopping_at)])
        return CheckResult([never_ended(exercise.limit, where)])

    def stop(self) -> None:
        """End the process and its practice API."""
        self._line.close()
        self._process.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def _innermost(stack: Path, sources: Mapping[str, Sequence[str]]) -> str:
    """The learner's line at which a stack, as `faulthandler` writes it, stands; "" where there is none."""
    for line in stack.read_text(encoding="utf-8", errors="replace").splitlines():
        found = _FRAME.search(line)
        if found and is_learners(found["file"]) and not is_ours(found["file"]):
            lines = sources.get(found["file"], ())[int(found["line"]) - 1 :]
            text = f": `{lines[0].strip()}`" if lines else ""
            return f"{found['file']}, line {found['line']}{text}"
    return ""


_benches = KernelServers[Bench](lambda bench: bench.alive)
_one_at_a_time = threading.Lock()
"""A click on a panel may be dealt with in a thread of its own, beside a check in a cell."""


def bench() -> Bench:
    """The bench of this kernel; starts it where none runs. Raises ServerFailed where it does not start."""
    if _benches.running() is None:
        for left in _benches.take(lambda key: True):  # its process may live where its folder has gone
            left.stop()
    return _benches.get(Bench)


def judge(exercise: Exercise, function: Callable[..., Any]) -> CheckResult:
    """Have a function judged. When that is interrupted the bench goes, and the next check starts another."""
    try:
        sent = serialise(function)
    except NotSent as error:
        return CheckResult([error.finding])
    doing = "running your function ..."
    if _benches.running() is None:
        doing = f"setting up the bench, then {doing}"
    with StatusLine() as line, _one_at_a_time:
        line.show(doing)
        for last_try in (False, True):
            place = bench()
            try:
                return place.judge(exercise, sent)
            except BenchFailed:  # what an earlier function had left in it may have ended it since
                place.stop()
                if last_try:
                    raise
            except BaseException:
                place.stop()
                raise
    raise AssertionError("the last try returns or raises")
