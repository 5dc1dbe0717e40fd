"""Watch `requests`: which connection a request got, when it was sent, answered and read.

`requests` has no tracing interface, so the methods that a request passes through are wrapped, in `requests` and in
urllib3 below it. A wrapper calls the original with the same arguments and hands on its result or its exception.
"""

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

from helpers.recorders.by_identity import ByIdentity
from helpers.recorders.guard import Guard
from helpers.recorders.http.request_record import RequestRecord, failure_within, usable_status
from helpers.recorders.patches import Patches

Original = Callable[..., Any]


class RequestsHooks:
    """The wrappers around `requests` and urllib3 for one recording.

    ``new_record(library, method, url)`` makes a record, or returns None for a request that is not to be recorded.
    What a wrapper does of its own is done under ``guard``, what it wraps never is.
    """

    library = "requests"

    def __init__(self, new_record: Callable[[str, str, str], RequestRecord | None]) -> None:
        self.guard = Guard("requests made with requests")
        self._new_record = new_record
        # A blocking call stays on its thread, so "the request this thread is busy with" is well defined.
        self._thread = threading.local()
        self._by_response = ByIdentity[RequestRecord]()

    def install(self, patches: Patches) -> None:
        """Wrap the methods; ``patches.restore()`` takes the wrappers out again."""
        from requests import Response, Session
        from requests.adapters import HTTPAdapter
        from urllib3.connection import HTTPConnection, HTTPSConnection
        from urllib3.connectionpool import HTTPConnectionPool
        from urllib3.response import HTTPResponse

        for owner, name, wrapper in (
            (Session, "send", self._session_send),
            (HTTPAdapter, "send", self._adapter_send),
            (HTTPConnectionPool, "_get_conn", self._get_connection),
            (HTTPConnection, "connect", self._connect),
            (HTTPSConnection, "connect", self._connect),
            (HTTPConnection, "request", self._send),
            (HTTPConnection, "getresponse", self._wait),
            (HTTPResponse, "release_conn", self._release),
            (HTTPResponse, "close", self._release),
            (HTTPResponse, "stream", self._stream),
            (Response, "__exit__", self._leave),
        ):
            patches.replace(owner, name, self._around(owner.__dict__[name], wrapper))

    def _around(self, original: Original, wrapper: Callable[..., Any]) -> Original:
        """A method that calls ``wrapper(original, self, ...)``."""
        guard = self.guard

        @functools.wraps(original)
        def hooked(owner: Any, *args: Any, **kwargs: Any) -> Any:
            if not guard.on:
                return original(owner, *args, **kwargs)
            return wrapper(original, owner, *args, **kwargs)

        return hooked

    @property
    def _current(self) -> RequestRecord | None:
        """The request that the calling thread is busy with."""
        return getattr(self._thread, "record", None)

    def _session_send(self, original: Original, session: Any, *args: Any, **kwargs: Any) -> Any:
        # Reads the body too (unless stream=True) and follows redirects by calling itself.
        from requests import Response

        self._thread.record = None
        try:
            response = original(session, *args, **kwargs)
        except BaseException as error:
            with self.guard:
                if self._current is not None:
                    # `requests` gives errors of the layers below its own names: those are what the learner sees.
                    self._current.finish()
                    self._current.error = type(error).__name__
            raise
        with self.guard:
            if not kwargs.get("stream") and issubclass(type(response), Response):
                for answered in (response, *response.history):
                    self._end_of(answered.raw)
        return response

    def _adapter_send(self, original: Original, adapter: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        # One HTTP request and the headers of its answer.
        record = None
        with self.guard:
            record = self._thread.record = self._new_record(self.library, request.method, request.url)
        if record is None:
            return original(adapter, request, *args, **kwargs)
        try:
            response = original(adapter, request, *args, **kwargs)
        except BaseException as error:
            with self.guard:
                record.finish(type(error).__name__)
            raise
        with self.guard:
            self._answered(record, response)
        return response

    def _get_connection(self, original: Original, pool: Any, *args: Any, **kwargs: Any) -> Any:
        # Without block=True the pool never makes a caller wait: it opens one more connection.
        phase = "sending"
        with self.guard:
            phase = "queued" if pool.block else "sending"
        return self._in_phase(phase, original, pool, *args, **kwargs)

    def _connect(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        if self._current is not None:
            self._current.connection = "new"
        return self._in_phase("connecting", original, connection, *args, **kwargs)

    def _send(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        with self.guard:
            if self._current is not None and connection.sock is not None and not self._current.connection:
                self._current.connection = "reused"
        return original(connection, *args, **kwargs)

    def _wait(self, original: Original, connection: Any, *args: Any, **kwargs: Any) -> Any:
        record = self._current
        if record is None:
            return original(connection, *args, **kwargs)
        with self.guard:
            record.enter("waiting")
        answer = original(connection, *args, **kwargs)
        with self.guard:
            record.enter("reading")
        return answer

    def _in_phase(self, phase: str, original: Original, owner: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the original in ``phase``; afterwards the request is preparing to send again."""
        record = self._current
        if record is None:
            return original(owner, *args, **kwargs)
        with self.guard:
            record.enter(phase)
        result = original(owner, *args, **kwargs)
        with self.guard:
            record.enter("sending")
        return result

    def _release(self, original: Original, response: Any) -> Any:
        # urllib3 gives the connection back as it reads the last byte, or closes it when reading fails.
        with self.guard:
            self._end_of(response)
        return original(response)

    def _stream(self, original: Original, response: Any, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        # All of `requests` reads bodies through here, `response.content` too.
        record = None
        with self.guard:
            record = self._by_response.get(response)
        for piece in original(response, *args, **kwargs):
            if record is not None:
                with self.guard:
                    record.received += len(piece)
            yield piece

    def _leave(self, original: Original, response: Any, *args: Any) -> Any:
        # The end of `with session.get(...) as response`, and the exception that ended it.
        with self.guard:
            record = self._by_response.get(response.raw)
            if record is not None and args and args[0] is not None:
                record.finish(args[0].__name__)
        return original(response, *args)

    def _answered(self, record: RequestRecord, response: Any) -> None:
        """The headers are here. An adapter of the learner's may hand out anything instead of a response."""
        try:
            status, raw = response.status_code, response.raw
        except Exception:
            record.finish()
            return
        record.status = usable_status(status)
        if not self._by_response.put(raw, record):
            record.finish()  # there is nothing in it that is read

    def _end_of(self, raw: Any) -> None:
        """The body has been read to its end, or given up: because reading it failed, or by a call that closes it."""
        record = self._by_response.get(raw)
        if record is not None and record.end is None:
            failure = failure_within("urllib3")
            record.finish(type(failure).__name__ if failure else "")
