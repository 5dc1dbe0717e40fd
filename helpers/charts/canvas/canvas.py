"""A chart laid out by the pixel: where its title, its key and its plots go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import linear_ticks
from helpers.charts.canvas.characters import families, written
from helpers.charts.canvas.chart import Chart
from helpers.page import colours

MARGIN = 14
TITLE_LINE, LINE = 20, 19
BETWEEN_KEYS = 16


def title_room() -> float:
    """Pixels that a title may take in all: two lines, of which a little stays empty, since they end with a word."""
    return 1.8 * (style.width() - 2 * MARGIN)


class Box(NamedTuple):
    """Where a plot is, in pixels from the upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


class Key(NamedTuple):
    """One entry of a chart's key: a swatch of some thickness, a line with its dashes, or a mark such as a cross.

    A swatch may be hatched, as matplotlib has it, in another colour than its own.
    """

    meaning: str
    colour: str
    thickness: float = 1.0
    marker: str = ""
    dashes: tuple[float, float] | None = None
    hatch: str = ""
    hatched_in: str = colours.GROUND

    @property
    def line(self) -> "str | tuple[float, tuple[float, float]]":
        """The line's style, as matplotlib has it."""
        return (0, self.dashes) if self.dashes else "-"

    @property
    def width(self) -> float:
        return 22 + style.text_width(self.meaning, style.SMALL)


@dataclass
class Header:
    """The top of a chart: its finding, its conditions (parts that wrap into further lines) and its key."""

    title: str
    conditions: Sequence[str]
    keys: Sequence[Key]

    def __post_init__(self) -> None:
        room = style.width() - 2 * MARGIN
        self._titles = style.wrap(self.title, room, style.TITLE, "bold")
        self._lines = _wrapped([style.drawable(part) for part in self.conditions], room)
        widths = [style.text_width(line, style.TITLE, "bold") for line in self._titles]
        widths += [style.text_width(line, style.TEXT) for line in self._lines]
        self._key_lines = _key_lines(self.keys, room)
        width = _keys_width(self.keys)
        # The key stands at the right of the first line that leaves it room, else on a line, or lines, of its own.
        free = [number for number, taken in enumerate(widths) if taken + 40 + width <= room]
        self._keys_at = free[0] if free else len(widths)
        self._keys_left = MARGIN if not free else style.width() - MARGIN - width
        lines = max(len(widths), self._keys_at + len(self._key_lines))
        self.height = self._baseline(lines - 1) + 14

    def draw(self, canvas: "Canvas") -> None:
        """Put the header onto the canvas."""
        for number, line in enumerate(self._titles):
            canvas.text(MARGIN, self._baseline(number), line, size=style.TITLE, weight="bold")
        for number, line in enumerate(self._lines, start=len(self._titles)):
            canvas.text(MARGIN, self._baseline(number), line, size=style.TEXT, colour=colours.GREY)
        for number, keys in enumerate(self._key_lines, start=self._keys_at):
            x = self._keys_left
            for key in keys:
                canvas.key(x, self._baseline(number) - 4, key)
                x += key.width + BETWEEN_KEYS

    def _baseline(self, line: int) -> float:
        last_title = len(self._titles) - 1
        under = line - last_title
        return MARGIN + 14 + min(line, last_title) * TITLE_LINE + (under * LINE + 6 if under > 0 else 0)


def _keys_width(keys: Sequence[Key]) -> float:
    return sum(key.width for key in keys) + BETWEEN_KEYS * max(len(keys) - 1, 0)


def _key_lines(keys: Sequence[Key], room: float) -> list[list[Key]]:
    """The keys on as many lines as they need."""
    lines: list[list[Key]] = []
    for key in keys:
        if lines and _keys_width([*lines[-1], key]) <= room:
            lines[-1].append(key)
        else:
            lines.append([key])
    return lines


