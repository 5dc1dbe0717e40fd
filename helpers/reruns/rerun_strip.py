"""The strip of a card: every run under a label as a dot, by its wall time. Drawn as SVG, since a card must not wait."""

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10
from statistics import median

from helpers.page.colours import BLUE, GREY, GRID, GROUND, INK, ORANGE, PROBLEM
from helpers.page.projector import zoom
from helpers.page.words import count, seconds, short_seconds
from helpers.reruns.rerun import Dot, Row

WIDTH = 836
LEFT = 250
"""Pixels for the rows' names."""
RIGHT = 30
ROW = 24
AXIS = 18
APART = 4
"""Pixels between two dots that are drawn; of more at one place, three are drawn, one above the other."""
_LIFTS = (0, -5, 5)
_COLOURS = {"ok": BLUE, "other": "#c9d3df", "warm-up": "#9aa4b1"}


def strip(this: Dot, rows: Sequence[Row]) -> str:
    """The rows, one below the other, on one axis of time that begins at zero. The run stands out in the first."""
    longest = max(wall for row in rows for walls in row.walls.values() for wall in walls)
    across = WIDTH / zoom()
    ticks = _ticks(longest, 5 if zoom() == 1 else 2.5)
    scale = (across - LEFT - RIGHT) / max(longest, ticks[-1])
    height = ROW * len(rows) + AXIS
    drawn = "".join(_row(row, ROW * place + ROW / 2, scale) for place, row in enumerate(rows))
    return (
        f'<svg viewBox="0 0 {across:g} {height}" width="{across:g}" height="{height}" role="img" '
        f'aria-label="{escape(_in_words(this, rows))}" '
        'style="display:block;max-width:100%;height:auto;margin-top:8px;font:12px system-ui,sans-serif">'
        f"{_axis(ticks, scale, ROW * len(rows))}{drawn}{_this(this, LEFT + this.wall * scale, ROW / 2)}</svg>"
    )


def _axis(ticks: Sequence[float], scale: float, bottom: float) -> str:
    lines = "".join(f'<path d="M{LEFT + tick * scale:.1f} 0v{bottom}" stroke="{GRID}"/>' for tick in ticks)
    words = "".join(
        f'<text x="{LEFT + tick * scale:.1f}" y="{bottom + 13}" text-anchor="middle" fill="{GREY}" '
        f'font-size="11">{"0" if tick == 0 else short_seconds(tick)}</text>'
        for tick in ticks
    )
    return lines + words


def _row(row: Row, middle: float, scale: float) -> str:
    """The name with its count, the dots, and a line at the median of those that count."""
    counted = row.walls.get("ok", [])
    name = (
        f'<text x="0" y="{middle + 4}" fill="{INK}">{escape(row.name)}'
        f'<tspan fill="{GREY}"> · {count(len(counted), "run")}</tspan></text>'
    )
    drawn = "".join(_dots(row.walls[kind], kind, middle, scale) for kind in _KINDS if kind in row.walls)
    if len(counted) < 2 or row.mixed:
        return name + drawn
    x = LEFT + median(counted) * scale
    return f'{name}{drawn}<path d="M{x:.1f} {middle - 9}v18" stroke="{INK}" stroke-width="2"/>'


_KINDS = ("other", "warm-up", "problem", "ok")
"""In the order in which they are drawn: those that count lie on top."""


def _dots(walls: Sequence[float], kind: str, middle: float, scale: float) -> str:
    """All dots of a kind as one path of points with round ends: thousands of circles would be slow to show."""
    taken: dict[int, int] = {}
    places = []
    for wall in walls:
        slot = round(wall * scale / APART)
        if (there := taken.get(slot, 0)) < len(_LIFTS):
            taken[slot] = there + 1
            places.append((LEFT + slot * APART if there else LEFT + wall * scale, middle + _LIFTS[there]))
    if kind == "problem":  # hollow
        return "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{GROUND}" stroke="{PROBLEM}" stroke-width="1.4"/>'
            for x, y in places
        )
    path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
    return f'<path d="{path}" stroke="{_COLOURS[kind]}" stroke-width="7" stroke-linecap="round" stroke-opacity=".75"/>'


def _this(dot: Dot, x: float, y: float) -> str:
    """The run itself, larger than the others; hollow where it does not count."""
    fill = ORANGE if dot.kind == "ok" else GROUND
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{fill}" stroke="{ORANGE}" stroke-width="2.5"/>'


def _ticks(longest: float, about: float) -> list[float]:
    """From zero in round steps, about so many of them, to the end or a little less."""
    rough = longest / about
    power = 10.0 ** floor(log10(rough))
    step = min((factor * power for factor in (1, 2, 5, 10) if factor * power >= rough), default=10 * power)
    return [number * step for number in range(max(2, ceil(longest / step - 0.25)))]


def _in_words(this: Dot, rows: Sequence[Row]) -> str:
    said = []
    for row in rows:
        counted = row.walls.get("ok", [])
        middle = f", median {seconds(median(counted))}" if counted and not row.mixed else ""
        said.append(f"{row.name}: {count(len(counted), 'run')}{middle}")
    return f"This run took {seconds(this.wall)}. {'; '.join(said)}."
