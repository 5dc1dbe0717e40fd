"""Watch `http.client`, which `urllib`, urllib3, `requests` and many a company's own client are built on.

A connection carries one request at a time, so a request is known by its connection until it is answered, and by its
answer from then on. Which part of a client made it is told from above: see `current_request`.
"""

from collections.abc import Callable
from http.client import HTTPS_PORT, HTTPConnection, HTTPResponse, IncompleteRead
from typing import Any

from helpers.recorders.by_identity import ByIdentity
from helpers.recorders.display_names import in_class
from helpers.recorders.guard import Guard
from helpers.recorders.http.current_request import current
from helpers.recorders.http.hook import Original, hook, with_subclasses
from helpers.recorders.http.request_record import RequestRecord, failure_within
from helpers.recorders.patches import Patches

READS = ("read", "read1", "readinto", "readline")
ITS_OWN_ERRORS = ("http.client", "urllib")
"""The libraries whose callers see the errors of `http.client` as they are. Others catch them, and raise their own."""
CLOSED = "closed"
"""Instead of the name of an error, where the program has closed the connection."""
READING_ERRORS = {
    "ProtocolError": "ChunkedEncodingError",
    "DecodeError": "ContentDecodingError",
    "ReadTimeoutError": "ConnectionError",
    "ValueError": "ChunkedEncodingError",  # of a chunk's size, which urllib3 makes a ProtocolError
}
"""What `requests` calls the errors of urllib3 while a body is read: see `requests.models.Response.iter_content`."""


