"""Who waits for whom: a row for each task that waited long, and an arrow from it to those that it waited for."""

from collections.abc import Mapping, Sequence

from matplotlib.patches import Rectangle

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Canvas, Header, Key
from helpers.charts.canvas.chart import Chart
from helpers.charts.inputs.activity import Activity, Wait
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.several_in_words import faults
from helpers.charts.tasks.facts import row_name
from helpers.charts.tasks.longest_wait import each_other, told_by_length
from helpers.page import colours, words

ROW, BETWEEN, FOOT = 42, 8, 12
"""Pixels: a task's box, between two of them, and under the last one."""
LANE, EDGE_ROOM = 18, 16
"""Pixels between two arrows that run side by side, and at the right of the last one."""
PORT = 30
"""Pixels under a box's upper edge at which its own arrow goes out; those of others come in over that."""
MOST_ROWS = 12
"""So many tasks are drawn; of more, those that wait for each other and those that waited longest."""
WAITS, CIRCLE = Key("waits for", colours.GREY, 0.25), Key("wait for each other", colours.PROBLEM, 0.4)
UNKNOWN = "asyncio keeps no record of who holds a lock: those are named that were seen inside its “async with”."
NONE = "no long wait for a lock, a queue or another's task was seen"
NOT_RECORDED = "what its tasks did was not recorded"


def await_chains(panel: Panel) -> Chart:
    """Draw, for one run, each task's longest wait that was looked at, and whom it was for."""
    with style.house():
        activity = panel.activity
        shown = [] if activity is None else _chosen(activity.waits)
        chart = _draw(panel, activity, shown)
        left_out = [] if activity is None else _left_out(activity, shown)
        return chart.add_note([*left_out, *faults([panel])])


def _chosen(waits: Sequence[Wait]) -> list[Wait]:
    """Those that are drawn, in the order of rows."""
    first = sorted(waits, key=lambda wait: (not wait.cycle, -wait.seconds))[:MOST_ROWS]
    return sorted(first, key=lambda wait: wait.row)


def _draw(panel: Panel, activity: Activity | None, shown: Sequence[Wait]) -> Chart:
    finding = NOT_RECORDED if activity is None else _finding(activity)
    keys = [key for key, seen in ((WAITS, any(wait.on for wait in shown)), (CIRCLE, _in_circle(shown))) if seen]
    condition = "the longest wait of each task, as it was last looked at" if shown else "no long wait to draw"
    header = Header(f"{panel.title}: {finding}", [condition], keys)
    tops = {wait.row: header.height + 6 + at * (ROW + BETWEEN) for at, wait in enumerate(shown)}
    canvas = Canvas(header.height + 6 + len(shown) * (ROW + BETWEEN) + FOOT, _sentence(activity, shown, finding))
    header.draw(canvas)
    lanes = _lanes(shown, tops)
    right = style.width() - MARGIN - (EDGE_ROOM + LANE * len(lanes) if lanes else 0)
    for wait in shown:
        assert activity is not None  # it has the waits
        _box(canvas, activity, wait, tops[wait.row], right, in_circle=wait.row in _in_circle(shown))
    ports = _ports(lanes, tops)
    for lane, wait in enumerate(lanes):
        _arrow(canvas, wait, tops[wait.row] + PORT, ports[wait.row], right, right + LANE * (lane + 1))
    return canvas.chart


def _finding(activity: Activity) -> str:
    waits = told_by_length(activity)
    if not waits:
        return NONE
    longest = waits[0]
    waited = f"{row_name(activity, longest.row)} waited {words.seconds(longest.seconds)} for {longest.whom}"
    return each_other(activity, longest) or waited


def _in_circle(shown: Sequence[Wait]) -> set[int]:
    return {row for wait in shown for row in wait.cycle}


def _lanes(shown: Sequence[Wait], tops: Mapping[int, float]) -> list[Wait]:
    """Those with an arrow, the shortest first: it is drawn next to the boxes, so that few lines cross."""
    with_arrow = [wait for wait in shown if _targets(wait, tops)]
    return sorted(with_arrow, key=lambda wait: max(abs(tops[row] - tops[wait.row]) for row in _targets(wait, tops)))


def _targets(wait: Wait, tops: Mapping[int, float]) -> list[int]:
    return [row for row in wait.on if row in tops]


