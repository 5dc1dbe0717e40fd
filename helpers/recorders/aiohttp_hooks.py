"""Watch `aiohttp` through its own tracing interface (`aiohttp.TraceConfig`).

A trace is normally given to a session when the session is made. A learner's session may be older than the measured
block, so for as long as the block is open the class answers for the session: it adds our trace to the session's own.
"""

import functools
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from helpers.recorders.patches import Patches
from helpers.recorders.record import RequestRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientResponse, ClientSession, TraceConfig


class AiohttpHooks:
    """The trace, and the few wrappers it needs, for one recording.

    ``new_record(library, method, url)`` makes a record; ``wanted()`` says whether the calling code belongs to the
    block.
    """

    def __init__(
        self,
        new_record: "Callable[[str, str, str], RequestRecord | None]",
        wanted: "Callable[[], bool]",
    ) -> None:
        self._new_record = new_record
        self._wanted = wanted
        self._by_response: WeakKeyDictionary[ClientResponse, RequestRecord] = WeakKeyDictionary()

    def install(self, patches: Patches) -> None:
        """Add the trace to every session; ``patches.restore()`` takes it away again."""
        from aiohttp import ClientResponse, ClientSession

        trace, wanted = self._trace(), self._wanted

        def with_ours(session: "ClientSession") -> "list[TraceConfig]":
            own = session.__dict__["_trace_configs"]
            return [*own, trace] if wanted() else own

        def keep(session: "ClientSession", configs: "list[TraceConfig]") -> None:
            session.__dict__["_trace_configs"] = configs

        patches.replace(ClientSession, "_trace_configs", property(with_ours, keep))
        # The public list of a session's traces must not show ours.
        patches.replace(ClientSession, "trace_configs", property(lambda session: session.__dict__["_trace_configs"]))
        for name in ("release", "close"):
            patches.replace(ClientResponse, name, self._ending(ClientResponse.__dict__[name]))

    def _trace(self) -> "TraceConfig":
        from aiohttp import TraceConfig

        config = TraceConfig()
        config.on_request_start.append(self._started)
        config.on_request_redirect.append(self._redirected)
        config.on_request_end.append(self._answered)
        config.on_request_exception.append(self._failed)
        config.on_connection_reuseconn.append(self._reused)
        config.on_request_chunk_sent.append(self._chunk_sent)
        config.on_request_headers_sent.append(_entering("waiting"))
        config.on_connection_queued_start.append(_entering("queued"))
        config.on_connection_queued_end.append(_entering("sending"))
        config.on_connection_create_start.append(self._connecting)
        config.on_connection_create_end.append(_entering("sending"))
        config.freeze()
        return config

    # aiohttp awaits these one after another; none of them gives way to the loop.
    # `context` is a fresh namespace for each call of a session's method.

    async def _started(self, session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        context.record = self._new_record("aiohttp", event.method, str(event.url))

    async def _redirected(self, session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        self._end_with_body(context.record, event.response)
        target = event.response.headers.get("Location") or event.response.headers.get("URI") or ""
        # aiohttp turns a 303, and a POST answered by 301 or 302, into a GET, as browsers do (RFC 9110, 15.4).
        status = event.response.status
        to_get = status == 303 or (status in (301, 302) and event.method == "POST")
        following = event.url.join(type(event.url)(target))
        context.record = self._new_record("aiohttp", "GET" if to_get else event.method, str(following))

    async def _answered(self, session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        self._end_with_body(context.record, event.response)

    async def _failed(self, session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        if context.record is not None:
            context.record.finish(type(event.exception).__name__)

    async def _connecting(self, session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        if context.record is not None:
            context.record.connection = "new"
            context.record.enter("connecting")

    async def _reused(self, session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        if context.record is not None:
            context.record.connection = "reused"

    async def _chunk_sent(self, session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        # A body goes out after the headers, so the time up to here was sending after all.
        if context.record is not None:
            context.record.book("sending")

    def _end_with_body(self, record: RequestRecord | None, response: "ClientResponse") -> None:
        """The headers are here; the request ends with the last byte of its body."""
        if record is None or record.end is not None:
            return
        record.status = response.status
        record.enter("reading")
        self._by_response[response] = record
        content = response.content

        def complete() -> None:
            record.received = getattr(content, "total_bytes", 0)
            record.finish()

        content.on_eof(complete)

    def _ending(self, original: "Callable[[ClientResponse], Any]") -> "Callable[[ClientResponse], Any]":
        by_response = self._by_response

        @functools.wraps(original)
        def hooked(response: "ClientResponse") -> Any:
            record = by_response.get(response)
            if record is not None and record.end is None:
                # Given up before the last byte. aiohttp closes a response when reading it fails.
                failure = response.content.exception() or sys.exc_info()[1]
                record.received = response.content.total_bytes
                record.finish(type(failure).__name__ if failure else "")
            return original(response)

        return hooked


def _entering(phase: str) -> Any:
    async def enter(session: "ClientSession", context: SimpleNamespace, event: Any) -> None:
        if context.record is not None:
            context.record.enter(phase)

    return enter
