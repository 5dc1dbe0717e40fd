"""Several runs under each other on one time axis."""

from collections.abc import Sequence

from helpers.charts import bars, describe, describe_several, style, words
from helpers.charts.chart import Chart
from helpers.charts.panel import Panel
from helpers.charts.paper import MARGIN, WIDENED, Box, Header, Paper, time_axis
from helpers.charts.scale import Scale, lines, scale

LEFT = 62
ALL_ROWS = 384
"""Pixels for the rows of all panels together, and their names."""
NAME = 25
BIGGEST_ROW = 15
LENGTH = 11
"""Font size of a block's length."""


def side_by_side(panels: Sequence[Panel]) -> Chart:
    """Draw two to six runs on one time axis, so that their lengths can be compared by eye.

    Raises ValueError for fewer than two panels or more than six.
    """
    if not 2 <= len(panels) <= 6:
        raise ValueError(f"between 2 and 6 runs fit side by side, not {len(panels)}")
    with style.house():
        return _draw(panels)


def _draw(panels: Sequence[Panel]) -> Chart:
    tables = [panel.requests for panel in panels]
    seen_by = "server" if all(panel.seen_by == "server" for panel in panels) else "client"
    names, walls = describe_several.names(panels), words.seconds_alike([panel.wall for panel in panels])
    width = style.WIDTH - LEFT - MARGIN - 6
    room = 18 + max(style.text_width(wall, LENGTH, "bold") for wall in walls)
    room = max([room, *(style.text_width(f"{_said(panel)} →", style.SMALL) + 18 for panel in panels if panel.predict)])
    reach = scale(panels, room=room / (width - room), arrow=0.3)
    widened = any(bars.widened(table, reach.end / width) for table in tables)
    header = Header(_title(panels), _conditions(panels, widened), bars.keys(tables, seen_by))
    most = ALL_ROWS / len(panels) - NAME
    highs = [min(most, max(40, BIGGEST_ROW * len(table))) for table in tables]
    paper = Paper(header.height + sum(highs) + (NAME + 6) * len(panels) + 44, describe_several.sentence(panels))
    header.draw(paper)

    top = float(header.height + 6)
    for left, panel, name, wall, high in zip(range(len(panels) - 1, -1, -1), panels, names, walls, highs, strict=True):
        box = Box(LEFT, top + NAME, width, high)
        _panel(paper, panel, name, wall, reach, box, last=not left)
        top = box.bottom + 6
    return paper.chart


def _panel(paper: Paper, panel: Panel, name: str, wall: str, reach: Scale, box: Box, last: bool) -> None:
    table = panel.requests
    shown = style.shorten(name, box.width * 0.6, style.TEXT, "bold")
    paper.text(box.left, box.top - 7, shown, size=style.TEXT, weight="bold")
    after = box.left + style.text_width(shown, style.TEXT, "bold") + 12
    remark = " · ".join([describe.answers(table)] if len(table) else ["no request was seen"])
    remark = remark if panel.outcome == "ok" else f"{remark} · {describe.outcome(panel)}"
    paper.text(
        after, box.top - 7, style.shorten(remark, style.WIDTH - MARGIN - after, style.SMALL),
        colour=style.GREY if panel.outcome == "ok" else style.PROBLEM,
    )  # fmt: skip
    axes = paper.plot(box, name)
    if len(table):
        bars.draw_rows(axes, table, reach.end, box.width, box.height)
        ends = [0] if len(table) == 1 else [0, len(table) - 1]
        axes.set_yticks(ends, [f"{row + 1:,}" for row in ends])
    else:
        axes.set_yticks([])
    unit = time_axis(axes, reach.end)
    lines(axes, panel, reach)
    _lengths(paper, panel, wall, reach, box)
    if last:
        paper.under(box, unit)
    else:
        axes.tick_params(axis="x", labelbottom=False)


def _said(panel: Panel) -> str:
    return f"your guess: {words.guess(panel.predict)}" if panel.predict is not None else ""


def _lengths(paper: Paper, panel: Panel, wall: str, reach: Scale, box: Box) -> None:
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
    paper.text(at, middle - aside, wall, size=LENGTH, weight="bold", va="center_baseline", halo=True)
    if said:
        paper.text(place, middle + aside, said, colour=style.GUESS, va="center_baseline", halo=True)


def _title(panels: Sequence[Panel]) -> str:
    """The finding in full, else with shortened names, else of the shortest and the longest panel only."""
    named = [style.drawable(name) for name in describe_several.names(panels)]
    room = style.WIDTH - 2 * MARGIN
    for short in (1000, 160, 120):
        cut = [style.shorten(name, short, style.TITLE, "bold") for name in named]
        for say in (describe_several.comparison, describe_several.extremes):
            title = say(panels, cut)
            if style.text_width(title, style.TITLE, "bold") <= room:
                return title
    return style.shorten(title, room, style.TITLE, "bold")


def _conditions(panels: Sequence[Panel], widened: bool) -> list[str]:
    libraries = dict.fromkeys(name for panel in panels for name in panel.requests["library"] if name != "server")
    seen = dict.fromkeys(panel.seen_by for panel in panels)
    parts = [words.listing(libraries)] if libraries else []
    return [*parts, f"as the {words.listing(seen)} saw it", *([WIDENED] if widened else [])]
