"""What stands on and behind the rows of a task timeline: how rows ended, blocks of the loop, replies that waited."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from helpers.charts.canvas.canvas import Key
from helpers.charts.inputs.activity import OUTSIDE, Activity, Pause
from helpers.charts.requests.bars import FAILED
from helpers.charts.tasks.facts import inside
from helpers.charts.tasks.row_heights import Layout
from helpers.charts.tasks.rows import FLATTEST_BLOCK
from helpers.page import colours

CANCELLED = Key("cancelled", colours.INK, marker="s")
PENDING = Key("pending at the end", colours.PROBLEM, marker=">")
REPLY = Key("a reply arrives", colours.INK, marker="v")
ENDS = {"error": FAILED, "cancelled": CANCELLED, "pending": PENDING}

PALE = 0.11
"""How opaque a band is: what lies under it must still be seen."""
STRIPES = 0.45
HELD = Key("the loop is held", "#f9e6e8", thickness=1.5)
"""`colours.PROBLEM` as pale as a band."""
STALL_HATCH, COLLECTION_HATCH = "///", "||||"
STALL = Key("the machine stood still", colours.GROUND, thickness=1.5, hatch=STALL_HATCH, hatched_in="#8b9097")
"""Hatched, as its band is."""
NOTHING_RAN = STALL._replace(meaning="nothing of this process ran")
"""The same, where the system does not tell why."""
COLLECTION = Key("garbage collection", "#eceef0", thickness=1.5, hatch=COLLECTION_HATCH, hatched_in="#a9afb8")
"""Striped, as its band is: the second sign beside the colour."""


def draw_bands(axes: Axes, activity: Activity, pixel: float, over_rows: bool) -> None:
    """A pale band over the whole height of the plot for each blocking step, each garbage collection, and each stall.

    The last two are striped, in two ways.

    ``pixel`` is so many seconds. The bands are seen between the rows; where those leave no room the bands go
    ``over_rows``, at least over those that wait.
    """
    zorder = 2.05 if over_rows else 1.0
    held = [(block.start, block.end) for block in activity.blocks]
    collected = [(pause.start, pause.end) for pause in collections_alone(activity, pixel)]
    colour = [colours.PROBLEM] * len(held) + [colours.GREY] * len(collected)
    if held or collected:
        _add_bands(axes, [*held, *collected], facecolors=colour, alpha=PALE, label="band", zorder=zorder)
    if collected:
        _add_bands(
            axes, collected, facecolors="none", edgecolors=colours.GREY, alpha=STRIPES, hatch=COLLECTION_HATCH,
            label=COLLECTION.meaning, zorder=zorder,
        )  # fmt: skip
    if activity.stalls:
        _add_bands(
            axes, activity.stalls, facecolors="none", edgecolors=colours.INK, alpha=STRIPES, hatch=STALL_HATCH,
            label=stall_key(activity).meaning, zorder=2.05,
        )  # fmt: skip


def stall_key(activity: Activity) -> Key:
    """What the key says of its stalls."""
    return STALL if activity.stalls_told else NOTHING_RAN


def collections_alone(activity: Activity, pixel: float) -> list[Pause]:
    """The garbage collections with a band of their own: those of two pixels or more that no blocking step contains."""
    return [
        pause
        for pause in activity.pauses
        if pause.end - pause.start >= 2 * pixel and not any(inside(pause, block) for block in activity.blocks)
    ]


def _add_bands(axes: Axes, spans: Sequence[tuple[float, float]], **look: Any) -> None:
    corners = np.array([[(x0, 0), (x0, 1), (x1, 1), (x1, 0)] for x0, x1 in spans], dtype=float)
    axes.add_collection(
        PolyCollection(
            list(corners), linewidths=0, antialiaseds=False, transform=axes.get_xaxis_transform(), **look
        ),
        autolim=False,
    )  # fmt: skip


def draw_ends(axes: Axes, activity: Activity, layout: Layout, row_high: float) -> None:
    """A mark at the end of every row that failed, was cancelled, or had not ended."""
    outcome = activity.rows["outcome"].to_numpy(str)
    end = activity.rows["end"].to_numpy(float)
    size = float(np.clip(row_high * 0.62, 3, 8)) ** 2
    for name, key in ENDS.items():
        chosen = outcome == name
        if chosen.any():
            axes.scatter(
                end[chosen], layout.at[chosen], marker=key.marker, s=size, color=key.colour,
                linewidths=0.6 if row_high >= 3 else 0, edgecolors=colours.GROUND, zorder=4, label=key.meaning,
                clip_on=False,
            )  # fmt: skip


def draw_replies(axes: Axes, activity: Activity, layout: Layout, row_high: float) -> None:
    """A small mark over a blocking step for each reply that arrived meanwhile and could not be read."""
    size = float(np.clip(row_high * 0.45, 2.5, 5))
    over = max(0.5, (FLATTEST_BLOCK + size) / 2 / row_high)
    points = [
        (time, layout.at[block.row] - over if block.row != OUTSIDE else -0.5)
        for block in activity.blocks
        for time in block.replies
    ]
    if points:
        x, y = np.array(points, dtype=float).T
        axes.scatter(
            x, y, marker=REPLY.marker, s=size**2, color=REPLY.colour, linewidths=0, zorder=4.5, label=REPLY.meaning,
            clip_on=False,
        )  # fmt: skip
