"""What distributions of latency say in words."""

from bisect import bisect_right
from collections.abc import Sequence

from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.facts import Spread, facts, spread
from helpers.charts.requests.in_words import lost
from helpers.charts.requests.percentiles import percentiles
from helpers.charts.requests.several_in_words import names
from helpers.page import words

ABOUT = ("median", "mean")
"""What a chart of latencies can be about."""


def title(panel: Panel, about: str) -> str:
    """What one distribution shows, in a few words: the title, after the panel's own name."""
    each = spread(panel)
    median, mean = each.quantile(0.5), each.mean
    if not each.count:
        return "no request"
    if each.count == 1:
        return f"1 request, {f'answered in {words.seconds(median)}' if median is not None else 'no good answer'}"
    if not each.good:
        return f"none of {each.count:,} requests had a good answer"
    if about == "mean" and mean is not None:
        quicker = words.percent(bisect_right(each.good, mean) / each.count)
        return f"mean {words.seconds(mean)}, and {quicker} of {each.count:,} requests were no slower"
    if median is None:
        return f"only {len(each.good):,} of {each.count:,} requests had a good answer"
    half = f"half of {each.count:,} requests answered within {words.seconds(median)}"
    return half if facts(panel).lost else f"{half}, the slowest took {words.seconds(each.good[-1])}"


NOTE = (
    "In brackets: where a percentile lies, 95 % sure, if the requests were independent of each other. Within one run "
    "they are not quite, so it may lie further out; to tell two kinds of runs apart, compare runs."
)


def titles(panels: Sequence[Panel], named: Sequence[str], about: str) -> list[str]:
    """What several distributions show: all medians, or means, and for a line without room the least and the greatest.

    How many requests were lost stands beside each: a loss makes both smaller, or larger.
    """
    spreads = [spread(panel) for panel in panels]
    times = [each.mean if about == "mean" else each.quantile(0.5) for each in spreads]
    if all(time is None for time in times):
        return ["In none of these runs half of the requests had a good answer"]
    lost = [facts(panel).lost for panel in panels]
    aside = [f", {number:,} lost" if number else ", none lost" if any(lost) else "" for number in lost]
    said = [
        f"{words.seconds(time) if time is not None else 'never'} ({name}{more})"
        for time, name, more in zip(times, named, aside, strict=True)
    ]
    order = sorted(range(len(panels)), key=lambda number: _or_never(times[number]))
    least, most = said[order[0]], said[order[-1]]
    ends = f"from {least} to {most}" if times[order[-1]] is not None else f"{least} at best, {most}"
    of_what = "Mean of the answers" if any(lost) else "Mean latency"
    what = of_what if about == "mean" else "Half answered within"
    return [f"{what}: {', '.join(said)}", f"{what}: {ends}"]


def _or_never(time: float | None) -> float:
    return float("inf") if time is None else time


def sentence(panels: Sequence[Panel], about: str) -> str:
    """What the distributions show."""
    named = names(panels) if len(panels) > 1 else [""]
    return " ".join(
        f"{name}: {_distribution(panel, about)}" if name else words.upper_first(_distribution(panel, about))
        for panel, name in zip(panels, named, strict=True)
    )


def _mean(each: Spread, about: str) -> str:
    return f", and their mean is {words.seconds(each.mean)}" if about == "mean" and each.mean is not None else ""


def _distribution(panel: Panel, about: str) -> str:
    each, counted = spread(panel), facts(panel)
    if not each.count:
        return "no request was seen."
    parts = []
    median = each.quantile(0.5)
    if each.count == 1 and not each.good:
        parts.append("1 request, without a good answer.")
    elif each.count == 1:
        parts.append(f"1 request, answered in {words.seconds(each.good[0])}; one is too few for a median.")
    elif not each.good:
        parts.append(f"none of {each.count:,} requests had a good answer.")
    elif median is None:
        parts.append(f"only {len(each.good):,} of {each.count:,} requests had a good answer, so there is no median.")
    else:
        slowest = "the slowest" if not counted.lost else "the slowest good answer"
        parts.append(
            f"half of {each.count:,} requests were answered within {words.seconds(median)}, "
            f"{slowest} took {words.seconds(each.good[-1])}{_mean(each, about)}{_percentiles(each)}."
        )
    parts += [text.replace(").", "), and a failure counts as never answered.") for text in lost(counted)]
    first = panel.requests.iloc[0]
    if each.count > 2 and median and first["ok"] and first["latency"] > 2 * median:
        ratio = words.times(first["latency"] / median)
        parts.append(f"The first request took {words.seconds(first['latency'])}, {ratio} times the median.")
    return " ".join(parts)


def _percentiles(each: Spread) -> str:
    """What there is to say of percentiles once the median has been told."""
    told = [one.sentence() for one in percentiles(each) if one.name != "p50" or one.interval is None]
    return f"; {', '.join(told)}"


def note(panels: Sequence[Panel]) -> str:
    """What to know of the intervals in the sentence, where there is one."""
    known = any(one.interval and one.name != "p50" for panel in panels for one in percentiles(spread(panel)))
    return NOTE if known else ""
