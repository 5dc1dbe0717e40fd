"""A fresh kernel that is handed many cells at once, as JupyterLab's Run All does, and keeps every message."""

import ast
import itertools
import json
import queue
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import psutil  # type: ignore[import-untyped]
from cells import Cell
from child_processes import children, is_alive, kill
from jupyter_client.blocking.client import BlockingKernelClient
from kernel_process import start_kernel

from helpers.scratch_kernel.at_once import execute_at_once

Message = dict[str, Any]
OUTPUT_TYPES = ("stream", "display_data", "update_display_data", "execute_result", "error")
# ipykernel 7.4 remembers an error in showing a cell's value, and lets the next silent request fail for it.
FORGET_ERROR = "get_ipython()._last_traceback_during_displayhook = False\n"
PROBE = '__import__("sys").modules["kernel_probe"]'
SIGN_PROBE = '__import__("sys").modules["sign_probe"]'
PATIENCE = 180.0  # more than whatever of ours a cell waits for: an error of ours tells more than a kernel that hangs
ANSWER_SECONDS = 60.0  # to a request of our own, after which something keeps the kernel busy
SHUTDOWN_SECONDS = 30.0  # after which it will never end; test_timing_shutdown.py says how soon it must


class Stalled(Exception):
    """No cell started, ended or answered for too long."""


class KernelDied(Exception):
    """The kernel's process ended while it was wanted."""


@dataclass(frozen=True)
class Judged:
    """What the kernel said of an expression over the notebook's names; see `sign_probe.judged`."""

    holds: bool | None
    margin: float | None
    share: float | None
    why: str


@dataclass
class Execution:
    """One run of one cell: its outputs (message type and content), its reply, and when the kernel was at it."""

    cell: Cell
    outputs: list[tuple[str, Message]] = field(default_factory=list)
    status: str = "lost"  # "ok", "error" or "aborted" as the kernel replied; "lost" when it never did
    started: datetime | None = None
    ended: datetime | None = None
    judged: dict[str, Judged] = field(default_factory=dict)  # by expression; empty where the cell failed

    @property
    def seconds(self) -> float:
        """How long the kernel was busy with the cell, by its own clock; nan when it never began or ended."""
        if self.started is None or self.ended is None:
            return float("nan")
        return (self.ended - self.started).total_seconds()

    @property
    def over(self) -> bool:
        """Whether the kernel is done with it, and has said all that it has to say."""
        return self.status == "aborted" or (self.status != "lost" and self.ended is not None)


