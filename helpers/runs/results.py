"""What a measured block left behind."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helpers.runs.evidence import Evidence
from helpers.runs.request_rows import from_records, from_server_log

if TYPE_CHECKING:
    import pandas

    from helpers.archive import StoredRun
    from helpers.charts import Panel
    from helpers.charts.inputs.activity import Activity
    from helpers.runs.load_calls import Load
    from helpers.runs.recording import Recording


class Results:
    """What one measured block left behind, without how it is shown: see `helpers.runs.run.Run`."""

    def __init__(self, label: str, predict: float | None, warm_up: bool = False) -> None:
        self.label = label
        self.predict = predict
        self.warm_up = warm_up
        self.when = datetime.now()
        self.began = 0.0
        self.wall = 0.0
        self.cpu = 0.0
        self.outcome = "open"
        self.server: Evidence | None = None
        self.stored: StoredRun | None = None
        self.load: Load | None = None
        self.trouble = ""
        self._recording: Recording | None = None

    def close(self, *, wall: float, cpu: float, outcome: str, recording: "Recording", server: Evidence | None) -> None:
        """Fill in the results as the block ends; `measure` calls this once."""
        self.wall, self.cpu, self.outcome = wall, cpu, outcome
        self._recording, self.server = recording, server

    def request_rows(self) -> list[dict[str, Any]]:
        """The requests as plain values, one dictionary for each, with the keys of the columns of `requests`."""
        rows = [*from_records(self._recorded.requests, self.began), *self._rows_of_others()]
        return sorted(rows, key=lambda row: row["start"])

    def _rows_of_others(self) -> list[dict[str, Any]]:
        """The requests that only the server saw."""
        server = self.server
        return [] if server is None else from_server_log(server.log, server.older, self.began, self.wall)

    @cached_property
    def _table(self) -> "pandas.DataFrame":
        from helpers.runs.tables import requests_of

        return requests_of(self.request_rows())

    @cached_property
    def _activity(self) -> "Activity":
        from helpers.runs.build_activity import activity_of

        return activity_of(self._recorded, self.began, self.wall, self._rows_of_others())

    @property
    def requests(self) -> "pandas.DataFrame":
        """One row per HTTP request, in order of start; times in seconds since the block opened.

        Columns: method, url, path, library, start, end, queued, connecting, sending, waiting, reading (the five add
        up to latency), latency, status, bytes, connection (``new`` or ``reused``), error, ok. Requests to the practice
        API that no client recorded here has made, such as those of a script, are listed as the server saw them: their
        library is ``server``.
        """
        self._require_closed()
        return self._table.copy()

    @property
    def tasks(self) -> "pandas.DataFrame":
        """One row per task, in order of birth, and per job that was given to a thread; times in seconds.

        Columns: name, kind (``task``, ``job``, ``thread``, or ``request`` for the requests of plain code), start, end
        (since the block opened), outcome (``ok``, ``error``, ``cancelled``, ``pending``), error, parent (the row that
        made it, -1 for none), steps, waiting, ready, running (the time spent in each state; blocking steps are running
        too), cpu (processor time of a thread, on Windows in ticks of 15.6 ms; nan for a task), library (whether it is a
        job that a library gave to a thread for its own purposes), waited_at and waited_for.

        The last two tell of a task's longest wait, where that took 50 ms or more and was looked at meanwhile, or are
        empty: the line of your code at which it waited, and the await chain from there on. In ``"a Lock held by
        fetch #1 → asyncio.sleep"`` the second part is what fetch #1 waited for. asyncio does not know who holds a
        lock: those are told that were inside its ``async with``.
        """
        from helpers.runs.tables import tasks_of

        self._require_closed()
        return tasks_of(self._activity)

    @property
    def steps(self) -> "pandas.DataFrame":
        """One row per stretch of time in which a task, job or thread ran: a step. In order of start; times in seconds.

        Requests have no steps: what runs while one is made is a step of the task, or thread, that makes it, which
        a row of kind ``request`` in `tasks` only shows once more. So the sum of ``took`` counts it once.

        Columns: row (in `tasks`), name, ready (since when it could have run), start, end, waited (``start - ready``),
        took (``end - start``, without the time in which the machine stood still), blocking, line (what a blocking step
        was seen executing, where that was seen). Where another thread had the GIL while a long step ran, the step is
        shown as ready for so long, and starts later.
        """
        from helpers.runs.tables import steps_of

        self._require_closed()
        return steps_of(self._activity)

    @property
    def lag(self) -> float:
        """The greatest lateness of a timer that the block had set, in seconds: the loop lag. nan where it set none."""
        self._require_closed()
        return self._activity.lag

    @property
    def seen_by(self) -> str:
        """Who saw the requests: ``"client"``, or ``"server"`` where this process made none but the server had some."""
        return "server" if not self._recorded.requests and self.server is not None and self.server.log else "client"

    def panel(self) -> "Panel":
        """This run as a chart sees it."""
        from helpers.charts import Panel

        self._require_closed()
        return Panel(
            title=self.label,
            requests=self._table,
            wall=self.wall,
            predict=self.predict,
            outcome=self.outcome,
            seen_by=self.seen_by,
            server_peak=self.server.peak if self.server and self.server.requests else None,
            # A script's tasks are in another process: only the server saw what it did.
            activity=self._activity if self.seen_by == "client" or len(self._activity.rows) > 1 else None,
            faults=self.faults,
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """What is left out, a sentence each: because a recorder failed, or because the server's log was full."""
        return tuple(self._recorded.faults)

    @property
    def _left_out(self) -> tuple[str, ...]:
        """What a chart's note says of what is not there, a sentence each."""
        recorded = self._recorded
        return tuple(dict.fromkeys([*recorded.faults, *recorded.notes, *recorded.threads.notes]))

    @property
    def _recorded(self) -> "Recording":
        if self._recording is None:
            raise RuntimeError(f"the measured block {self.label!r} is still open; ask once it has ended")
        return self._recording

    def _require_closed(self) -> None:
        if self.outcome == "open":
            raise RuntimeError(f"the measured block {self.label!r} is still open; ask once it has ended")
