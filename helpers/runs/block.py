"""The with-block that measures what happens inside it."""

import asyncio
import threading
from contextvars import Token
from time import perf_counter, process_time
from types import TracebackType

from helpers.recorders import belonging
from helpers.recorders.http import HttpRecorder
from helpers.runs.evidence import collect
from helpers.runs.progress import Progress
from helpers.runs.run import Run
from helpers.servers.practice_api import running

HEARTBEAT = 0.2
"""Seconds. The Stop button cancels an `await`, but the loop notices only when it next wakes."""

_lock = threading.Lock()
_open: "measure | None" = None


class measure:
    """Measure a block of code: ``with measure("one after another", predict=0.5) as run: ...``

    While the block is open, every request that `requests` or `aiohttp` makes in it is recorded, and the practice API
    counts from zero. The block itself is ordinary code, blocking or with `await`. Afterwards ``run`` is a `Run`; as
    the last line of a cell it shows itself. An exception, and Ctrl-C, pass through; the run is kept and says so.

    Args:
        label: what this run is called on its card and charts.
        predict: your guess of the wall time, in seconds.

    Raises:
        TypeError, ValueError: the label is not a text, or the guess is not a positive number.
        RuntimeError: another measured block is still open. Two at a time would measure each other.
    """

    def __init__(self, label: str, predict: float | None = None) -> None:
        self._run = Run(_checked_label(label), _checked_guess(predict))
        self._recorder = HttpRecorder()
        self._progress = Progress(self._recorder.records)
        self._recorder.on_request = self._progress.tick
        self._mark: Token[object | None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._cpu = 0.0

    def __enter__(self) -> Run:
        self._claim()
        try:
            server = running()
            if server is not None:
                server.reset()
            self._recorder.start()
            self._beat()
        except BaseException:
            self._let_go()
            raise
        self._mark = belonging.mark(self._recorder)
        self._progress.start()
        self._cpu = process_time()
        self._run.began = perf_counter()
        return self._run

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        ended, cpu = perf_counter(), process_time()
        try:
            self._recorder.stop()
            self._run.close(
                wall=ended - self._run.began,
                cpu=cpu - self._cpu,
                outcome=_outcome(kind),
                records=self._recorder.records,
                server=collect(running(), with_log=not self._recorder.records),
            )
        finally:
            self._let_go()

    def _claim(self) -> None:
        global _open
        with _lock:
            if _open is not None:
                raise RuntimeError(
                    f"the measured block {_open._run.label!r} is still open, so {self._run.label!r} cannot start: "
                    "measured blocks cannot be nested or run side by side. Let the first one end, then open the next."
                )
            if self._run.outcome != "open" or self._mark is not None:
                raise RuntimeError(f"{self._run.label!r} has been measured; write measure(...) again for a new run")
            _open = self

    def _let_go(self) -> None:
        global _open
        self._recorder.stop()
        self._progress.stop()
        if self._timer is not None:
            self._timer.cancel()
        if self._mark is not None:
            belonging.unmark(self._mark)
        with _lock:
            _open = None

    def _beat(self) -> None:
        """Wake the loop now and then, so that the Stop button ends an `await` at once and the progress moves."""
        loop = asyncio._get_running_loop()
        if loop is not None:
            self._progress.tick()
            self._timer = loop.call_later(HEARTBEAT, self._beat)


def _outcome(kind: type[BaseException] | None) -> str:
    if kind is None:
        return "ok"
    # In a cell with `await` the Stop button arrives as a cancellation.
    if issubclass(kind, (KeyboardInterrupt, asyncio.CancelledError)):
        return "interrupted"
    return f"error: {kind.__name__}"


def _checked_label(label: object) -> str:
    if not isinstance(label, str):
        raise TypeError(f"a run's label is a text such as 'one after another', not {label!r}")
    if not label.strip():
        raise ValueError("a run's label must not be empty: cards and charts are named by it")
    return label.strip()


def _checked_guess(predict: object) -> float | None:
    if predict is None:
        return None
    if isinstance(predict, bool) or not isinstance(predict, (int, float)):
        raise TypeError(f"predict is your guess in seconds, a number such as 0.5, not {predict!r}")
    if not 0 < predict < float("inf"):
        raise ValueError(f"predict is your guess in seconds and must be above 0, not {predict!r}")
    return float(predict)
