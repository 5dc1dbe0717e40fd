"""How many messages had been delivered, over time."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.charts import Chart


def delivered(ways: Mapping[str, Sequence[float]], of: int) -> "Chart":
    """Draw how the deliveries of a broadcast add up: ``delivered({"one by one": times, "gather": others}, of=800)``.

    Args:
        ways: by name, for each message that somebody had, the seconds from the broadcast's begin until then.
        of: how many there would be if everybody had everything.

    Raises ValueError for no ways or more than six, or when a way delivered more than all.
    """
    from helpers.charts.canvas.step_lines import Line, step_lines
    from helpers.page import words

    for name, times in ways.items():
        if len(times) > of:
            raise ValueError(f"{name!r} delivered {len(times):,} messages of {of:,}")
    end = max((max(times, default=0.0) for times in ways.values()), default=0.0) * 1.1 or 1.0
    lines = [
        Line(name, [0.0, *sorted(times), end], [*range(len(times) + 1), len(times)], f"{len(times):,} of {of:,}")
        for name, times in ways.items()
    ]
    counts = sorted(((len(times), name) for name, times in ways.items()), reverse=True)
    said = [f"“{words.brief(name, 30)}” delivered {count:,} of {of:,}" for count, name in counts]
    least = said[-1] if counts and counts[-1][0] < counts[0][0] else ""
    title = "; ".join(filter(None, (*said[:1], least)))
    sentence = " ".join(
        f"{words.upper_first(name)}: {words.count(len(times), 'message')} of {of:,}"
        + (f", the last after {words.seconds(max(times))}." if times else ".")
        for name, times in ways.items()
    )
    return step_lines(lines, title, sentence, "delivered to somebody")