def _wrapped(parts: Sequence[str], room: float) -> list[str]:
    """The parts joined by dots, on as many lines as they need; one that is too long for a line loses its middle."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and style.text_width(longer, style.TEXT) <= room:
            lines[-1] = longer
        else:
            lines.append(style.shorten(part, room, style.TEXT))
    return lines


class Canvas:
    """A chart with a sheet of pixel coordinates over it, for everything that is not data."""

    def __init__(self, height: float, sentence: str, note: str = "") -> None:
        self.chart = Chart(height, sentence, note)
        self.height = height
        self.sheet = self.chart.add_axes((0, 0, 1, 1), label="canvas")
        self.sheet.set(xlim=(0, style.width()), ylim=(height, 0), zorder=5)
        self.sheet.patch.set_alpha(0)
        self.sheet.axis("off")

    def plot(self, box: Box, label: str) -> Axes:
        """An empty plot at that place, with nothing but a line at its left and its foot."""
        axes = self.chart.add_axes(
            (
                box.left / style.width(),
                1 - box.bottom / self.height,
                box.width / style.width(),
                box.height / self.height,
            ),
            label=label,
        )
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=style.SMALL, labelcolor=colours.GREY, color=colours.FAINT, length=3)
        axes.set_axisbelow(True)
        return axes

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = style.SMALL,
        colour: str = colours.INK,
        weight: Literal["normal", "bold"] = "normal",
        ha: Literal["left", "center", "right"] = "left",
        va: Literal["baseline", "center_baseline"] = "baseline",
        halo: bool = False,
        family: str = style.FONT,
    ) -> Text:
        """Write at that pixel; a halo keeps the words readable over bars and lines."""
        said, fonts = written(words, family, weight), families(family)
        text = self.sheet.text(x, y, said, size=size, color=colour, weight=weight, ha=ha, va=va, family=fonts)
        if halo:
            text.set_path_effects([withStroke(linewidth=3, foreground=colours.GROUND)])
        return text

    def key(self, x: float, y: float, key: Key) -> None:
        """Draw one entry of the key, its swatch centred at that height."""
        if key.marker:
            self.sheet.scatter(x + 7, y, marker=key.marker, s=36, color=key.colour, linewidths=0)
        elif key.hatch:
            high = 7 * key.thickness
            self.sheet.add_patch(
                Rectangle(
                    (x, y - high / 2), 15, high, facecolor=key.colour, edgecolor=key.hatched_in, hatch=key.hatch,
                    linewidth=0,
                )
            )  # fmt: skip
        else:
            wide = 7 * key.thickness
            self.sheet.plot([x, x + 15], [y, y], color=key.colour, lw=wide, ls=key.line, solid_capstyle="butt")
        self.text(x + 21, y + 4, key.meaning)

    def over(self, y: float, labels: Sequence[tuple[float, Text]], box: Box) -> None:
        """Centre labels over their pixels, side by side where they would overlap, all within the canvas."""
        if not labels:
            return
        ordered = sorted(labels, key=lambda label: label[0])
        halves = [text.get_window_extent().width / 2 for _, text in ordered]
        places = [max(x, box.left - 6 + half) for (x, _), half in zip(ordered, halves, strict=True)]
        for number in range(1, len(places)):
            places[number] = max(places[number], places[number - 1] + halves[number - 1] + halves[number] + 12)
        edge: float = style.width() - MARGIN
        for number in reversed(range(len(places))):
            places[number] = min(places[number], edge - halves[number])
            edge = places[number] - halves[number] - 12
        for (_, text), place in zip(ordered, places, strict=True):
            text.set(position=(place, y), ha="center")

    def number_rows(self, axes: Axes, box: Box, positions: Sequence[float], rows: str) -> None:
        """Number the rows at these positions at a few places; ``rows`` names them, such as "requests, by start"."""
        count = len(positions)
        ticks = MaxNLocator(nbins=6, integer=True).tick_values(1, count)
        numbers = [1, *(int(tick) for tick in ticks if max(1, count * 0.06) < tick < count * 0.94), count]
        axes.set_yticks([positions[number - 1] for number in numbers], [f"{number:,}" for number in numbers])
        side = self.text(MARGIN + 8, box.top + box.height / 2, f"{count:,} {rows}", colour=colours.GREY)
        side.set(rotation=90, ha="center", va="center")

    def under(self, box: Box, unit: str, remark: str = "") -> None:
        """Name the time axis under the plot, with a remark on how the plot is drawn at its right."""
        y, middle = box.bottom + 36, box.left + box.width / 2
        name = f"time since the block opened, {unit}"
        if remark:
            right = style.width() - MARGIN
            self.text(right, y, remark, size=style.TINY, colour=colours.GREY, ha="right")
            free = right - style.text_width(remark, style.TINY) - 20
            middle = min(middle, free - style.text_width(name, style.SMALL) / 2)
        self.text(middle, y, name, colour=colours.GREY, ha="center")


def time_axis(axes: Axes, end: float) -> str:
    """Make the plot's x axis one of time from 0 to ``end`` seconds. Returns its unit, ``"ms"`` or ``"s"``."""
    unit, scale = ("s", 1.0) if end >= 1 else ("ms", 1000.0)
    axes.set_xlim(0, end)
    linear_ticks(axes.xaxis, 9, lambda value: f"{round(value * scale, 9):,g}")
    axes.grid(axis="x", color=colours.GRID, linewidth=0.8)
    return unit
