"""Record every HTTP request of a measured block, whether by `requests` or by `aiohttp`."""

import asyncio
from collections.abc import Callable

from helpers.recorders import belonging
from helpers.recorders.guard import Guard
from helpers.recorders.http.aiohttp_hooks import AiohttpHooks
from helpers.recorders.http.request_record import UNFINISHED, RequestRecord
from helpers.recorders.http.requests_hooks import RequestsHooks
from helpers.recorders.patches import Patches
from helpers.recorders.task_row import OUTSIDE


class HttpRecorder:
    """The hooks of both libraries, installed by ``start`` and gone after ``stop``.

    ``owner`` is what `belonging.mark` was, or will be, called with: it marks what belongs to the block.

    ``records`` holds one `RequestRecord` per HTTP request, in the order in which they started. What was still under
    way when the recording stopped is marked ``unfinished``. ``on_request`` is called as each request starts;
    ``current_row`` tells the row of the task that makes it.
    """

    def __init__(self, owner: object) -> None:
        self._owner = owner
        self.records: list[RequestRecord] = []
        self.on_request: Callable[[], None] = lambda: None
        self.current_row: Callable[[], int] = lambda: OUTSIDE
        self._patches = Patches()
        self._hooks = RequestsHooks(self._new_record), AiohttpHooks(self._new_record, self._wanted)
        self._home: asyncio.AbstractEventLoop | None = None
        self._on = False

    @property
    def guards(self) -> list[Guard]:
        """The guards of the two libraries' hooks, each of which may fail alone."""
        return [hooks.guard for hooks in self._hooks]

    def start(self) -> None:
        """Install the hooks."""
        self._home = asyncio._get_running_loop()
        self._on = True
        try:
            for hooks in self._hooks:
                with hooks.guard:
                    hooks.install(self._patches)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Take the hooks out and close the account of what is still under way. Calling it again does nothing."""
        self._on = False
        with self._hooks[0].guard:
            self._patches.restore()
        for hooks in self._hooks:
            with hooks.guard:
                for record in self.records:
                    if record.library == hooks.library:
                        record.finish(UNFINISHED, now=hooks.guard.off_since)

    def _wanted(self) -> bool:
        return self._on and belonging.belongs(self._owner, self._home)

    def _new_record(self, library: str, method: str, url: str) -> RequestRecord | None:
        if not self._wanted():
            return None
        self.on_request()
        record = RequestRecord(library, method, url, self.current_row())
        self.records.append(record)
        return record