class KernelSession:
    """One kernel, from its start to its end; use it as a context manager.

    `folder` is the kernel's working directory, `scratch` an empty folder for its files, `patience` how many
    seconds a cell may take before it counts as hanging, `shutdown_seconds` how many the kernel may take to end.
    """

    def __init__(
        self, folder: Path, scratch: Path, patience: float = PATIENCE, shutdown_seconds: float = SHUTDOWN_SECONDS
    ) -> None:
        self.patience = patience
        self.shutdown_seconds = shutdown_seconds
        self.stray: list[Message] = []  # output that belongs to no cell
        self.last_run: list[Execution] = []
        self._subscribed = False  # whether anything published has arrived
        self._executions: dict[str, Execution] = {}  # by the id of the request
        self._replies: dict[str, Message] = {}  # to requests that are not cells
        self._scratch, self._runs = scratch, itertools.count()
        self._stderr_file, self._crash_file = scratch / "stderr.txt", scratch / "crash.txt"
        self._process, connection_file = start_kernel(folder, scratch)
        self._client = BlockingKernelClient(connection_file=str(connection_file))
        try:
            self._client.load_connection_file()
            self._client.start_channels(hb=False)
            self._wait_until_ready()
            self._request(f'__import__("sys").path.insert(0, {str(Path(__file__).parent)!r})')
            self._request(f'__import__("sign_probe")\n__import__("kernel_probe").start({str(self._crash_file)!r})')
            self._request('__import__("drawn_once").start()')
            self._request('__import__("sys").path.pop(0)')
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def run(
        self, cells: Sequence[Cell], asked: Mapping[int, Sequence[str]] | None = None, silent: bool = False
    ) -> list[Execution]:
        """Send all `cells` to the kernel at once, and return their executions when all are over.

        `asked`: expressions that should be true when the cell at that position has run. The kernel judges them as part
        of the same request, before it begins the next. `silent`: do not show what their last lines come to, of which
        drawing the charts takes longer than much else. Raises Stalled or KernelDied; `last_run` holds the executions so
        far.
        """
        executions = self.last_run = [Execution(cell) for cell in cells]
        requests = [
            {
                "code": cell.source,
                "silent": silent,
                "allow_stdin": False,
                "stop_on_error": not cell.may_fail,
                "user_expressions": {text: _judging(text, True) for text in (asked or {}).get(position, ())},
            }
            for position, cell in enumerate(cells)
        ]
        go = self._scratch / f"go-{next(self._runs)}"
        ids = execute_at_once(self._client, requests, go, self._reply_to)
        self._executions.update(zip(ids, executions, strict=True))
        last_change, steps = time.monotonic(), 0
        while not all(execution.over for execution in executions):
            self._receive()
            steps_now = sum(execution.over + (execution.started is not None) for execution in executions)
            if steps_now != steps:
                last_change, steps = time.monotonic(), steps_now
            elif time.monotonic() - last_change > self.patience:
                raise Stalled(f"nothing began or ended for {self.patience:g} s")
        return executions

    def settle(self, seconds: float) -> None:
        """Go on listening for `seconds`: a background task may still have something to say."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._receive()

    def evaluate(self, expression: str) -> Any:
        """Return the value of a Python expression over the notebook's names, by way of JSON.

        Raises ValueError when the expression raises in the kernel.
        """
        return _from_json(self._request("", {"value": f"__import__('json').dumps({expression})"}), "value")

    def judge(self, expression: str, wanted: bool, names: Mapping[str, object] | None = None) -> Judged:
        """Say whether an expression over the notebook's names holds; where that is not as `wanted`, also why.

        `names`: further ones that it may use, of values that `repr` writes as Python reads them.
        """
        asked = _judging(expression, wanted, names or {})
        return Judged(**_from_json(self._request("", {expression: asked}), expression))

    def keep_names(self) -> None:
        """Remember what every name of the notebook stands for."""
        self._request(f"{SIGN_PROBE}.keep(globals())")

    def restore_names(self) -> None:
        """Let every name stand for what it stood for when they were kept."""
        self._request(f"{SIGN_PROBE}.restore(globals())")

    def forget_names(self) -> None:
        """Delete every name that cells have made, so that the next ones start as in a fresh kernel.

        What has been imported stays. Frozen, it is not looked through again by the collection that each reset makes.
        """
        self._request('get_ipython().reset(new_session=False)\n__import__("gc").freeze()')

    def leftovers(self) -> list[tuple[str, str]]:
        """Delete the notebook's names and return what is still there, as (kind of fault, description).

        Among it are the child processes, but for servers of `helpers`, which live as long as the kernel.
        """
        self._request(f"await {PROBE}.clean_up()")
        found = [(kind, text) for kind, text in self.evaluate(f"{PROBE}.found")]
        # Of the kernel's own pid: on Windows the process that was started is the environment's launcher of Python.
        commands = children(self.evaluate("__import__('os').getpid()"))
        servers = {process for process, command in commands.items() if "helpers.servers" in command}
        servers |= {below for server in servers for below in children(server.pid)}
        found += [("process left over", command) for process, command in commands.items() if process not in servers]
        return found

    def shut_down(self) -> list[tuple[str, str]]:
        """End the kernel as JupyterLab does, and return what did not end with it."""
        commands = children(self._process.pid)
        self._client.shutdown()
        faults = []
        try:
            self._process.wait(self.shutdown_seconds)
        except subprocess.TimeoutExpired:
            faults.append(("kernel did not end", f"still there {self.shutdown_seconds:g} s after it was shut down"))
        self._drain()
        for child in self._outliving(commands):
            faults.append(("process outlived the kernel", commands[child]))
            kill(child)
        self.kill()
        return faults

    def kill(self) -> None:
        """End the kernel at once, and what has not gone with it soon after. May be called again."""
        self._client.stop_channels()
        commands = children(self._process.pid)
        self._process.kill()
        self._process.wait()
        # Not at once: a server's guard that is killed too cannot end the server.
        for child in self._outliving(commands):
            kill(child)

    def _outliving(self, processes: Iterable[psutil.Process]) -> list[psutil.Process]:
        """Those of a kernel's processes that are still there when all had the time to notice its end."""
        until = time.monotonic() + self.shutdown_seconds
        while any(map(is_alive, processes)) and time.monotonic() < until:
            time.sleep(0.05)
        return list(filter(is_alive, processes))

    def process_stderr(self) -> str:
        """What the kernel's process wrote to its own standard error, past Jupyter."""
        return self._stderr_file.read_text(encoding="utf-8", errors="replace").strip()

    def _wait_until_ready(self) -> None:
        """Ask for kernel_info until an answer's status messages come: from then on nothing published is missed."""
        until = time.monotonic() + ANSWER_SECONDS
        while not self._subscribed:
            self._client.kernel_info()
            self.settle(0.2)
            if time.monotonic() > until:
                raise Stalled(f"the kernel was not ready after {ANSWER_SECONDS:g} s: {self.process_stderr()}")

    def _request(self, code: str, expressions: dict[str, str] | None = None) -> Message:
        """Run code that is no cell, without a trace in the kernel's history; return the reply's content."""
        request = self._client.execute(FORGET_ERROR + code, silent=True, user_expressions=expressions)
        reply = self._reply_to(request, repr(code))
        if reply["status"] != "ok":
            raise RuntimeError(f"{code!r} failed in the kernel: {reply}")
        return reply

    def _reply_to(self, request: str, what: str = "whether the cells have come") -> Message:
        """Wait for the reply to a request that is no cell, and return its content. `what`: what was asked."""
        self._replies[request] = {}
        until = time.monotonic() + ANSWER_SECONDS
        while not self._replies[request]:
            self._receive()
            if time.monotonic() > until:
                raise Stalled(f"no answer for {ANSWER_SECONDS:g} s to {what}")
        return self._replies.pop(request)

    def _receive(self) -> None:
        """Take in all messages that have arrived; raise KernelDied when there can be no more."""
        died = self._process.poll() is not None
        self._drain()
        if died:
            crash = self._crash_file.read_text(encoding="utf-8") if self._crash_file.exists() else ""
            raise KernelDied(f"the kernel ended with exit code {self._process.returncode}\n{crash}".strip())

    def _drain(self) -> None:
        """Take in all messages that have arrived, waiting a moment for the first."""
        seconds = 0.05
        while True:
            try:
                self._take_published(self._client.get_iopub_msg(timeout=seconds))
            except queue.Empty:
                break
            seconds = 0
        for channel in (self._client.shell_channel, self._client.control_channel):
            while channel.msg_ready():
                self._take_reply(channel.get_msg())

    def _take_published(self, message: Message) -> None:
        self._subscribed = True
        execution = self._executions.get(message["parent_header"].get("msg_id", ""))
        kind, content = message["msg_type"], message["content"]
        if kind in OUTPUT_TYPES:
            if execution is None:
                self.stray.append(message)
            else:
                execution.outputs.append((kind, content))
        elif kind == "status" and execution is not None:
            if content["execution_state"] == "busy":
                execution.started = message["header"]["date"]
            elif content["execution_state"] == "idle":
                execution.ended = message["header"]["date"]

    def _take_reply(self, message: Message) -> None:
        request = message["parent_header"].get("msg_id", "")
        content = message["content"]
        if request in self._executions:
            execution = self._executions[request]
            execution.status = content["status"]
            expressions = content.get("user_expressions") or {}
            execution.judged = {name: Judged(**_from_json(content, name)) for name in expressions}
        elif request in self._replies:
            self._replies[request] = content


def _judging(expression: str, wanted: bool, names: Mapping[str, object] = MappingProxyType({})) -> str:
    return f"{SIGN_PROBE}.judged({expression!r}, globals() | {dict(names)!r}, {wanted})"


def _from_json(reply: Message, name: str) -> Any:
    """Return the value of a request's `user_expressions`. Raises ValueError where it could not be had."""
    value = reply["user_expressions"][name]
    if value["status"] != "ok":
        raise ValueError(f"{name!r} raised {value['ename']}: {value['evalue']}")
    return json.loads(ast.literal_eval(value["data"]["text/plain"]))
