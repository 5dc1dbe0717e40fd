"""What one run of a learner's function on the bench has shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from helpers.charts.inputs.activity import Activity
from helpers.charts.inputs.in_flight import most_at_once, under_way
from helpers.runs.evidence import Evidence
from helpers.runs.run import Run

Ending = Literal["returned", "raised", "cancelled", "stopped"]


@dataclass
class Observation:
    """The evidence of one run.

    Attributes:
        ended: "returned"; "raised" (see `error`); "cancelled" (it let the check's cancellation pass); "stopped" (at the
            limit).
        result: what it returned, as plain data (`plain_data.py`): no class of the learner's is asked then.
        error: what it raised.
        where: the line of the learner's code that raised, or that was waiting when it was stopped.
        name: what charts call the function.
        through: whether a function of the judge's has called it, perhaps several times.
        run: the measured run, with every request, task and step.
        tasks_left: the names of tasks that were still there after it had returned.
        sessions_left: how many `aiohttp.ClientSession`s were left open.
        session_closed: whether it has closed the session that it was given.
        loops_left: how many event loops were left open.
        threads_left: the names of threads that were still there.
        never_awaited: the names of coroutines that were thrown away without having run.
        unheard: errors of tasks that nobody asked for, such as "ValueError: no".
        printed: what it printed, to either stream.
        calls_that_wait: start and end of each call in which the thread itself slept or waited for a socket, a lock or a
            queue, in seconds since the run began.
        cpu: seconds of processor time of that thread.
    """

    ended: Ending = "returned"
    result: Any = None
    error: BaseException | None = None
    where: str = ""
    name: str = ""
    through: bool = False
    run: Run = field(default_factory=lambda: Run("not run", None))
    tasks_left: Sequence[str] = ()
    sessions_left: int = 0
    session_closed: bool = False
    loops_left: int = 0
    threads_left: Sequence[str] = ()
    never_awaited: Sequence[str] = ()
    unheard: Sequence[str] = ()
    printed: str = ""
    calls_that_wait: Sequence[tuple[float, float]] = ()
    cpu: float = 0.0

    def activity(self) -> Activity | None:
        """What its tasks and threads did; the row that a notebook's charts call "cell" has the function's name."""
        activity = self.run.panel().activity
        if activity is not None:
            activity.rows.loc[0, "name"] = self.name
        return activity

    @property
    def server(self) -> Evidence:
        """What the practice API counted: requests, peak (at most in flight), connections, completed, cancelled."""
        assert self.run.server is not None  # the bench always has a practice API
        return self.run.server

    @property
    def peak(self) -> int:
        """At most so many requests were in flight at once, as the server or the client saw it, whichever is more.

        On a busy machine the first answers may come before the last requests have reached the server, although all
        had been sent. What waited for a connection of the pool was not in flight.
        """
        return max(self.server.peak, most_at_once(*under_way(self.run.requests)))

    @property
    def urls(self) -> list[str]:
        """The addresses that were asked for, in order."""
        return [str(url) for url in self.run.requests["url"]]
