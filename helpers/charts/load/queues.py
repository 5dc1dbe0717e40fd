"""How long queues were, over time."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.step_lines import Line, step_lines
from helpers.page import words


@dataclass(frozen=True)
class Queue:
    """One queue: its length after each change, the times of these in seconds since its block opened, and its bound.

    Attributes:
        name: what it is called.
        times: when it changed; the first is 0 and the last is the block's end.
        lengths: how many items were in it from then on.
        bound: at most so many may be in it; 0 for no bound.
    """

    name: str
    times: Sequence[float]
    lengths: Sequence[int]
    bound: int

    @property
    def peak(self) -> int:
        """The greatest length."""
        return max(self.lengths)


def queues(watched: Sequence[Queue]) -> Chart:
    """Draw the length of each queue over time, all on the same axes.

    Raises ValueError for no queues or more than six.
    """
    title = f"At most {words.listing(f'{queue.peak:,}' for queue in watched)} in the queue" if watched else ""
    lines = [Line(queue.name, queue.times, queue.lengths, f"at most {queue.peak:,}") for queue in watched]
    return step_lines(lines, title, sentence(watched), "items in the queue")


def sentence(watched: Sequence[Queue]) -> str:
    """What the chart shows."""
    return " ".join(_about(queue) for queue in watched)


def _about(queue: Queue) -> str:
    bound = f"bounded at {queue.bound:,}" if queue.bound else "without a bound"
    held = f"held {words.count(queue.peak, 'item')} at most"
    return f"{words.upper_first(queue.name)}, {bound}, {held}, over {words.seconds(queue.times[-1])}."
