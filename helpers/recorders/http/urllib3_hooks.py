"""Watch urllib3, and `requests` and `urllib`, which like it try a request anew: a request starts with each try.

How it goes on is seen further down, where all three use `http.client`.
"""

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from time import perf_counter
from typing import Any

from helpers.recorders.guard import Guard
from helpers.recorders.http.current_request import BusyWith, current, last_try
from helpers.recorders.http.hook import Original, hook, with_subclasses
from helpers.recorders.http.http_client_hooks import HttpClientHooks
from helpers.recorders.http.request_record import RequestRecord
from helpers.recorders.patches import Patches

DEFAULT_PORTS = {"http": 80, "https": 443}


class _Call:
    """One call of an adapter of `requests`: what was asked for, and the last try so far."""

    __slots__ = ("last", "url")

    def __init__(self) -> None:
        self.url = ""
        self.last: RequestRecord | None = None


_CALL: ContextVar[_Call | None] = ContextVar("call_of_requests", default=None)


class Urllib3Hooks:
    """The hooks for one recording. ``new_record(library, method, url, start)`` makes a record, or returns None."""

    libraries = ("requests", "urllib3", "urllib", "http.client")

    def __init__(self, new_record: Callable[..., RequestRecord | None]) -> None:
        self.guard = Guard("requests made with requests, urllib3, urllib or http.client")
        self._new_record = new_record
        self._below = HttpClientHooks(self.guard, self._new_below)

    def install(self, patches: Patches) -> None:
        """Wrap the methods; ``patches.restore()`` takes the wrappers out again."""
        from urllib.request import AbstractHTTPHandler

        from requests import Response
        from requests.adapters import HTTPAdapter
        from urllib3.connection import HTTPConnection
        from urllib3.connectionpool import HTTPConnectionPool
        from urllib3.response import HTTPResponse

        self._below.install(patches)
        for kind in with_subclasses(HTTPConnection):  # one that speaks TLS connects before it is given a request
            self._below.know(kind)
        for owner, name, wrapper in (
            (HTTPAdapter, "send", self._adapter_send),
            (HTTPConnectionPool, "urlopen", self._try),
            (HTTPConnectionPool, "_get_conn", self._get_connection),
            (HTTPConnectionPool, "_prepare_proxy", self._step),
            (HTTPConnectionPool, "_make_request", self._step),
            (HTTPResponse, "_handle_chunk", self._read_chunk),
            (Response, "__exit__", self._leave),
            (AbstractHTTPHandler, "do_open", self._open),
        ):
            hook(patches, self.guard, owner, name, wrapper)

    def _adapter_send(self, original: Original, adapter: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        began = perf_counter()
        call = _Call()
        with self.guard:
            call.url = request.url if type(request.url) is str else ""
        token = _CALL.set(call)
        try:
            response = original(adapter, request, *args, **kwargs)
        except BaseException as error:
            with self.guard:
                if call.last is not None:
                    # `requests` gives errors of the layers below its own names: those are what the learner sees.
                    call.last.fail(error)
            raise
        finally:
            _CALL.reset(token)
        with self.guard:
            if call.last is None:
                self._made_up(request, response, began)
        return response

    def _made_up(self, request: Any, response: Any, began: float) -> None:
        """An adapter of the learner's has answered by itself, with anything at all."""
        record = self._new_record("requests", request.method, request.url, began)
        if record is not None:
            _answered_otherwise(record, response)

    def _try(self, original: Original, pool: Any, *args: Any, **kwargs: Any) -> Any:
        # urllib3 calls it anew, inside the first call, for each retry.
        record = None
        with self.guard:
            method, target = (*args, *(kwargs.get(name) for name in ("method", "url")[len(args) :]))[:2]
            before, record = last_try(), self._new_try(pool, str(method), str(target))
            if before is not None and before.end is not None:
                before.is_followed = True
        if record is None:
            return original(pool, *args, **kwargs)
        with BusyWith(record):
            try:
                response = original(pool, *args, **kwargs)
            except BaseException as error:
                with self.guard:
                    if not record.is_followed:
                        record.fail(error)
                raise
            with self.guard:
                _answered_otherwise(record, response)
            return response

    def _new_below(self, library: str, method: str, url: str) -> RequestRecord | None:
        """A request that no call of urllib3's pools has announced: their method may be somebody else's."""
        call = _CALL.get() if library == "urllib3" else None  # an adapter may use `http.client` for its own purposes
        record = self._new_record(library if call is None else "requests", method, url)
        if call is not None:
            call.last = record or call.last
        return record

    def _new_try(self, pool: Any, method: str, target: str) -> RequestRecord | None:
        call = _CALL.get()
        # While it sends a body, that may be made by code that asks for something else.
        if call is None or (call.last is not None and call.last.is_sent and call.last.end is None):
            return self._new_record("urllib3", method, _url_of(pool, target))
        url = call.url if call.url.partition("#")[0].endswith(target) else _url_of(pool, target)
        record = self._new_record("requests", method, url)
        call.last = record or call.last
        return record

    def _get_connection(self, original: Original, pool: Any, *args: Any, **kwargs: Any) -> Any:
        # Without block=True the pool never makes a caller wait: it opens one more connection.
        record = None
        with self.guard:
            record = current()
            if record is not None and pool.block:
                record.enter("queued")
        result = self._step(original, pool, *args, **kwargs)
        with self.guard:
            if record is not None:
                record.enter("sending")
        return result

    def _step(self, original: Original, pool: Any, *args: Any, **kwargs: Any) -> Any:
        # One that fails is the end of this try: before the next urllib3 may pause.
        record = None
        with self.guard:
            record = current()
        try:
            return original(pool, *args, **kwargs)
        except BaseException as error:
            with self.guard:
                if record is not None:
                    record.finish(type(error).__name__)
            raise

    def _read_chunk(self, original: Original, response: Any, *args: Any, **kwargs: Any) -> Any:
        # Of a body in chunks urllib3 reads each past the methods that are watched below.
        chunk = original(response, *args, **kwargs)
        with self.guard:
            record = self._below.record_of(response._original_response)
            if record is not None and record.end is None:
                record.received += len(chunk)
        return chunk

    def _leave(self, original: Original, response: Any, *args: Any) -> Any:
        # The end of `with session.get(...) as response`, and the exception that ended it.
        from urllib3.response import HTTPResponse

        with self.guard:
            raw = response.raw
            record = self._below.record_of(raw._original_response) if type(raw) is HTTPResponse else None
            if record is not None and args and args[0] is not None:
                record.finish(args[0].__name__)
        return original(response, *args)

    def _open(self, original: Original, handler: Any, *args: Any, **kwargs: Any) -> Any:
        # A request of `urllib`.
        record = None
        with self.guard:
            request = kwargs["req"] if "req" in kwargs else args[-1]
            record = self._new_record("urllib", request.get_method(), request.full_url)
        if record is None:
            return original(handler, *args, **kwargs)
        with BusyWith(record):
            try:
                response = original(handler, *args, **kwargs)
            except BaseException as error:
                with self.guard:
                    record.fail(error)
                raise
            with self.guard:
                _answered_otherwise(record, response)
            return response


def _answered_otherwise(record: RequestRecord, response: Any) -> None:
    """Something else than `http.client` may have given the answer: what stands in for it in a test, say."""
    if not record.is_sent:
        for name in ("status_code", "status"):
            with suppress(Exception):  # it may be no response
                record.answer(getattr(response, name))
                break
        record.finish()


def _url_of(pool: Any, target: str) -> str:
    """The address that is asked for; a request by way of a proxy names the whole of it."""
    if "://" in target:
        return target
    port = "" if pool.port in (None, DEFAULT_PORTS.get(pool.scheme)) else f":{pool.port}"
    return f"{pool.scheme}://{pool.host}{port}{target}"
