"""What is known of one HTTP request: when it started, and how long it spent in each phase."""

import sys
from time import perf_counter
from typing import Any

PHASES = ("queued", "connecting", "sending", "waiting", "reading")
"""In the order in which a request meets them:

- queued: waiting for a connection of the pool to come free (from the start, when there was such a wait)
- connecting: name look-up, TCP and TLS handshake
- sending: preparing the request and handing it to the operating system
- waiting: for the first byte of the answer (measured up to the end of its headers)
- reading: the body, up to its last byte
"""

UNFINISHED = "unfinished"
_NO_TIME = dict.fromkeys(PHASES, 0.0)


class RequestRecord:
    """One HTTP request that was sent, or tried. A redirect and a retry are requests too, with records of their own.

    The phases are kept as a running account: ``enter`` books the time since the last call to the phase that
    was on. They therefore always add up to the time from start to end, also when a request fails half-way.
    Times are ``time.perf_counter()`` seconds. ``row`` is the loop recorder's row of the task that made the request,
    ``port`` the one that its connection has on this machine, ``peer`` the one at the other end; 0 where they are not
    known. ``carrier`` is the id of the connection that makes its way, or is to; 0 where there is none yet. Nothing
    changes once it is over.
    """

    __slots__ = ("_phase", "_since", "carrier", "connection", "end", "error", "is_being_read", "is_followed", "is_sent",
                 "library", "method", "peer", "port", "received", "row", "seconds", "start", "status",
                 "url")  # fmt: skip

    def __init__(self, library: str, method: str, url: str, row: int, start: float = 0.0) -> None:
        """``start`` is given where it began before now."""
        self.library = library
        self.row = row
        self.method = method
        self.url = url
        self.status: int | None = None
        self.received = 0
        self.connection = ""
        self.port = self.peer = 0
        self.error = ""
        self.end: float | None = None
        self.seconds = _NO_TIME.copy()
        self.start = self._since = start or perf_counter()
        self._phase = "sending"
        self.is_sent = False  # on its way over a connection
        self.is_being_read = False  # by a call that is not over
        self.is_followed = False  # by a further try of the same call
        self.carrier = 0

    @property
    def path(self) -> str:
        """The path of its URL."""
        return path_of(self.url)

    @property
    def phase(self) -> str:
        """The phase that it is in."""
        return self._phase

    def span(self, began: float) -> tuple[float, float]:
        """Its start and its end, in seconds since the block opened at ``began``; one that is not over has no length."""
        return self.start - began, (self.start if self.end is None else self.end) - began

    def enter(self, phase: str) -> None:
        """The request is in ``phase`` from now on."""
        self.book(self._phase)
        if phase == "queued":
            # What little was prepared before the queue counts with it: so start + queued is when the queue ended.
            self.seconds["queued"] += self.seconds["sending"]
            self.seconds["sending"] = 0.0
        self._phase = phase

    def book(self, phase: str, now: float = 0.0) -> None:
        """Count the time since the last call as spent in ``phase``; the phase that is on stays on.

        ``now`` is given where the clock is not to be asked.
        """
        if self.end is None:
            now = max(now, self._since) if now else perf_counter()
            self.seconds[phase] += now - self._since
            self._since = now

    def answer(self, status: object) -> None:
        """The headers of its answer are here; what follows is reading."""
        if self.end is None:
            self.status = usable_status(status)
            self.enter("reading")

    def finish(self, error: str = "", now: float = 0.0) -> None:
        """The request is over. A second call changes nothing: the first end is the true one."""
        if self.end is None:
            self.book(self._phase, now)
            self.end = self._since
            self.error = error

    def resume(self) -> None:
        """It is not over after all: the time since then is what it was doing before."""
        self.end, self.error = None, ""

    def cut(self, now: float, error: str) -> None:
        """Nothing counts that came after ``now``: a request that ended later had not ended then."""
        if self.end is not None and self.end > now:
            after, self.end, self.error = self.end - now, max(now, self.start), error
            for phase in reversed(PHASES):
                spent = min(self.seconds[phase], after)
                self.seconds[phase] -= spent
                after -= spent

    def fail(self, error: BaseException) -> None:
        """It got no answer. Of an error that was caught and raised anew, the last name is the one the caller sees."""
        self.finish()
        if self.status is None and self.error != UNFINISHED:
            self.error = type(error).__name__


def path_of(url: str) -> str:
    """The path of a URL, with or without a host. `urlsplit` does the same in five times the time."""
    target = url.partition("#")[0].partition("?")[0]
    host, scheme, rest = target.partition("://")
    return f"/{rest.partition('/')[2]}" if scheme else host or "/"


def failure_within(package: str) -> BaseException | None:
    """The exception that is being handled, if code of this package is what handles it.

    A hook on a call that gives up a response finds an exception there in two cases: the library has caught its own and
    cleans up, or the learner's code runs inside ``except`` and what it deals with has nothing to do with the response.
    The first frame of the traceback is the one that has caught it.
    """
    failure = sys.exc_info()[1]
    trace = failure.__traceback__ if failure is not None else None
    name = trace.tb_frame.f_globals.get("__name__") if trace is not None else None
    return failure if isinstance(name, str) and name.partition(".")[0] == package else None


def usable_status(status: Any) -> int | None:
    """A status as a number; None for what an answer that somebody made up may have in its place."""
    number = issubclass(type(status), int) and type(status) is not bool
    return int(status) if number and 0 <= status <= 999 else None
