"""Watch `aiohttp` at the methods that a request passes through.

aiohttp has a tracing interface of its own (`aiohttp.TraceConfig`). It tells of the first try of a request only, not of
those that a middleware makes. The hooks here lie on the way of every request of a program that may make thousands at a
time: each is one function, and guards itself by ``try``, which costs nothing while nothing fails.
"""

import asyncio
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from helpers.recorders.guard import Guard
from helpers.recorders.http.hook import with_subclasses
from helpers.recorders.http.request_record import RequestRecord, failure_within
from helpers.recorders.own_frames import drop_own_frames, out_of_sight
from helpers.recorders.patches import Patches, as_function

if TYPE_CHECKING:
    from aiohttp import ClientResponse

RECORD = "_waiting_measured_record"
"""Where a connection's protocol, a request, and a response until it is released or closed, keep their record: quicker
than a dictionary of weak references."""
MADE = "_waiting_measured_made"
"""Where a protocol keeps that its connection was made in the block, and has carried nothing yet."""
SWITCHING_PROTOCOLS = 101

Original = Callable[..., Any]


class AiohttpHooks:
    """The hooks for one recording. ``new_record(library, method, url)`` makes a record, or returns None."""

    libraries = ("aiohttp",)

    def __init__(self, new_record: Callable[..., RequestRecord | None]) -> None:
        self.guard = Guard("requests made with aiohttp")
        self._new_record = new_record
        self._trying: dict[int, RequestRecord] = {}  # for which a task is looking for a connection

    def install(self, patches: Patches) -> None:
        """Wrap the methods; ``patches.restore()`` takes the wrappers out again."""
        from aiohttp import BaseConnector, ClientRequest, ClientResponse, ClientWebSocketResponse
        from aiohttp.base_protocol import BaseProtocol
        from aiohttp.client_proto import ResponseHandler

        for owner, name, wrapped in (
            (BaseConnector, "connect", self._connect),
            (BaseConnector, "_wait_for_available_connection", self._queue),
            (ClientRequest, "write_bytes", self._send_body),
            (ClientRequest, "send", self._send),
            (ClientResponse, "start", self._wait),
            (ClientResponse, "release", self._end),
            (ClientResponse, "close", self._end),
            (ClientResponse, "__aexit__", self._leave),
            (ClientWebSocketResponse, "receive", self._receive),
            (ClientWebSocketResponse, "__aexit__", self._leave_socket),
            (BaseProtocol, "connection_made", self._made),
            (ResponseHandler, "close", self._give_up),
            *((connector, "_create_connection", self._create) for connector in with_subclasses(BaseConnector)),
        ):
            method = owner.__dict__.get(name)
            if method is not None:
                patches.replace(owner, name, functools.wraps(method)(wrapped(as_function(method) or method)))

    def _connect(self, original: Original) -> Original:
        """A try begins, and is about to be sent once it has a connection."""
        guard, new_record, trying = self.guard, self._new_record, self._trying

        async def hooked(connector: Any, *args: Any, **kwargs: Any) -> Any:
            record = None
            if guard.on:
                try:
                    request, task = args[0] if args else kwargs["req"], id(asyncio.current_task(connector._loop))
                    record = new_record("aiohttp", *_asked_for(request))
                    request.__dict__.pop(RECORD, None)
                    if record is not None:
                        request.__dict__[RECORD] = trying[task] = record
                except Exception as error:
                    guard.switch_off(error)
            try:
                connection = await original(connector, *args, **kwargs)
            except BaseException as failure:
                drop_own_frames(failure)
                if record is not None:
                    with guard:
                        record.finish(_name_of(failure, request))
                raise
            finally:
                if record is not None:
                    trying.pop(task, None)
            if record is not None:
                try:
                    _connected(connection, request, record)
                except Exception as error:
                    guard.switch_off(error)
            return connection

        return hooked

    def _queue(self, original: Original) -> Original:
        """It waits until the pool has a connection to give."""
        return self._in_phase(original, "queued")

    def _create(self, original: Original) -> Original:
        """It gets a connection of its own."""
        return self._in_phase(original, "connecting")

    def _in_phase(self, original: Original, phase: str) -> Original:
        """The method, with the try that its task is at in this phase from now on."""
        guard, trying = self.guard, self._trying

        async def hooked(connector: Any, *args: Any, **kwargs: Any) -> Any:
            if guard.on:
                try:
                    record = trying.get(id(asyncio.current_task(connector._loop)))
                    if record is not None:
                        record.enter(phase)
                        if phase == "connecting":
                            record.connection = "new"
                except Exception as error:
                    guard.switch_off(error)
            try:
                return await original(connector, *args, **kwargs)
            except BaseException as failure:
                drop_own_frames(failure)
                raise

        return hooked

    def _send_body(self, original: Original) -> Original:
        """A body may go out after the headers, in a task of its own: the time up to its end was sending after all."""
        guard = self.guard

        async def hooked(request: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                with out_of_sight:
                    return await original(request, *args, **kwargs)
            finally:
                with guard:
                    record = request.__dict__.get(RECORD)
                    if record is not None and record.phase == "waiting":
                        record.book("sending")

        return hooked

    def _send(self, original: Original) -> Original:
        """The request is sent, but for a body that may follow; its response knows it from now on."""
        guard = self.guard

        async def hooked(request: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
            # A proxy is asked by a request of its own, which has no record. What two tasks send at once, as a
            # middleware may, is one request and several tries: the connection tells which.
            try:
                response = await original(request, connection, *args, **kwargs)
            except BaseException as failure:
                drop_own_frames(failure)
                raise
            if guard.on:
                try:
                    protocol = connection.protocol
                    is_known = protocol is not None and RECORD in request.__dict__
                    record = protocol.__dict__.get(RECORD) if is_known else None
                    if record is not None:
                        record.enter("waiting")
                        response.__dict__[RECORD] = record
                except Exception as error:
                    guard.switch_off(error)
            return response

        return hooked

    def _wait(self, original: Original) -> Original:
        """For the headers; the request ends with the last byte of its body."""
        guard = self.guard

        async def hooked(response: "ClientResponse", *args: Any, **kwargs: Any) -> Any:
            record = response.__dict__.get(RECORD) if guard.on else None
            try:
                result = await original(response, *args, **kwargs)
            except BaseException as failure:
                drop_own_frames(failure)
                if record is not None:
                    with guard:
                        record.finish(_name_of(failure))
                raise
            if record is not None:
                try:
                    record.answer(response.status)
                    if record.status != SWITCHING_PROTOCOLS:  # a WebSocket is open until it is closed
                        _await_end(response, record, guard)
                except Exception as error:
                    guard.switch_off(error)
            return result

        return hooked

    def _end(self, original: Original) -> Original:
        """It is released, or given up before the last byte. aiohttp closes a response when anything fails."""
        guard = self.guard

        def hooked(response: "ClientResponse") -> Any:
            if guard.on:
                try:
                    record = response.__dict__.pop(RECORD, None)
                    if record is not None:
                        _ended(response, record)
                except Exception as error:
                    guard.switch_off(error)
            try:
                return original(response)
            except BaseException as failure:
                drop_own_frames(failure)
                raise

        return hooked

    def _leave(self, original: Original) -> Original:
        """The end of ``async with session.get(...) as response``, and the exception that ended it."""
        guard = self.guard

        async def hooked(response: "ClientResponse", *args: Any) -> Any:
            if args and args[0] is not None and guard.on:
                with guard:
                    record = response.__dict__.get(RECORD)
                    if record is not None and record.end is None:
                        record.received = _received(response.content)
                        record.finish(args[0].__name__)
            try:
                return await original(response, *args)
            except BaseException as failure:
                drop_own_frames(failure)
                raise

        return hooked

    def _receive(self, original: Original) -> Original:
        """A message of a WebSocket."""
        guard = self.guard

        async def hooked(socket: Any, *args: Any, **kwargs: Any) -> Any:
            with out_of_sight:
                message = await original(socket, *args, **kwargs)
            with guard:
                record = socket._response.__dict__.get(RECORD)
                if record is not None and record.end is None and isinstance(message.data, str | bytes):
                    record.received += len(message.data.encode() if isinstance(message.data, str) else message.data)
            return message

        return hooked

    def _leave_socket(self, original: Original) -> Original:
        """The end of ``async with session.ws_connect(...) as socket``, and the exception that ended it."""
        guard = self.guard

        async def hooked(socket: Any, *args: Any) -> Any:
            if args and args[0] is not None and guard.on:
                with guard:
                    record = socket._response.__dict__.get(RECORD)
                    if record is not None:
                        record.finish(args[0].__name__)
            with out_of_sight:
                return await original(socket, *args)

        return hooked

    def _made(self, original: Original) -> Original:
        """A connection is there, for whichever request takes it first."""
        from aiohttp.client_proto import ResponseHandler

        guard, kind = self.guard, ResponseHandler

        def hooked(protocol: Any, *args: Any, **kwargs: Any) -> Any:
            with guard:
                if issubclass(type(protocol), kind):  # servers have such a method too
                    protocol.__dict__[MADE] = True
            with out_of_sight:
                return original(protocol, *args, **kwargs)

        return hooked

    def _give_up(self, original: Original) -> Original:
        """A connection is closed on this side, and with it whatever it still carries."""
        guard = self.guard

        def hooked(protocol: Any) -> Any:
            with guard:
                record = protocol.__dict__.pop(RECORD, None)
                if record is not None and record.end is None:
                    failure = failure_within("aiohttp")
                    if record.status is not None:
                        # The messages of a WebSocket are counted as they are received.
                        if protocol._payload is not None and record.status != SWITCHING_PROTOCOLS:
                            record.received = _received(protocol._payload)
                        record.finish()
                    elif failure is not None:  # it could not be sent; who waits for an answer is told by an error
                        record.finish(_name_of(failure))
            with out_of_sight:
                return original(protocol)

        return hooked


def _asked_for(request: Any) -> tuple[object, object]:
    """Method and address; nothing where a request class of the learner's own cannot tell them."""
    try:
        return request.method, request.url
    except Exception:
        return "", ""


def _connected(connection: Any, request: Any, record: RequestRecord) -> None:
    """A try has its connection: one that it has made, or one that has carried others."""
    known = connection.protocol.__dict__
    if known.pop(MADE, False) and not record.connection:
        record.connection = "new"  # by a connector of the learner's, in its own way
        record.book("connecting")
    if record.phase != "sending":
        record.enter("sending")
    record.connection = record.connection or "reused"
    before = known.get(RECORD)  # the request that the connection has carried before this one
    record.port, record.peer = _ports_of(connection) if before is None else (before.port, before.peer)
    request.__dict__[RECORD] = known[RECORD] = record


def _await_end(response: "ClientResponse", record: RequestRecord, guard: Guard) -> None:
    """Be told of the last byte, which may have come already."""
    content = response.content

    def complete() -> None:
        if record.end is None and guard.on:
            try:
                record.received = _received(content)
                record.finish()
            except Exception as error:
                guard.switch_off(error)

    content.on_eof(complete)


def _ended(response: "ClientResponse", record: RequestRecord) -> None:
    """A response has been released or closed: with its last byte, before it, or because of an error.

    One that is raised for a status, or for where a redirect leads, says nothing that the status does not say.
    """
    failure = failure_within("aiohttp")
    if record.end is None:
        content = response.content  # None where no headers have come
        failure = (content.exception() if content is not None else None) or failure
        if content is not None and record.status != SWITCHING_PROTOCOLS:
            record.received = _received(content)
        by_status = failure is not None and getattr(failure, "status", None) == record.status is not None
        record.finish("" if failure is None or by_status else type(failure).__name__)
    elif failure is not None and not record.error:
        from aiohttp import ClientError

        if not isinstance(failure, ClientError | asyncio.CancelledError):
            record.error = type(failure).__name__  # the learner's own check of the status, say


def _name_of(failure: BaseException, request: Any = None) -> str:
    """What the caller sees of an error: aiohttp gives some a name of its own, see `aiohttp.ClientSession._request`.

    ``request`` is given where the error has kept it from a connection.
    """
    from aiohttp import ClientError

    if (
        isinstance(failure, asyncio.CancelledError)
        and request is not None
        and getattr(request._timer, "_cancelled", False)
    ):
        return "TimeoutError"  # aiohttp's own timeout for all of a request cancels it
    if isinstance(failure, TimeoutError) and not isinstance(failure, ClientError) and request is not None:
        return "ConnectionTimeoutError"
    if isinstance(failure, OSError) and not isinstance(failure, ClientError | TimeoutError):
        return "ClientOSError"
    return type(failure).__name__


def _received(content: Any) -> int:
    """The bytes of a body that have come, as they came: compressed, where they are."""
    compressed = getattr(content, "total_compressed_bytes", None)  # the reader of an empty body has none
    count = getattr(content, "total_bytes", 0) if compressed is None else compressed
    return count if type(count) is int else 0


def _ports_of(connection: Any) -> tuple[int, int]:
    """The connection's port on this machine, and the one at its other end; 0 for a socket that has none."""
    transport = connection.transport  # None where it has been closed meanwhile
    if transport is None:
        return 0, 0
    addresses = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
    ports = [address[1] if isinstance(address, tuple) else 0 for address in addresses]
    return (ports[0], ports[1]) if type(ports[0]) is type(ports[1]) is int else (0, 0)
