"""Several runs under each other on one time axis."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.scale import Scale, last_answers, lines, scale
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import bars, in_words, several_in_words
from helpers.page import colours, words

LEFT = 62
ALL_ROWS = 384
"""Pixels for the rows of all panels together, and their names."""
NAME = 25
BIGGEST_ROW = 15
LENGTH = 11
"""Font size of a block's length."""
Say = Callable[[Sequence[Panel], Sequence[str]], str]


def requests_side_by_side(panels: Sequence[Panel]) -> Chart:
    """Draw the requests of two to six runs on one time axis."""
    tables = [panel.requests for panel in panels]
    seen_by = "server" if all(panel.seen_by == "server" for panel in panels) else "client"
    names, walls = several_in_words.names(panels), words.seconds_alike([panel.wall for panel in panels])
    width, reach = axis_for_lengths(panels, walls, last_answers(panels))
    widened = any(bars.widened(table, reach.end / width) for table in tables)
    title = fitting_title(panels, several_in_words.comparison, several_in_words.extremes)
    header = Header(title, _conditions(panels, widened), bars.keys(tables, seen_by))
    each = highs([len(table) for table in tables])
    canvas = Canvas(header.height + sum(each) + (NAME + 6) * len(panels) + 44, several_in_words.sentence(panels))
    header.draw(canvas)

    top = float(header.height + 6)
    for left, panel, name, wall, high in zip(range(len(panels) - 1, -1, -1), panels, names, walls, each, strict=True):
        box = Box(LEFT, top + NAME, width, high)
        _panel(canvas, panel, name, wall, reach, box, last=not left)
        top = box.bottom + 6
    return canvas.chart


def axis_for_lengths(panels: Sequence[Panel], walls: Sequence[str], ends: Sequence[float]) -> tuple[float, Scale]:
    """The width of the plots in pixels, and a time axis with room for the lengths written beside their ends."""
    width = style.WIDTH - LEFT - MARGIN - 6
    room = 18 + max(style.text_width(wall, LENGTH, "bold") for wall in walls)
    room = max([room, *(style.text_width(f"{_said(panel)} →", style.SMALL) + 18 for panel in panels if panel.predict)])
    return width, scale(panels, ends, room=room / (width - room), arrow=0.3)


def highs(counts: Sequence[int]) -> list[float]:
    """How many pixels high each panel is, by its number of rows."""
    most = ALL_ROWS / len(counts) - NAME
    return [min(most, max(40, BIGGEST_ROW * count)) for count in counts]


def _panel(canvas: Canvas, panel: Panel, name: str, wall: str, reach: Scale, box: Box, last: bool) -> None:
    table = panel.requests
    remarks = [in_words.answers(table) if len(table) else "no request was seen"]
    name_panel(canvas, panel, name, [*remarks, *([] if panel.outcome == "ok" else [in_words.outcome(panel)])], box)
    axes = canvas.plot(box, name)
    if len(table):
        bars.draw_rows(axes, table, reach.end, box.width, box.height)
        ends = [0] if len(table) == 1 else [0, len(table) - 1]
        axes.set_yticks(ends, [f"{row + 1:,}" for row in ends])
    else:
        axes.set_yticks([])
    end_panel(canvas, axes, panel, wall, reach, box, last)


def name_panel(canvas: Canvas, panel: Panel, name: str, remarks: Sequence[str], box: Box) -> None:
    """Write over a panel what it is, and smaller what is to be said of it."""
    shown = style.shorten(name, box.width * 0.6, style.TEXT, "bold")
    canvas.text(box.left, box.top - 7, shown, size=style.TEXT, weight="bold")
    after = box.left + style.text_width(shown, style.TEXT, "bold") + 12
    canvas.text(
        after, box.top - 7, style.shorten(" · ".join(remarks), style.WIDTH - MARGIN - after, style.SMALL),
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
    room = style.WIDTH - 2 * MARGIN
    for width in (1000, 300, 240, 200):
        cut = [style.shorten(name, width, style.TITLE, "bold") for name in named]
        for say in (full, short):
            title = say(panels, cut)
            if style.text_width(title, style.TITLE, "bold") <= room:
                return title
    return style.shorten(short(panels, []), room, style.TITLE, "bold")


def _conditions(panels: Sequence[Panel], widened: bool) -> list[str]:
    libraries = dict.fromkeys(name for panel in panels for name in panel.requests["library"] if name != "server")
    observers = dict.fromkeys(panel.seen_by for panel in panels)
    parts = [words.listing(libraries)] if libraries else []
    return [*parts, f"as the {words.listing(observers)} saw it", *([bars.WIDENED] if widened else [])]
