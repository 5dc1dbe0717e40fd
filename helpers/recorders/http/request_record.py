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


class RequestRecord:
    """One HTTP request that was sent, or tried. A redirect and a retry are requests too, with records of their own.

    What is kept is the moments at which it came into another phase; how long each phase lasted is worked out when
    somebody asks, for this is written in the middle of what it measures. The phases always add up to the time from
    start to end, also when a request fails half-way. Nothing changes once it is over.

    Attributes:
        row: the loop recorder's row of the task that made the request.
        start, end: ``time.perf_counter()`` seconds; ``end`` is None as long as it is not over.
        phase: the one that it is in.
        port, peer: those that its connection has on this machine and at the other end; 0 where they are not known.
        carrier: the id of the connection that makes its way, or is to; 0 where there is none yet.
        in_own_thread: whether the thread that the block was opened on makes it.
        is_sent: whether it is on its way over a connection.
        is_being_read: by a call that is not over.
        is_followed: by a further try of the same call.
    """

    # Most requests leave most of these as they are: to set them one by one for each would be a third of its cost.
    status: int | None = None
    received = 0
    connection = ""
    port = peer = 0
    error = ""
    end: float | None = None
    phase = "sending"
    in_own_thread = True
    is_sent = False
    is_being_read = False
    is_followed = False
    carrier = 0

    def __init__(self, library: str, method: str, url: str, row: int, start: float = 0.0) -> None:
        """``start`` is given where it began before now."""
        self.library = library
        self.row = row
        self.method = method
        self.url = url
        self.start = start or perf_counter()
        self._moments: list[Any] = []  # a phase, and until when, one after another: see `enter`

    @property
    def path(self) -> str:
        """The path of its URL."""
        return path_of(self.url)

    @property
    def seconds(self) -> dict[str, float]:
        """How long it was in each phase, as far as that is known."""
        spent, since = dict.fromkeys(PHASES, 0.0), self.start
        moments = self._moments[:]  # to which another thread may be adding
        for phase, until in zip(moments[::2], moments[1::2], strict=True):
            spent[phase] += until - since
            since = until
        return spent

    def span(self, began: float) -> tuple[float, float]:
        """Its start and its end, in seconds since the block opened at ``began``; one that is not over has no length."""
        return self.start - began, (self.start if self.end is None else self.end) - began

    def enter(self, phase: str) -> None:
        """The request is in ``phase`` from now on."""
        if self.end is None:
            # What little was prepared before the queue counts with it: so start + queued is when the queue ended.
            self._moments += "queued" if phase == "queued" else self.phase, perf_counter()
        self.phase = phase

    def book(self, phase: str, now: float = 0.0) -> None:
        """Count the time since the last moment as spent in ``phase``; the phase that is on stays on.

        ``now`` is given where the clock is not to be asked.
        """
        if self.end is None:
            if now:
                now = max(now, self._moments[-1] if self._moments else self.start)
            self._moments += phase, now or perf_counter()

    def answer(self, status: object) -> None:
        """The headers of its answer are here; what follows is reading."""
        if self.end is None:
            self.status = usable_status(status)
            self.enter("reading")

    def finish(self, error: str = "", now: float = 0.0) -> None:
        """The request is over. A second call changes nothing: the first end is the true one."""
        if self.end is None:
            self.book(self.phase, now)
            self.end = self._moments[-1]
            self.error = error

    def resume(self) -> None:
        """It is not over after all: the time since then is what it was doing before."""
        self.end, self.error = None, ""

    def cut(self, now: float, error: str) -> None:
        """Nothing counts that came after ``now``: a request that ended later had not ended then."""
        if self.end is not None and self.end > now:
            self.end, self.error = max(now, self.start), error
            self._moments[1::2] = [min(until, self.end) for until in self._moments[1::2]]

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
    kind = type(status)
    number = kind is int or (issubclass(kind, int) and kind is not bool)
    return int(status) if number and 0 <= status <= 999 else None
