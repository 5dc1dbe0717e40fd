"""A fresh kernel that is handed many cells at once, as JupyterLab's Run All does, and keeps every message."""

import ast
import json
import queue
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil  # type: ignore[import-untyped]
from cells import Cell
from child_processes import children, is_alive, kill
from jupyter_client.blocking.client import BlockingKernelClient
from kernel_process import start_kernel

Message = dict[str, Any]
OUTPUT_TYPES = ("stream", "display_data", "update_display_data", "execute_result", "error")
# ipykernel 7.4 remembers an error in showing a cell's value, and lets the next silent request fail for it.
FORGET_ERROR = "get_ipython()._last_traceback_during_displayhook = False\n"
PROBE = '__import__("sys").modules["kernel_probe"]'
ANSWER_SECONDS = 60.0  # to a request of our own, after which something keeps the kernel busy
SHUTDOWN_SECONDS = 6.0  # JupyterLab kills a kernel that takes longer than five


class Stalled(Exception):
    """No cell started, ended or answered for too long."""


class KernelDied(Exception):
    """The kernel's process ended while it was wanted."""


@dataclass
class Execution:
    """One run of one cell: its outputs (message type and content), its reply, and when the kernel was at it."""

    cell: Cell
    outputs: list[tuple[str, Message]] = field(default_factory=list)
    status: str = "lost"  # "ok", "error" or "aborted" as the kernel replied; "lost" when it never did
    started: datetime | None = None
    ended: datetime | None = None

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
    seconds a cell may take before it counts as hanging.
    """

    def __init__(self, folder: Path, scratch: Path, patience: float = 120.0) -> None:
        self.patience = patience
        self.stray: list[Message] = []  # output that belongs to no cell
        self.last_run: list[Execution] = []
        self._subscribed = False  # whether anything published has arrived
        self._executions: dict[str, Execution] = {}  # by the id of the request
        self._replies: dict[str, Message] = {}  # to requests that are not cells
        self._stderr_file = scratch / "stderr.txt"
        self._process, connection_file = start_kernel(folder, scratch)
        self._client = BlockingKernelClient(connection_file=str(connection_file))
        try:
            self._client.load_connection_file()
            self._client.start_channels(hb=False)
            self._wait_until_ready()
            here = str(Path(__file__).parent)
            self._request(f'__import__("sys").path.insert(0, {here!r})\n__import__("kernel_probe").start()')
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

    def run(self, cells: Sequence[Cell]) -> list[Execution]:
        """Send all `cells` to the kernel without waiting, and return their executions when all are over.

        Raises Stalled or KernelDied; `last_run` holds the executions so far.
        """
        executions = self.last_run = [Execution(cell) for cell in cells]
        for execution in executions:
            request = self._client.execute(
                execution.cell.source, allow_stdin=False, stop_on_error=not execution.cell.may_fail
            )
            self._executions[request] = execution
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

        numpy's numbers arrive as Python's. Raises ValueError when the expression raises in the kernel.
        """
        as_json = f"__import__('json').dumps(({expression}\n), default=lambda value: value.item())"
        reply = self._request("", {"value": as_json})["user_expressions"]["value"]
        if reply["status"] != "ok":
            raise ValueError(f"{expression!r} raised {reply['ename']}: {reply['evalue']}")
        return json.loads(ast.literal_eval(reply["data"]["text/plain"]))

    def forget_names(self) -> None:
        """Delete every name that cells have made, so that the next ones start as in a fresh kernel."""
        self._request("get_ipython().reset(new_session=False)")

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
            self._process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            faults.append(("kernel did not end", f"still there {SHUTDOWN_SECONDS:g} s after it was shut down"))
        self._drain()
        for child in _outliving(commands):
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
        for child in _outliving(commands):
            kill(child)

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
        self._replies[request] = {}
        until = time.monotonic() + ANSWER_SECONDS
        while not self._replies[request]:
            self._receive()
            if time.monotonic() > until:
                raise Stalled(f"no answer for {ANSWER_SECONDS:g} s to {code!r}")
        reply = self._replies.pop(request)
        if reply["status"] != "ok":
            raise RuntimeError(f"{code!r} failed in the kernel: {reply}")
        return reply

    def _receive(self) -> None:
        """Take in all messages that have arrived; raise KernelDied when there can be no more."""
        died = self._process.poll() is not None
        self._drain()
        if died:
            raise KernelDied(f"the kernel ended with exit code {self._process.returncode}")

    def _drain(self) -> None:
        """Take in all messages that have arrived, waiting a moment for the first."""
        seconds = 0.05
        while True:
            try:
                self._take_published(self._client.get_iopub_msg(timeout=seconds))
            except queue.Empty:
                break
            seconds = 0
        while True:
            try:
                self._take_reply(self._client.get_shell_msg(timeout=0))
            except queue.Empty:
                break

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
        if request in self._executions:
            self._executions[request].status = message["content"]["status"]
        elif request in self._replies:
            self._replies[request] = message["content"]


def _outliving(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those of a kernel's processes that are still there when all had the time to notice its end."""
    until = time.monotonic() + SHUTDOWN_SECONDS
    while any(map(is_alive, processes)) and time.monotonic() < until:
        time.sleep(0.05)
    return list(filter(is_alive, processes))
