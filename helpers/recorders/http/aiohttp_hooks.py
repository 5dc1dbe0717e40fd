"""Watch `aiohttp` at the places where its own tracing interface (`aiohttp.TraceConfig`) tells of a request.

A trace is normally given to a session when the session is made. A learner's session may be older than the measured
block, so for as long as the block is open the class answers for the session: it adds our trace to the session's own.
"""

import functools
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from weakref import ref

from helpers.recorders.guard import Guard
from helpers.recorders.http.request_record import RequestRecord, failure_within, usable_status
from helpers.recorders.patches import Patches

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession, TraceConfig
    from yarl import URL

RECORD = "_waiting_measured_record"
"""Where a response keeps its record until it is released or closed: quicker than a dictionary of weak references."""
NewRecord = Callable[[str, str, str], RequestRecord | None]


class AiohttpHooks:
    """The trace, and the few wrappers it needs, for one recording.

    ``new_record(library, method, url)`` makes a record; ``wanted()`` says whether the calling code belongs to the
    block. All that is done here is done under ``guard``.
    """

    library = "aiohttp"

    def __init__(
        self,
        new_record: NewRecord,
        wanted: Callable[[], bool],
    ) -> None:
        self.guard = Guard("requests made with aiohttp")
        self._new_record = new_record
        self._wanted = wanted

    def install(self, patches: Patches) -> None:
        """Add the trace to every session; ``patches.restore()`` takes it away again."""
        from aiohttp import ClientResponse, ClientSession, TraceConfig, client, tracing

        ours, wanted, plain, guard = TraceConfig(), self._wanted, tracing.Trace, self.guard
        ours.freeze()

        def with_ours(session: "ClientSession") -> "list[TraceConfig]":
            own = configs_of(session)
            # Whoever else asks, such as a tracer that adds itself, is given the session's own list.
            if guard.on and sys._getframe(1).f_globals is vars(client):
                with guard:
                    return [*own, ours] if wanted() else own
            return own

        def keep(session: "ClientSession", configs: "list[TraceConfig]") -> None:
            session.__dict__["_trace_configs"] = configs

        def trace(session: "ClientSession", config: "TraceConfig", context: SimpleNamespace) -> Any:
            return _Trace(self._new_record, guard) if config is ours else plain(session, config, context)

        patches.replace(client, "Trace", trace)
        patches.replace(ClientSession, "_trace_configs", property(with_ours, keep))
        # The public list of a session's traces must not show ours.
        patches.replace(ClientSession, "trace_configs", property(configs_of))
        patches.replace(ClientResponse, "__init__", self._beginning(ClientResponse.__init__))
        for name in ("release", "close"):
            patches.replace(ClientResponse, name, self._ending(ClientResponse.__dict__[name]))
        patches.replace(ClientResponse, "__aexit__", self._leaving(ClientResponse.__aexit__))

    def _leaving(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The end of ``async with session.get(...) as response``, and the exception that ended it."""
        guard = self.guard

        @functools.wraps(original)
        def hooked(response: "ClientResponse", *args: Any) -> Any:
            if guard.on:
                with guard:
                    record = response.__dict__.get(RECORD)
                    if record is not None and record.end is None and args and args[0] is not None:
                        record.received = response.content.total_bytes
                        record.finish(args[0].__name__)
            return original(response, *args)

        return hooked

    def _beginning(self, original: Callable[..., None]) -> Callable[..., None]:
        """Lets the trace of a request know the response, of which aiohttp tells only when nothing has been raised."""
        guard = self.guard

        @functools.wraps(original)
        def hooked(response: "ClientResponse", *args: Any, **kwargs: Any) -> None:
            original(response, *args, **kwargs)
            if guard.on:
                with guard:
                    for trace in getattr(response, "_traces", ()):
                        if type(trace) is _Trace:
                            trace.response = ref(response)

        return hooked

    def _ending(self, original: "Callable[[ClientResponse], Any]") -> "Callable[[ClientResponse], Any]":
        guard = self.guard

        @functools.wraps(original)
        def hooked(response: "ClientResponse") -> Any:
            if guard.on:
                with guard:
                    record = response.__dict__.pop(RECORD, None)
                    if record is not None and record.end is None:
                        # Given up before the last byte. aiohttp closes a response when reading it fails.
                        failure = response.content.exception() or failure_within("aiohttp")
                        record.received = response.content.total_bytes
                        record.finish(type(failure).__name__ if failure else "")
            return original(response)

        return hooked


class _Done:
    """An awaitable that has nothing to wait for. Making a coroutine for each event would cost more than the event."""

    def __await__(self) -> Iterator[None]:
        return iter(())


_DONE = _Done()


class _Trace:
    """What aiohttp tells of one request, in the shape of its own ``aiohttp.tracing.Trace``.

    aiohttp makes one for every trace configuration of the session, and awaits its methods. The one that comes with
    aiohttp makes an object for each event and sends it to a list of receivers; this one only stamps the time.
    """

    __slots__ = ("_guard", "_new_record", "_record", "response")

    def __init__(self, new_record: NewRecord, guard: Guard) -> None:
        self._new_record, self._guard = new_record, guard
        self._record: RequestRecord | None = None
        self.response: ref[ClientResponse] | None = None

    def send_request_start(self, method: str, url: "URL", headers: Any) -> _Done:
        if self._guard.on:
            with self._guard:
                self._record = self._new_record("aiohttp", method, str(url))
        return _DONE

    def send_request_redirect(self, method: str, url: "URL", headers: Any, response: "ClientResponse") -> _Done:
        if self._guard.on:
            with self._guard:
                self._end_with_body(response)
                self._record = self.response = None
                following = _target(url, response)
                if following is not None:
                    self._record = self._new_record("aiohttp", _method_after(method, response.status), str(following))
        return _DONE

    def send_request_end(self, method: str, url: "URL", headers: Any, response: "ClientResponse") -> _Done:
        if self._guard.on:
            with self._guard:
                self._end_with_body(response)
        return _DONE

    def send_request_exception(self, method: str, url: "URL", headers: Any, exception: BaseException) -> _Done:
        if self._guard.on:
            with self._guard:
                self._fail(exception)
        return _DONE

    def send_connection_queued_start(self) -> _Done:
        return self._enter("queued")

    def send_connection_queued_end(self) -> _Done:
        return self._enter("sending")

    def send_connection_create_start(self) -> _Done:
        if self._record is not None:
            self._record.connection = "new"
        return self._enter("connecting")

    def send_connection_create_end(self) -> _Done:
        return self._enter("sending")

    def send_connection_reuseconn(self) -> _Done:
        if self._record is not None:
            self._record.connection = "reused"
        return _DONE

    def send_request_headers(self, method: str, url: "URL", headers: Any) -> _Done:
        return self._enter("waiting")

    def send_request_chunk_sent(self, method: str, url: "URL", chunk: bytes) -> _Done:
        # A body goes out after the headers, so the time up to here was sending after all.
        if self._record is not None and self._guard.on:
            with self._guard:
                self._record.book("sending")
        return _DONE

    def _ignore(self, *event: Any) -> _Done:
        return _DONE

    send_response_chunk_received = _ignore
    send_dns_resolvehost_start = send_dns_resolvehost_end = send_dns_cache_hit = send_dns_cache_miss = _ignore

    def _enter(self, phase: str) -> _Done:
        if self._record is not None and self._guard.on:
            with self._guard:
                self._record.enter(phase)
        return _DONE

    def _end_with_body(self, response: "ClientResponse") -> None:
        """The headers are here; the request ends with the last byte of its body."""
        record, guard = self._record, self._guard
        if record is None or record.end is not None:
            return
        record.status = usable_status(response.status)
        record.enter("reading")
        response.__dict__[RECORD] = record
        content = response.content

        def complete() -> None:
            if guard.on:
                with guard:
                    record.received = getattr(content, "total_bytes", 0)
                    record.finish()

        content.on_eof(complete)

    def _fail(self, exception: BaseException) -> None:
        """aiohttp raises instead of handing out a response. There may have been an answer all the same.

        With ``raise_for_status=True`` it raises because of the answer's status: the request itself has gone well, as
        it has where the learner calls ``response.raise_for_status()``.
        """
        from aiohttp import ClientResponseError

        record = self._record
        if record is None:
            return
        response = None if self.response is None else self.response()
        if response is not None and response.status is not None:  # None until the headers have come
            record.status, record.received = usable_status(response.status), response.content.total_bytes
        by_status = isinstance(exception, ClientResponseError) and exception.status == record.status
        record.finish("" if by_status else type(exception).__name__)


def configs_of(session: "ClientSession") -> "list[TraceConfig]":
    """The session's own traces. A session that was never set up has none, and says so as it would without us."""
    try:
        own: list[TraceConfig] = session.__dict__["_trace_configs"]
    except KeyError:
        raise AttributeError(f"{type(session).__name__!r} object has no attribute '_trace_configs'") from None
    return own


def _target(url: "URL", response: "ClientResponse") -> "URL | None":
    """Where a redirect leads; None where its address is none that aiohttp can follow."""
    target = response.headers.get("Location") or response.headers.get("URI") or ""
    try:
        return url.join(type(url)(target))
    except ValueError:
        return None


def _method_after(method: str, status: int) -> str:
    """aiohttp turns a 303, and a POST answered by 301 or 302, into a GET, as browsers do (RFC 9110, 15.4)."""
    to_get = status == 303 or (status in (301, 302) and method == "POST")
    return "GET" if to_get else method
