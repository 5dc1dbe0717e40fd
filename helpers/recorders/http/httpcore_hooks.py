"""Watch httpcore, which `httpx` sends its requests through: by the trace that it has for this, and at its pools.

A request of httpcore may bring a function that is told of each of its steps, its ``trace`` extension
(https://www.encode.io/httpcore/extensions/#trace). Ours is put into the request, and hands on to the learner's own.
"""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

from helpers.recorders.display_names import class_name
from helpers.recorders.guard import Guard
from helpers.recorders.http.hook import Original, hook
from helpers.recorders.http.request_record import RequestRecord, failure_within
from helpers.recorders.own_frames import out_of_sight
from helpers.recorders.patches import Patches

LOADED_LATE = (
    "httpx was first imported inside the block, so its requests are told as the server saw them. Import it before."
)

SCHEMES = (b"http", b"https", b"ws", b"wss")
"""What httpcore sends requests to; for others it raises an error."""
CALLER = 2
"""How many frames above a wrapper its caller is: the hook stands between them."""


class HttpcoreHooks:
    """The hooks for one recording. ``new_record(library, method, url)`` makes a record, or returns None."""

    libraries = ("httpx", "httpcore")

    def __init__(self, new_record: Callable[[str, str, str], RequestRecord | None]) -> None:
        self.guard = Guard("requests made with httpx")
        self._new_record = new_record
        self._installed = False

    def install(self, patches: Patches) -> None:
        """Wrap the methods, where the library is loaded; ``patches.restore()`` takes the wrappers out again."""
        if not _is_loaded():
            return
        from httpcore import AsyncConnectionPool, ConnectionPool
        from httpcore._async import connection_pool as waiting
        from httpcore._sync import connection_pool as blocking

        for owner, name, wrapper in (
            (ConnectionPool, "handle_request", self._handle),
            (AsyncConnectionPool, "handle_async_request", self._handle_async),
            (blocking.PoolRequest, "wait_for_connection", self._wait),
            (waiting.AsyncPoolRequest, "wait_for_connection", self._wait_async),
            (blocking.PoolByteStream, "__iter__", self._read),
            (waiting.PoolByteStream, "__aiter__", self._read_async),
            (ConnectionPool, "close", self._close),
            (AsyncConnectionPool, "aclose", self._close_async),
        ):
            hook(patches, self.guard, owner, name, wrapper)
        self._installed = True

    def note(self) -> str:
        """What the reader of the records must know, as a sentence; an empty text where there is nothing."""
        return LOADED_LATE if _is_loaded() and not self._installed and self.guard.on else ""

    def _handle(self, original: Original, pool: Any, request: Any) -> Any:
        trace = self._traced(request, sys._getframe(CALLER).f_globals, _Trace)
        try:
            response = original(pool, request)
        except BaseException as error:
            self._failed(trace, error)
            raise
        self._answered(trace, response)
        return response

    async def _handle_async(self, original: Original, pool: Any, request: Any) -> Any:
        trace = self._traced(request, sys._getframe(CALLER).f_globals, _AsyncTrace)
        try:
            response = await original(pool, request)
        except BaseException as error:
            self._failed(trace, error)
            raise
        self._answered(trace, response)
        return response

    def _traced(self, request: Any, caller: dict[str, Any], kind: "type[_Trace]") -> "_Trace | None":
        """Put a trace into the request, if that is to be recorded."""
        with self.guard:
            if request.url.scheme not in SCHEMES:
                return None
            library = "httpx" if str(caller.get("__name__", "")).startswith("httpx.") else "httpcore"
            again = partial(self._new_record, library, request.method.decode("latin-1"), _url_of(request.url))
            record = again()
            if record is not None:
                trace = kind(record, again, self.guard, request.extensions.get("trace"))
                request.extensions = {**request.extensions, "trace": trace}
                return trace
        return None

    def _failed(self, trace: "_Trace | None", error: BaseException) -> None:
        with self.guard:
            if trace is not None:
                trace.record.fail(error)

    def _answered(self, trace: "_Trace | None", response: Any) -> None:
        with self.guard:
            if trace is not None and not trace.record.port:
                trace.record.port, trace.record.peer = _ports_of(response.extensions.get("network_stream"))

    def _wait(self, original: Original, waiter: Any, *args: Any, **kwargs: Any) -> Any:
        self._queued(waiter)
        connection = original(waiter, *args, **kwargs)
        self._got_connection(waiter, connection)
        return connection

    async def _wait_async(self, original: Original, waiter: Any, *args: Any, **kwargs: Any) -> Any:
        self._queued(waiter)
        connection = await original(waiter, *args, **kwargs)
        self._got_connection(waiter, connection)
        return connection

    def _queued(self, waiter: Any) -> None:
        """The pool has a connection for the request, or it has to wait for one.

        That wait ends as the request connects or is sent, and no sooner: the pool hands one idle connection to all who
        wait, and those who come too late for it go on waiting.
        """
        with self.guard:
            trace = waiter.request.extensions.get("trace")
            if isinstance(trace, _Trace) and waiter.connection is None:
                trace.record.enter("queued")

    def _got_connection(self, waiter: Any, connection: Any) -> None:
        with self.guard:
            trace = waiter.request.extensions.get("trace")
            if isinstance(trace, _Trace):
                inner = getattr(connection, "_connection", None)  # none yet of a new one, which tells by its trace
                # Its ports are asked for once it is at work: to ask gives up the GIL, and as long as a connection looks
                # idle another thread may take it for one that the server has closed, and close it.
                trace.stream = getattr(inner, "_network_stream", None)

    def _read(self, original: Original, body: Any) -> Any:
        parts = original(body)
        with self.guard:
            record = _record_of(body)
            return parts if record is None else _counted(parts, record)
        return parts

    def _read_async(self, original: Original, body: Any) -> Any:
        parts = original(body)
        with self.guard:
            record = _record_of(body)
            return parts if record is None else _AsyncCounted(parts, record)
        return parts

    def _close(self, original: Original, pool: Any) -> Any:
        with self.guard:
            _give_up(pool)
        return original(pool)

    async def _close_async(self, original: Original, pool: Any) -> Any:
        with self.guard:
            _give_up(pool)
        return await original(pool)


