"""Several runs under each other on one time axis."""

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, time_axis, title_room
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.scale import Scale, last_answers, lines, scale
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import bars, in_words, several_in_words
from helpers.charts.requests.outcomes import apart
from helpers.page import colours, words

LEFT = 62
ALL_ROWS = 384
"""Pixels for the rows of all panels together, and their names."""
NAME = 25
BIGGEST_ROW = 15
NAME_ROOM = 150
LEAST_BRACKET = 4
"""Pixels: half the height of a bracket's ends at least, however thin its row is."""
LENGTH = 11
"""Font size of a block's length."""
Say = Callable[[Sequence[str]], str]


def requests_side_by_side(panels: Sequence[Panel], about: str = "", same_job: bool = False) -> Chart:
    """Draw the requests of two to six runs on one time axis.

    Args:
        about: the path whose slowest request is marked, and told first.
        same_job: they did the same, whatever they asked for: their lengths compare.
    """
    tables = [panel.requests for panel in panels]
    seen_by = "server" if all(panel.seen_by == "server" for panel in panels) else "client"
    names, walls = several_in_words.names(panels), words.seconds_alike([panel.wall for panel in panels])
    named = style.shorten(about, NAME_ROOM, style.TINY, "bold")
    left = max(LEFT, style.text_width(named, style.TINY, "bold") + MARGIN + 12)
    width, reach = axis_for_lengths(panels, walls, last_answers(panels), left)
    widened = any(bars.widened(table, reach.end / width) for table in tables)
    full: Say = partial(several_in_words.with_connections, panels, same_job=same_job)
    short: Say = partial(several_in_words.extremes, panels, same_job=same_job)
    sentence = several_in_words.sentence(panels, same_job, about)
    if about:
        full = short = partial(several_in_words.took_longest, panels, about)
    elif (first := several_in_words.first_bytes(panels)) is not None:
        full = short = partial(several_in_words.first_byte_after, panels, first)
    elif (said := apart(panels)) is not None:
        full = short = said
        sentence = f"{said(names)}. {sentence}"
    title = fitting_title(panels, full, short)
    header = Header(title, _conditions(panels, widened), bars.keys(tables, seen_by))
    each = highs([len(table) for table in tables])
    canvas = Canvas(header.height + sum(each) + (NAME + 6) * len(panels) + 44, sentence)
    header.draw(canvas)

    top = float(header.height + 6)
    for number, (panel, name, wall, high) in enumerate(zip(panels, names, walls, each, strict=True)):
        box = Box(left, top + NAME, width, high)
        axes = _panel(canvas, panel, name, wall, reach, box, last=number == len(panels) - 1)
        if about:
            _mark_slowest(canvas, axes, panel, about, named, reach, box)
        top = box.bottom + 6
    return canvas.chart


def axis_for_lengths(
    panels: Sequence[Panel], walls: Sequence[str], ends: Sequence[float], left: float
) -> tuple[float, Scale]:
    """The width of the plots in pixels, and a time axis with room for the lengths written beside their ends."""
    width = style.width() - left - MARGIN - 6
    room = 18 + max(style.text_width(wall, LENGTH, "bold") for wall in walls)
    room = max([room, *(style.text_width(f"{_said(panel)} →", style.SMALL) + 18 for panel in panels if panel.predict)])
    return width, scale(panels, ends, room=room / (width - room), arrow=0.3)


def highs(counts: Sequence[int]) -> list[float]:
    """How many pixels high each panel is, by its number of rows."""
    most = ALL_ROWS / len(counts) - NAME
    return [min(most, max(40, BIGGEST_ROW * count)) for count in counts]


def _panel(canvas: Canvas, panel: Panel, name: str, wall: str, reach: Scale, box: Box, last: bool) -> Axes:
    table = panel.requests
    remarks = [in_words.answers(table) if len(table) else "no request was seen"]
    name_panel(canvas, panel, name, [*remarks, *([] if panel.outcome == "ok" else [in_words.outcome(panel)])], box)
    axes = canvas.plot(box, name)
    if len(table):
        rows = bars.rows_of(table)
        bars.draw_rows(axes, table, rows, reach.end, box.width, box.height)
        ends = sorted({0, int(rows.max())})
        axes.set_yticks(ends, [f"{row + 1:,}" for row in ends])
    else:
        axes.set_yticks([])
    end_panel(canvas, axes, panel, wall, reach, box, last)
    return axes