def _box(canvas: Canvas, activity: Activity, wait: Wait, top: float, right: float, *, in_circle: bool) -> None:
    """A task: its name, what it waited for and how long, and the line at which it did."""
    colour = colours.PROBLEM if in_circle else colours.EDGE
    canvas.sheet.add_patch(
        Rectangle((MARGIN, top), right - MARGIN, ROW, facecolor=colours.GROUND, edgecolor=colours.EDGE, linewidth=1)
    )
    canvas.sheet.add_patch(Rectangle((MARGIN, top), 4, ROW, facecolor=colour, linewidth=0))
    left, room = MARGIN + 14, right - MARGIN - 24
    name = style.shorten(row_name(activity, wait.row), room / 3, style.TEXT, "bold")
    canvas.text(left, top + 17, name, size=style.TEXT, weight="bold")
    beside = style.text_width(name, style.TEXT, "bold") + 8
    said = f"waited {words.seconds(wait.seconds)} for {wait.whom}"
    canvas.text(left + beside, top + 17, style.shorten(said, room - beside, style.TEXT), size=style.TEXT)
    place = style.shorten(wait.place or "in a library", room / 2, style.TINY)
    space = room - style.text_width(place, style.TINY) - 14
    code = style.shorten(wait.line, space, style.SMALL, family=style.CODE_FONT) if wait.line else ""
    after = style.text_width(code, style.SMALL, family=style.CODE_FONT) + 14 if code else 0
    canvas.text(left, top + 34, code, family=style.CODE_FONT)
    canvas.text(left + after, top + 34, place, size=style.TINY, colour=colours.GREY)


def _ports(lanes: Sequence[Wait], tops: Mapping[int, float]) -> dict[int, dict[int, float]]:
    """For each task with an arrow, at which height it comes in where: each at one of its own."""
    coming: dict[int, list[int]] = {}
    for wait in lanes:
        for row in _targets(wait, tops):
            coming.setdefault(row, []).append(wait.row)
    found: dict[int, dict[int, float]] = {wait.row: {} for wait in lanes}
    for row, those in coming.items():
        for at, one in enumerate(those, start=1):
            found[one][row] = tops[row] + 2 + at * (PORT - 6) / (len(those) + 1)
    return found


def _arrow(canvas: Canvas, wait: Wait, start: float, ends: Mapping[int, float], right: float, lane: float) -> None:
    """From a task's box along its lane into those of all that it waits for."""
    for row, end in ends.items():
        circle = row in wait.cycle and wait.row in wait.cycle
        key, order = (CIRCLE, 3) if circle else (WAITS, 2)
        canvas.sheet.plot(
            [right, lane, lane, right + 5], [start, start, end, end], color=key.colour, lw=7 * key.thickness,
            solid_joinstyle="round", solid_capstyle="butt", zorder=order, label="circle" if circle else "waits",
        )  # fmt: skip
        canvas.sheet.scatter([right + 5], [end], marker="<", s=36, color=key.colour, linewidths=0, zorder=order + 1)


def _sentence(activity: Activity | None, shown: Sequence[Wait], finding: str) -> str:
    if activity is None or not shown:
        return f"{words.upper_first(finding)}."
    parts = []
    for wait in shown:
        at = f" at {words.code_line(wait.line)} ({wait.place})" if wait.line else ""
        parts.append(f"{row_name(activity, wait.row)} waited {words.seconds(wait.seconds)}{at}, for {wait.whom}")
    mutual = f"{finding}. " if _in_circle(shown) else ""
    return f"{mutual}{'; '.join(parts)}."


def _left_out(activity: Activity, shown: Sequence[Wait]) -> list[str]:
    """What the reader must know of what is not drawn, or not known."""
    said = []
    tasks = int((activity.rows["kind"] == "task").sum())
    if others := len(activity.waits) - len(shown):
        said.append(f"{words.count(others, 'task')} that waited less long {'is' if others == 1 else 'are'} not drawn.")
    if unseen := tasks - len(activity.waits):
        said.append(f"Of {words.count(unseen, 'task')} no long wait was looked at.")
    if shown and max(wait.start for wait in shown) > min(wait.end for wait in shown):
        said.append("Not all of these waits were at the same time.")
    if any(word in wait.whom.split(" held by ")[0] for wait in shown for word in ("Lock", "Semaphore", "Condition")):
        said.append(UNKNOWN)
    return said
