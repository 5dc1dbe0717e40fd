"""Watch how long an asyncio queue is, without a change to how it works."""

import asyncio
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

    from helpers.charts import Chart
    from helpers.charts.load.queues import Queue


class queue_length:
    """Watch a queue while the block is open: ``with measure("bounded") as run, queue_length(queue) as lengths: ...``

    Every put and every get is noted. As the last line of a cell, ``lengths`` shows the length over time.

    Args:
        queue: an `asyncio.Queue`, `PriorityQueue` or `LifoQueue`.
        label: what it is called on the chart.

    Raises TypeError for another kind of queue, or a label that is no text.
    """

    def __init__(self, queue: "asyncio.Queue[Any]", label: str = "the queue") -> None:
        if not isinstance(queue, asyncio.Queue):
            raise TypeError(f"queue_length watches an asyncio.Queue, not {queue!r}")
        if not isinstance(label, str) or not label.strip():
            raise TypeError(f"label is a text such as 'without a bound', not {label!r}")
        self.label = label.strip()
        self._queue = queue
        self._bound = max(queue.maxsize, 0)
        self._began = 0.0
        self._times: list[float] = []
        self._lengths: list[int] = []

    def __enter__(self) -> "queue_length":
        if self._times:
            raise RuntimeError("this queue has been watched; write queue_length(queue) again")
        self._began = perf_counter()
        self._note()
        # What asyncio's own PriorityQueue and LifoQueue replace as well: every way in and out leads through these two.
        put, get = self._queue._put, self._queue._get

        def noted_put(item: Any) -> None:
            put(item)
            self._note()

        def noted_get() -> Any:
            item = get()
            self._note()
            return item

        self._queue._put, self._queue._get = noted_put, noted_get  # type: ignore[method-assign]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        del self._queue._put, self._queue._get  # the class's own come out from under them
        self._note()

    def _note(self) -> None:
        self._times.append(perf_counter() - self._began)
        self._lengths.append(self._queue.qsize())

    @property
    def peak(self) -> int:
        """The greatest length. Raises ValueError before the block."""
        return max(self._lengths)

    @property
    def table(self) -> "pandas.DataFrame":
        """One row per change, in order. Columns: time (seconds since the block opened), length (from then on)."""
        import pandas

        return pandas.DataFrame({"time": self._times, "length": self._lengths})

    def chart(self) -> "Chart":
        """The length over time. Raises ValueError before the block."""
        return queue_lengths(self)

    def _plain(self) -> "Queue":
        from helpers.charts.load.queues import Queue

        if not self._times:
            raise ValueError(f"{self.label!r} has not been watched: open the block first")
        return Queue(self.label, self._times, self._lengths, self._bound)

    def _repr_html_(self) -> str:
        return self.chart().html()

    def __repr__(self) -> str:
        return f"<length of {self.label}: at most {max(self._lengths, default=0)}>"


def queue_lengths(*watched: queue_length) -> "Chart":
    """Draw the lengths of several queues on the same axes: ``queue_lengths(without_bound, bounded)``.

    Raises TypeError for what is no watched queue, ValueError for none or more than six.
    """
    from helpers.charts.load.queues import queues

    for each in watched:
        if not isinstance(each, queue_length):
            raise TypeError(f"queue_lengths takes what queue_length has watched, not {each!r}")
    return queues([each._plain() for each in watched])