def _mark_slowest(canvas: Canvas, axes: Axes, panel: Panel, path: str, named: str, reach: Scale, box: Box) -> None:
    """Name the row of the slowest request for that path, and mark how long it took."""
    found = several_in_words.slowest(panel, path)
    if found is None:
        return
    rows = bars.rows_of(panel.requests)
    row = int(rows[panel.requests.index.get_loc(found.name)])
    axes.set_yticks([row], [named])
    axes.tick_params(axis="y", length=0)
    axes.get_yticklabels()[0].set(size=style.TINY, color=colours.INK, weight="bold")
    mark_stretch(canvas, float(found["start"]), float(found["end"]), row, int(rows.max()) + 1, reach, box)


def mark_stretch(canvas: Canvas, start: float, end: float, row: int, count: int, reach: Scale, box: Box) -> None:
    """A bracket over that time of one of so many rows, with its length where that has room."""
    pixels, high = box.width / reach.end, box.height / count
    left, right = box.left + start * pixels, box.left + end * pixels
    y, half = box.top + (row + 0.5) * high, max(high * 0.4, LEAST_BRACKET)
    canvas.sheet.plot([left, right], [y, y], color=colours.INK, linewidth=1.2, label="marked")
    for x in (left, right):
        canvas.sheet.plot([x, x], [y - half, y + half], color=colours.INK, linewidth=1.2)
    said = words.seconds(end - start)
    if style.text_width(said, style.SMALL, "bold") + 12 < right - left:
        text = canvas.text((left + right) / 2, y, said, weight="bold", ha="center", va="center_baseline")
        text.set_bbox({"facecolor": colours.GROUND, "linewidth": 0, "pad": 1.5})


def name_panel(canvas: Canvas, panel: Panel, name: str, remarks: Sequence[str], box: Box) -> None:
    """Write over a panel what it is, and smaller what is to be said of it."""
    shown = style.shorten(name, box.width * 0.6, style.TEXT, "bold")
    canvas.text(box.left, box.top - 7, shown, size=style.TEXT, weight="bold")
    after = box.left + style.text_width(shown, style.TEXT, "bold") + 12
    canvas.text(
        after, box.top - 7, style.shorten(" · ".join(remarks), style.width() - MARGIN - after, style.SMALL),
        colour=colours.GREY if panel.outcome == "ok" else colours.PROBLEM,
    )  # fmt: skip


def _said(panel: Panel) -> str:
    return f"your guess: {words.guess(panel.predict)}" if panel.predict is not None else ""


def end_panel(canvas: Canvas, axes: Axes, panel: Panel, wall: str, reach: Scale, box: Box, last: bool) -> None:
    """Draw what every panel has, whatever its rows: the block's end, its length and, under the last, the time axis."""
    unit = time_axis(axes, reach.end)
    lines(axes, panel, reach)
    write_lengths(canvas, panel, wall, reach, box)
    if last:
        canvas.under(box, unit)
    else:
        axes.tick_params(axis="x", labelbottom=False)


def write_lengths(canvas: Canvas, panel: Panel, wall: str, reach: Scale, box: Box) -> None:
    """Write the block's length at the right of its end, where nothing else is, and the guess beside it or under it."""
    pixels = box.width / reach.end
    at, middle = box.left + panel.wall * pixels + 8, box.top + box.height / 2
    place, said, aside = at, _said(panel), 0
    if panel.predict is not None and panel.predict in reach.far:
        said = f"{said} →"
    elif panel.predict is not None and panel.predict > panel.wall:
        place = box.left + panel.predict * pixels + 8
    if said and place - at < style.text_width(wall, LENGTH, "bold") + 8:
        # The two would overlap on one line.
        at, aside = place, 8
    canvas.text(at, middle - aside, wall, size=LENGTH, weight="bold", va="center_baseline", halo=True)
    if said:
        canvas.text(place, middle + aside, said, colour=colours.GUESS, va="center_baseline", halo=True)


def fitting_title(panels: Sequence[Panel], full: Say, short: Say) -> str:
    """The finding in full, else with shortened names, else in short: of the shortest and the longest panel only.

    Where even those two names would lose too much of themselves they are left out: the panels carry them.
    """
    named = [style.drawable(name, "bold") for name in several_in_words.names(panels)]
    for width in (1000, 300, 200):
        cut = [style.shorten(name, width, style.TITLE, "bold") for name in named]
        for say in (full, short):
            title = say(cut)
            if style.text_width(title, style.TITLE, "bold") <= title_room():
                return title
    return short([])


def _conditions(panels: Sequence[Panel], widened: bool) -> list[str]:
    libraries = dict.fromkeys(
        name for panel in panels for name in panel.requests["library"].unique() if name != "server"
    )
    observers = dict.fromkeys(panel.seen_by for panel in panels)
    parts = [words.listing(libraries)] if libraries else []
    return [*parts, f"as the {words.listing(observers)} saw it", *([bars.WIDENED] if widened else [])]
