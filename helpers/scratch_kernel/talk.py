"""Talk to a scratch kernel through jupyter_client: queue its cells, and take in what it says of them."""

import json
import queue
import re
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from helpers.servers.own_folder import own_folder
from helpers.servers.process import ServerProcess

from .at_once import execute_at_once
from .cell import ScratchCell, State
from .cells import ScratchRun

ANSWER_WITHIN = 20.0  # seconds for the kernel's first word, and for each answer before the cells begin
ASK_EVERY = 0.3  # seconds of silence after which the kernel is asked whether it still answers
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")

_ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_REPLIES: dict[str, State] = {"ok": "ran", "error": "failed", "aborted": "skipped"}

Message = dict[str, Any]


class ScratchKernelFailed(RuntimeError):
    """The scratch kernel did not come as far as the cells."""


class Stopped(Exception):
    """Nobody waits for the answer any more."""


def send_all(run: ScratchRun, first: str, go_on: bool, stop: threading.Event) -> None:
    """Start a kernel, run `first` in it, queue the cells of `run` at once, and note in them what becomes of each.

    It blocks until every cell is over, lost or out of time, and leaves no process.

    Args:
        run: its cells, and where to note what happens; another thread may look at it meanwhile.
        first: source that has to succeed before the cells are queued.
        go_on: whether to run the cells after one that fails.
        stop: set by another thread to end it early.

    Raises:
        ScratchKernelFailed: the kernel did not answer, or `first` failed.
        ServerFailed: the kernel did not start.
        Stopped: `stop` was set.
    """
    with _kernel() as (process, client, folder):
        talk = _Talk(run, process, client, stop)
        talk.begin(first)
        talk.queue_cells(go_on, folder / "go")
        talk.listen_until_over()


@contextmanager
def _kernel() -> Iterator[tuple[ServerProcess, BlockingKernelClient, Path]]:
    """A kernel in a process of its own, a client connected to it, and its folder; all end with the block."""
    folder = mkdtemp(prefix="scratch-kernel-", dir=own_folder())
    try:
        connection_file = Path(folder) / "kernel.json"
        # Port 0 has the kernel take free ports and write them into the file.
        connection = {"transport": "tcp", "ip": "127.0.0.1", "signature_scheme": "hmac-sha256"}
        told = {**connection, "key": uuid.uuid4().hex, **dict.fromkeys(PORTS, 0)}
        connection_file.write_text(json.dumps(told), encoding="utf-8")
        process = ServerProcess("scratch kernel", [sys.executable, "-m", "helpers.scratch_kernel.child", folder])
        process.start()
        client = BlockingKernelClient(connection_file=str(connection_file))
        try:
            client.load_connection_file()
            client.start_channels(stdin=False, hb=False)
            yield process, client, Path(folder)
        finally:
            client.stop_channels()
            process.stop()
    finally:
        # Not TemporaryDirectory, which on Windows may call itself without an end in Python 3.11, where a process that
        # is about to end has its working folder there.
        rmtree(folder, ignore_errors=True)