class _Trace:
    """What httpcore tells of one request; it hands on to the learner's own trace, where there is one."""

    __slots__ = ("_again", "_failure", "_guard", "_own", "record", "stream")

    def __init__(
        self,
        record: RequestRecord,
        again: Callable[[], RequestRecord | None],
        guard: Guard,
        own: Callable[[str, Any], Any] | None,
    ) -> None:
        self.record, self._again, self._guard, self._own = record, again, guard, own
        self._failure = ""
        self.stream: Any = None  # of a connection that has carried others

    def __call__(self, event: str, info: dict[str, Any]) -> Any:
        if self._guard.on:
            with self._guard:
                self._note(event, info)
        return self._hand_on(event, info)

    def _hand_on(self, event: str, info: dict[str, Any]) -> Any:
        return None if self._own is None else self._own(event, info)

    def _note(self, event: str, info: dict[str, Any]) -> None:
        record = self.record
        match event.split(".")[1:]:
            case ["connect_tcp" | "connect_unix_socket" | "start_tls", "started"]:
                record.connection = "new"
                record.enter("connecting")
            case ["connect_tcp" | "connect_unix_socket", "complete"]:
                record.port, record.peer = _ports_of(info.get("return_value"))
                record.enter("sending")
            case ["start_tls", "complete"]:
                record.enter("sending")
            case ["connect_tcp" | "connect_unix_socket" | "start_tls", "failed"]:
                self._failure = class_name(type(info["exception"]))
            case ["retry", "started"]:  # it pauses, then tries to connect anew
                record.finish(self._failure)
            case ["retry", "complete"]:
                self.record = self._again() or record
            case ["send_request_headers", "started"]:
                if record.phase == "queued":
                    record.enter("sending")
                record.connection = record.connection or "reused"
                if not record.port:
                    record.port, record.peer = _ports_of(self.stream)
            case ["receive_response_headers", "started"]:
                record.enter("waiting")
            case ["receive_response_headers", "complete"]:
                record.answer(next(part for part in info["return_value"] if type(part) is int))
            case ["receive_response_body", "complete"]:
                record.finish()
            case ["receive_response_body", "failed"]:
                error = info["exception"]
                record.finish("" if isinstance(error, GeneratorExit) else type(error).__name__)
            case ["response_closed", "started"]:
                failure = failure_within("httpx")
                record.finish(type(failure).__name__ if failure else "")


class _AsyncTrace(_Trace):
    """The same for those who wait: httpcore awaits what it is given."""

    __slots__ = ()

    def _hand_on(self, event: str, info: dict[str, Any]) -> Any:
        return _nothing() if self._own is None else self._own(event, info)


async def _nothing() -> None:
    pass


def _counted(parts: Iterator[bytes], record: RequestRecord) -> Iterator[bytes]:
    """The parts of a body, counted."""
    with out_of_sight:
        for part in parts:
            if record.end is None:
                record.received += len(part)
            yield part


class _AsyncCounted:
    """The parts of a body, counted. No generator around the one it counts: that would be closed at another time."""

    def __init__(self, parts: AsyncIterator[bytes], record: RequestRecord) -> None:
        self._parts, self._record = parts, record

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        with out_of_sight:
            part = await self._parts.__anext__()
        if self._record.end is None:
            self._record.received += len(part)
        return part

    async def aclose(self) -> None:
        await self._parts.aclose()  # type: ignore[attr-defined]  # it is a generator


def _record_of(body: Any) -> RequestRecord | None:
    """The request whose answer has this body."""
    trace = body._pool_request.request.extensions.get("trace")
    return trace.record if isinstance(trace, _Trace) else None


def _give_up(pool: Any) -> None:
    """A pool is closed, and with it all connections, whatever they still carry."""
    for waiter in pool._requests:
        trace = waiter.request.extensions.get("trace")
        if isinstance(trace, _Trace) and trace.record.status is not None:
            trace.record.finish()


def _is_loaded() -> bool:
    # httpx imports httpcore as it makes its first client.
    return "httpx" in sys.modules or "httpcore" in sys.modules


def _url_of(url: Any) -> str:
    """httpcore keeps its addresses in bytes."""
    port = "" if url.port is None else f":{url.port}"
    target = url.target.decode("latin-1")
    if "://" in target:  # by way of a proxy
        return str(target)
    return f"{url.scheme.decode('latin-1')}://{url.host.decode('latin-1')}{port}{target}"


def _ports_of(stream: Any) -> tuple[int, int]:
    """The connection's port on this machine, and the one at its other end; 0 where it has none."""
    if not hasattr(stream, "get_extra_info"):
        return 0, 0
    try:
        addresses = stream.get_extra_info("client_addr"), stream.get_extra_info("server_addr")
    except OSError:  # another thread has closed it meanwhile
        return 0, 0
    ports = [address[1] if isinstance(address, tuple) else 0 for address in addresses]
    return (ports[0], ports[1]) if type(ports[0]) is type(ports[1]) is int else (0, 0)
