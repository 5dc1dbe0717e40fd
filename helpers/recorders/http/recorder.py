"""Record every HTTP request of a measured block, by whichever of the clients that are known here."""

import asyncio
from collections.abc import Callable
from threading import get_ident
from time import perf_counter

from helpers.recorders import belonging
from helpers.recorders.guard import Guard
from helpers.recorders.http.aiohttp_hooks import AiohttpHooks
from helpers.recorders.http.httpcore_hooks import HttpcoreHooks
from helpers.recorders.http.request_record import UNFINISHED, RequestRecord
from helpers.recorders.http.urllib3_hooks import Urllib3Hooks
from helpers.recorders.patches import Patches
from helpers.recorders.task_row import OUTSIDE


class HttpRecorder:
    """The hooks of all libraries, installed by ``start`` and gone after ``stop``.

    ``owner`` is what `belonging.mark` was, or will be, called with: it marks what belongs to the block.

    Attributes:
        records: one `RequestRecord` per HTTP request of the block, in the order in which they started. What was still
            under way when the recording stopped is marked ``unfinished``.
        beside: those of code that runs beside the block, by which the server's log can be told apart.
        before: those that were made as the recorders were installed; known once the recording has stopped.
        notes: what the reader of the records must know, a sentence each; known once the recording has stopped.
        on_request: called as each request of the block starts, with the time at which it does.
        current_row: tells the row of the task that makes it.
        runs_beside: tells whether the calling thread does something for code that runs beside the block.
    """

    def __init__(self, owner: object) -> None:
        self._owner = owner
        self.records: list[RequestRecord] = []
        self.beside: list[RequestRecord] = []
        self.before: list[RequestRecord] = []
        self.notes: list[str] = []
        self.on_request: Callable[[float], None] = lambda now: None
        self.current_row: Callable[[], int] = lambda: OUTSIDE
        self.runs_beside: Callable[[], bool] = lambda: False
        self._patches = Patches()
        self._httpcore = HttpcoreHooks(self._new_record)
        self._hooks = Urllib3Hooks(self._new_record), AiohttpHooks(self._new_record), self._httpcore
        self._home: asyncio.AbstractEventLoop | None = None
        self._home_thread = 0
        self._on = False

    @property
    def guards(self) -> list[Guard]:
        """The guards of the libraries' hooks, each of which may fail alone."""
        return [hooks.guard for hooks in self._hooks]

    def start(self) -> None:
        """Install the hooks."""
        self._home, self._home_thread = asyncio._get_running_loop(), get_ident()
        self._on = True
        try:
            for hooks in self._hooks:
                with hooks.guard:
                    hooks.install(self._patches)
        except BaseException:
            self.stop()
            raise

    def stop(self, began: float = 0.0, ended: float = 0.0) -> None:
        """Take the hooks out and close the account of what is still under way. Calling it again does nothing.

        ``began`` and ``ended`` are when the block did (``time.perf_counter()``); the second is now, where that is not
        given.
        """
        self._on, self._home = False, None
        ended = ended or perf_counter()
        with self._hooks[0].guard:
            self._patches.restore()
        with self._httpcore.guard:
            self.notes = [*filter(None, [self._httpcore.note()]), *self._patches.notes]
        # Threads that are older than the block may have asked for something before it, and all may go on after it.
        self.before += [record for record in self.records if record.start < began]
        self.records[:] = [record for record in self.records if began <= record.start <= ended]
        for hooks in self._hooks:
            with hooks.guard:
                for record in self.records:
                    if record.library in hooks.libraries:
                        record.finish(UNFINISHED, now=hooks.guard.off_since or ended)
        for record in self.records:
            record.cut(ended, UNFINISHED)
        for hooks in self._hooks:
            hooks.guard.end()

    def _new_record(self, library: str, method: object, url: object, start: float = 0.0) -> RequestRecord | None:
        if not self._on:
            return None
        row = self.current_row()  # of a task that may have a context of its own
        is_ours = (belonging.belongs(self._owner, self._home) or row >= 0) and not self.runs_beside()
        row = row if is_ours else OUTSIDE
        record = RequestRecord(library, _text(method), _text(url), row, start)
        record.in_own_thread = get_ident() == self._home_thread
        if is_ours:
            self.on_request(record.start)
            self.records.append(record)
        else:
            self.beside.append(record)
        return record


def _text(value: object) -> str:
    """A method or an address as a text; empty where the learner's object cannot say it."""
    if type(value) is str:
        return value
    try:
        return str(value)
    except Exception:
        return ""
