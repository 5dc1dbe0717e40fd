"""A growing line as a small picture: quick enough to be drawn several times a second."""

from collections.abc import Sequence
from html import escape
from statistics import median

from helpers.page.colours import BLUE, GREY, GROUND, INK
from helpers.page.projector import zoom
from helpers.page.words import count, seconds, seconds_alike

WIDTH, HEIGHT = 860, 250
TOP, BOTTOM = 34, 34
TEXT, TITLE = 15, 18
"""Font sizes in pixels, on a page of any width: to be read from the last row."""
MOST = 1_500
"""So many points at most are drawn: every second, third ... one of more. More than there are pixels show nothing."""


def plot(points: Sequence[tuple[float, float]], name: str) -> str:
    """Points over time, both in seconds, the first of each since the beginning: what they come to, and an SVG.

    ``name`` says what the second one is. All places across are shares of the width: on a narrow page the picture gets
    narrower, and its words stay as large as they are.
    """
    large = zoom()
    end = max([time for time, _ in points], default=1.0) * 1.02 or 1.0
    top = max([value for _, value in points], default=0.1) or 0.1
    step = len(points) // MOST + 1
    dots = "".join(
        f'<circle cx="{1 + time / end * 98:.2f}%" cy="{_height(value / top):.1f}" r="{3.4 * large:.1f}"/>'
        for time, value in points[::step]
    )
    levels = [(_height(share), seconds(share * top) if share else "0") for share in (0.0, 0.5, 1.0)]
    lines = "".join(f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}" stroke="#e8ecf1"/>' for y, _ in levels)
    names = "".join(f'<text x="8" y="{y - 5:.1f}">{level}</text>' for y, level in levels)
    said = escape(_said([value for _, value in points], name))
    return (
        f'<div style="max-width:{WIDTH}px;background:{GROUND};color:{INK};'
        f'font:{TEXT * large:g}px/1.3 system-ui,sans-serif">'
        f'<div style="padding:8px 14px;font-size:{TITLE * large:g}px;font-weight:bold">{said}</div>'
        f'<svg role="img" aria-label="{said}" width="100%" height="{HEIGHT}" style="display:block">{lines}'
        f'<g fill="{BLUE}" fill-opacity="0.65">{dots}</g>'
        f'<g fill="{GREY}" style="paint-order:stroke;stroke:{GROUND};stroke-width:4px">{names}'
        f'<text x="50%" y="{HEIGHT - 9}" text-anchor="middle">when it came</text>'
        f'<text x="99%" y="{HEIGHT - 9}" text-anchor="end">{end:.1f} s</text></g></svg></div>'
    )


def _height(share: float) -> float:
    """The pixel of this share of the greatest value."""
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def _said(values: Sequence[float], name: str) -> str:
    if not values:
        return f"{name}: nothing yet"
    middle, most = seconds_alike([median(values), max(values)])
    return f"{name}: median {middle}, at most {most}, {count(len(values), 'message')}"