class _Talk:
    """One conversation: which request is which, and what has been answered."""

    def __init__(
        self, run: ScratchRun, process: ServerProcess, client: BlockingKernelClient, stop: threading.Event
    ) -> None:
        self._run = run
        self._process = process
        self._client = client
        self._stop = stop
        self._cells: dict[str, ScratchCell] = {}  # by the id of the request
        self._idle: set[str] = set()  # requests about which nothing more will be published
        self._replies: dict[str, Message] = {}
        self._questions: set[str] = set()  # requests sent after the cells, to learn whether it still answers
        self._began: dict[str, float] = {}  # by the id of the request, since when a cell runs
        self._to_interrupt: set[str] = set()  # cells that run and have not been interrupted
        self._heard = False  # whether anything published has come: before that, output could be missed
        self._last_news = time.monotonic()

    def begin(self, first: str) -> None:
        """Wait until nothing that the kernel publishes can be missed, then run `first`."""
        until = time.monotonic() + ANSWER_WITHIN
        while not self._heard:
            self._client.kernel_info()
            self._listen(0.1, until)
        reply = self._reply_to(self._client.execute(first, silent=True, allow_stdin=False))
        if not reply:
            raise ScratchKernelFailed("The first cell ended the kernel.")
        if reply["status"] != "ok":
            raise ScratchKernelFailed(f"The first cell failed: {reply.get('ename')}: {reply.get('evalue')}")

    def queue_cells(self, go_on: bool, go: Path) -> None:
        """Send all cells, without waiting for any. A file at `go` then lets the kernel begin the first."""
        cells = self._run.cells
        requests = [{"code": cell.source, "allow_stdin": False, "stop_on_error": not go_on} for cell in cells]
        self._cells = dict(zip(execute_at_once(self._client, requests, go, self._reply_to), cells, strict=True))

    def _reply_to(self, request: str) -> Message:
        """Wait for the reply to a request; it is empty if the kernel has ended."""
        until = time.monotonic() + ANSWER_WITHIN
        ended = False
        while request not in self._replies and not ended:
            ended = not self._process.alive  # asked first: what it said before its end may have come since
            self._listen(0.01, until)
        return self._replies.get(request, {})

    def listen_until_over(self) -> None:
        """Take in what the kernel says until each cell is over, or is known never to be."""
        self._last_news = time.monotonic()
        until = self._last_news + self._run.within
        while left := [cell for request, cell in self._cells.items() if not self._is_over(request)]:
            self._interrupt_if_due()
            if not self._process.alive:
                self._listen(0.05)  # what it said before its end may have come since
                _leave(left, "gone")
            elif time.monotonic() > until:
                _leave(left, "given up")
            elif self._answers_others() and all(cell.state == "waiting" for cell in left):
                # It takes requests in the order of their coming, and these came first.
                _leave(left, "lost")
            else:
                self._listen(0.05)
                continue
            return

    def _interrupt_if_due(self) -> None:
        """Interrupt each cell, once, that has run for so long that it is to be."""
        after = self._run.interrupt_after
        if after is None:
            return
        for request in list(self._to_interrupt):
            if time.monotonic() - self._began[request] > after:
                self._to_interrupt.discard(request)
                # Like Stop, it makes a SIGINT of it. On Windows it writes into its log that it cannot.
                self._client.control_channel.send(self._client.session.msg("interrupt_request", {}))

    def _is_over(self, request: str) -> bool:
        """Whether a cell has been answered, and all its output has come. One that was not run has none."""
        if request not in self._replies:
            return False
        return request in self._idle or self._replies[request]["status"] == "aborted"

    def _answers_others(self) -> bool:
        """Whether the kernel has answered a request that was sent after the cells; asks again after each silence.

        A question wakes the kernel's loop, and so changes when a cell that awaits notices an interrupt: with these it
        is not asked.
        """
        if self._run.interrupt_after is not None:
            return False
        if self._questions & self._replies.keys():
            return True
        if time.monotonic() - self._last_news > ASK_EVERY:
            self._questions.add(self._client.execute("", silent=True, allow_stdin=False))
            self._last_news = time.monotonic()
        return False

    def _listen(self, seconds: float, until: float = float("inf")) -> None:
        """Take in all messages that have come, waiting up to `seconds` for the first."""
        if self._stop.is_set():
            raise Stopped
        if time.monotonic() > until:
            raise ScratchKernelFailed(f"The scratch kernel did not answer within {ANSWER_WITHIN:g} s.")
        for message in _messages(self._client.iopub_channel, seconds):
            self._take_published(message)
        for channel in (self._client.shell_channel, self._client.control_channel):
            for message in _messages(channel, 0):
                self._take_reply(message)

    def _take_published(self, message: Message) -> None:
        self._heard = True
        request = message["parent_header"].get("msg_id", "")
        kind, content = message["msg_type"], message["content"]
        cell = self._cells.get(request)
        if kind == "stream" and content["name"] == "stderr" and cell is None:
            self._run.unseen += content["text"]
        if cell is None:
            return
        self._last_news = time.monotonic()
        if kind == "status" and content["execution_state"] == "busy":
            if cell.state == "waiting":  # else its reply, which comes another way, was here first
                cell.state = "running"
                self._began[request] = self._last_news
                self._to_interrupt.add(request)
        elif kind == "status" and content["execution_state"] == "idle":
            self._idle.add(request)
        elif kind == "stream" and content["name"] == "stderr":
            cell.stderr += content["text"]
        elif kind == "stream":
            cell.output += content["text"]
        elif kind in ("execute_result", "display_data"):
            cell.output += content["data"].get("text/plain", "") + "\n"
        elif kind == "error":
            cell.output += _ANSI_COLOUR.sub("", "\n".join(content["traceback"])) + "\n"

    def _take_reply(self, message: Message) -> None:
        request, content = message["parent_header"].get("msg_id", ""), message["content"]
        self._replies[request] = content
        if cell := self._cells.get(request):
            self._last_news = time.monotonic()
            cell.state = _REPLIES[content["status"]]
            self._to_interrupt.discard(request)
            if cell.ran:
                cell.took = self._last_news - self._began.get(request, self._last_news)
                cell.number = content["execution_count"]
            if cell.state == "failed":
                cell.error = f"{content['ename']}: {content['evalue']}"


def _leave(cells: list[ScratchCell], state: State) -> None:
    for cell in cells:
        if not cell.ran:  # else only the end of its output is missing
            cell.state = state


def _messages(channel: Any, seconds: float) -> Iterator[Message]:
    """What has come on a channel, waiting up to `seconds` for the first message."""
    while True:
        try:
            yield channel.get_msg(timeout=seconds)
        except queue.Empty:
            return
        seconds = 0