class HttpClientHooks:
    """The hooks for one recording. ``new_record(library, method, url)`` makes a record, or returns None."""

    def __init__(self, guard: Guard, new_record: Callable[[str, str, str], RequestRecord | None]) -> None:
        self._guard = guard
        self._new_record = new_record
        self._by_connection = ByIdentity[RequestRecord]()
        self._by_answer = ByIdentity[RequestRecord]()
        self._asked_for = ByIdentity[tuple[str, str] | None]()
        self._unused = ByIdentity[bool]()  # connections that were made in the block, and have carried nothing yet
        self._patches = Patches()
        # Kinds of connections that have been met, and those of them and their bases whose `connect` is hooked.
        self._known, self._hooked = set[type](), set[type]()

    def install(self, patches: Patches) -> None:
        """Wrap the methods; ``patches.restore()`` takes the wrappers out again."""
        self._patches = patches
        hook(patches, self._guard, HTTPConnection, "putrequest", self._begin)
        hook(patches, self._guard, HTTPConnection, "close", self._close_connection)
        hook(patches, self._guard, HTTPConnection, "endheaders", self._send_headers)
        hook(patches, self._guard, HTTPConnection, "send", self._send)
        hook(patches, self._guard, HTTPConnection, "getresponse", self._wait)
        for name in READS:
            hook(patches, self._guard, HTTPResponse, name, self._read)
        for name in ("close", "_close_conn"):
            hook(patches, self._guard, HTTPResponse, name, self._close)
        for kind in with_subclasses(HTTPConnection):
            # The practice API's own have theirs, which no hook sees.
            if in_class(kind, "putrequest") is HTTPConnection.__dict__["putrequest"]:
                self.know(kind)

    def record_of(self, answer: Any) -> RequestRecord | None:
        """The request that this `HTTPResponse` answers."""
        return self._by_answer.get(answer)

    def _connect(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        """The connection is made: for the request that it already carries, or for the one that looked for it."""
        carried = record = None
        with self._guard:
            carried = self._carried_by(connection)
            record = carried or _current_for(connection)
            if record is not None and record.phase == "connecting":
                record = None  # a call inside a call: a class makes more of what it has inherited
            if record is not None:
                record.connection = "new"
                record.enter("connecting")
        result = original(connection, *args, **kwargs)
        with self._guard:
            if carried is None:
                self._unused.put(connection, True)
            if record is not None:
                record.enter("sending")
        return result

    def know(self, kind: type) -> None:
        """Hook the way in which this kind of connections, which may be the learner's, connects."""
        if kind not in self._known and self._patches.in_place:  # a hook may be called after the block, by a mock
            self._known.add(kind)
            for owner in kind.__mro__:
                if "connect" in owner.__dict__ and owner not in self._hooked:
                    self._hooked.add(owner)
                    hook(self._patches, self._guard, owner, "connect", self._connect)

    def _carried_by(self, connection: Any) -> RequestRecord | None:
        record = self._by_connection.get(connection)
        return record if record is not None and record.end is None else None

    def _begin(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        # Afterwards: a request that `http.client` refuses has never been one.
        result = original(connection, *args, **kwargs)
        with self._guard:
            method, target = (*args, *(kwargs.get(name) for name in ("method", "url")[len(args) :]))[:2]
            self._asked_for.put(connection, (str(method), str(target)))
            self.know(type(connection))
        return result

    def _begun(self, connection: Any) -> None:
        """The request goes on its way now. Of those of urllib3's making the record is as old as the try."""
        asked_for = self._asked_for.get(connection)
        if asked_for is None:
            return
        self._asked_for.put(connection, None)
        record = _current_for(connection)
        if record is None or record.is_sent:
            method, target = asked_for
            record = self._new_record(_library_of(connection), method, _url_of(connection, target))
        if record is not None:
            record.is_sent = True
            is_new = connection.sock is None or self._unused.get(connection)
            record.connection = record.connection or ("new" if is_new else "reused")
            self._unused.put(connection, False)
            self._by_connection.put(connection, record)

    def _send_headers(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        # With them goes the body, where it is given in one piece.
        with self._guard:
            self._begun(connection)
        result = self._call(original, connection, *args, **kwargs)
        with self._guard:
            record = self._carried_by(connection)
            if record is not None:
                record.port, record.peer = _ports_of(connection)
                record.enter("waiting")
        return result

    def _send(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        # Of the headers, or of a further piece of the body: then the time up to its end was sending after all.
        result = self._call(original, connection, *args, **kwargs)
        with self._guard:
            record = self._carried_by(connection)
            if record is not None and record.phase == "waiting":
                record.book("sending")
        return result

    def _wait(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        record = None
        with self._guard:
            record = self._by_connection.get(connection)
            if record is not None:
                # `http.client` may close the connection in it: the answer goes on without that.
                record.is_being_read = True
        try:
            answer = self._call(original, connection, *args, **kwargs)
        finally:
            if record is not None:
                record.is_being_read = False
        with self._guard:
            if record is not None and record.end is not None and record.error == TimeoutError.__name__:
                record.resume()  # it was asked for its answer once more
            if record is not None and record.end is None:
                self._answered(record, answer)
        return answer

    def _answered(self, record: RequestRecord, answer: Any) -> None:
        """The headers are here. A connection of the learner's may hand out anything as its answer."""
        if not issubclass(type(answer), HTTPResponse):
            record.finish()
            return
        record.answer(answer.status)
        self._by_answer.put(answer, record)
        if answer.length == 0 and not answer.chunked:
            record.finish()

    def _call(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        """What the original returns; what it raises is noted of the request that the connection carries."""
        try:
            return original(connection, *args, **kwargs)
        except BaseException as error:
            with self._guard:
                record = self._carried_by(connection)
                if record is not None and record.library in ITS_OWN_ERRORS:
                    record.fail(error)
            raise

    def _read(self, original: Original, answer: Any, *args: Any, **kwargs: Any) -> Any:
        record = None
        with self._guard:
            record = self._by_answer.get(answer)
            if record is not None and (record.end is not None or record.is_being_read):
                record = None  # a call inside a call
            if record is not None:
                record.is_being_read = True
        if record is None:
            return original(answer, *args, **kwargs)
        try:
            result = original(answer, *args, **kwargs)
        except BaseException as error:
            with self._guard:
                record.is_being_read = False
                if type(error) is IncompleteRead:
                    record.received += len(error.partial)
                if record.library in ITS_OWN_ERRORS:
                    record.finish(type(error).__name__)
            raise
        with self._guard:
            record.is_being_read = False
            record.received += result if type(result) is int else len(result)
            if answer.fp is None:
                # Closed before all of it has come, though nobody asked for that: the server has broken it off.
                broken_off = bool(answer.length) and not answer.chunked
                record.finish(_name_of("ProtocolError", "IncompleteRead", record.library) if broken_off else "")
        return result

    def _close_connection(self, original: Original, connection: Any) -> Any:
        # Of a connection that is closed ahead of its answer nothing will come any more.
        with self._guard:
            record = self._carried_by(connection)
            if record is not None and record.status is None and record.is_sent and not record.is_being_read:
                failure = failure_within("urllib3") or failure_within("http")
                record.finish(type(failure).__name__ if failure else CLOSED)
        return original(connection)

    def _close(self, original: Original, answer: Any) -> Any:
        # `http.client` closes an answer as its last byte is read; so do those who give it up, or fail to read it.
        with self._guard:
            record = self._by_answer.get(answer)
            if record is not None and not record.is_being_read:
                failure = failure_within("urllib3") or failure_within("http")
                name = type(failure).__name__ if failure else ""
                record.finish(_name_of(name, name, record.library))
        return original(answer)


def _name_of(error: str, plain: str, library: str) -> str:
    """What the caller sees of an error of urllib3's; ``plain`` is the same one of `http.client`'s."""
    if library in ITS_OWN_ERRORS:
        return plain
    return READING_ERRORS.get(error, error) if library == "requests" else error


def _current_for(connection: Any) -> RequestRecord | None:
    """The request that the code is busy with, if no other connection carries it: to connect may take another one."""
    record = current()
    if record is None or record.carrier not in (0, id(connection)):
        return None
    record.carrier = id(connection)
    return record


def _library_of(connection: Any) -> str:
    return "urllib3" if type(connection).__module__.startswith("urllib3.") else "http.client"


def _url_of(connection: Any, target: str) -> str:
    """The address that is asked for; a request by way of a proxy names the whole of it."""
    if "://" in target:
        return target
    scheme = "https" if type(connection).default_port == HTTPS_PORT else "http"  # urllib3's have no class in common
    port = "" if connection.port == type(connection).default_port else f":{connection.port}"
    return f"{scheme}://{connection.host}{port}{target}"


def _ports_of(connection: Any) -> tuple[int, int]:
    """The connection's port on this machine, and the one at its other end; 0 for a socket that has none."""
    try:
        ports = connection.sock.getsockname()[1], connection.sock.getpeername()[1]
    except Exception:  # a socket may be any object of the learner's
        return 0, 0
    return ports if type(ports[0]) is type(ports[1]) is int else (0, 0)
