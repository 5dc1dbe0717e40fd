"""Which request the running code is busy with, as long as it is not known by its connection."""

from contextvars import ContextVar, Token

from helpers.recorders.http.request_record import RequestRecord

_CURRENT: ContextVar[RequestRecord | None] = ContextVar("current_request", default=None)
"""By context and not by thread: so each of gevent's greenlets has its own."""


def current() -> RequestRecord | None:
    """The request; None where there is none, or it is over."""
    record = _CURRENT.get()
    return record if record is not None and record.end is None else None


def last_try() -> RequestRecord | None:
    """The same, though it may be over."""
    return _CURRENT.get()


class BusyWith:
    """``with BusyWith(record): ...``: the code in the block, which blocks its thread, is busy with this request."""

    __slots__ = ("_record", "_token")

    def __init__(self, record: RequestRecord) -> None:
        self._record = record

    def __enter__(self) -> None:
        self._token: Token[RequestRecord | None] = _CURRENT.set(self._record)

    def __exit__(self, *_: object) -> None:
        _CURRENT.reset(self._token)
