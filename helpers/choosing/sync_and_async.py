"""Sync and async in Django, side by side: what chapter 12 has measured, as one table."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from helpers.page.colours import CODE_GROUND, EDGE, GROUND, INK
from helpers.page.projector import sized
from helpers.page.words import seconds
from helpers.runs import Run

if TYPE_CHECKING:
    import pandas

STYLE = f"background:{GROUND};color:{INK};border-collapse:collapse;font-size:13px;line-height:1.45"
CELL = f"text-align:left;vertical-align:top;padding:8px 12px;border:1px solid {EDGE};white-space:normal"
HEAD = f"{CELL};background:{CODE_GROUND}"


@dataclass(frozen=True)
class SyncAndAsync:
    """What the chapter's experiments have shown. As the last line of a cell it shows itself as a table.

    Attributes:
        bursts: the same page asked for many times at once, by the name of server and view.
        neighbours: slow pages beside small ones; `worst` has the longest wait for a small one, in seconds, by label.
        ways: one page that needs ten answers, by the way it asks for them.
        orm: one page of ten slow queries, by view.
        spent: processor time of a request, in milliseconds, by kind of server and middleware.
        lists: the runs of the plain page, with the columns variant, wall and warm_up.
    """

    bursts: Mapping[str, Run]
    worst: Mapping[str, float]
    ways: Mapping[str, Run]
    orm: Mapping[str, Run]
    spent: Mapping[str, Mapping[str, float]]
    lists: "pandas.DataFrame"

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """The table: what, sync, async. Every number comes from a run."""
        burst = {name: seconds(run.wall) for name, run in self.bursts.items()}
        worst = {name: seconds(wait) for name, wait in self.worst.items()}
        way = {name: seconds(run.wall) for name, run in self.ways.items()}
        ten = {name: seconds(run.wall) for name, run in self.orm.items()}
        cpu = {(kind, name): seconds(ms / 1000) for kind, costs in self.spent.items() for name, ms in costs.items()}
        counted = self.lists[~self.lists["warm_up"]]
        page = {name: seconds(median(runs["wall"])) for name, runs in counted.groupby("variant")}
        return [
            (
                "Request handling",
                f"WSGI: a thread for each request. The burst took {burst['WSGI, 1 thread']} on one thread, "
                f"{burst['WSGI, 8 threads']} on eight.",
                f"ASGI: a task for each request. The burst took {burst['ASGI, async def']}; without Django "
                f"{burst['aiohttp.web, no Django']}.",
            ),
            (
                "View functions",
                f"def. Under ASGI it gets a thread of its own, with no limit set: {burst['ASGI, def']}.",
                f"async def. With a blocking call in it, everyone waits: {burst['ASGI, async def that blocks']}.",
            ),
            (
                "Blocking I/O",
                f"Holds its thread. A neighbour waited up to {worst['def, 1 thread']} for the only thread, "
                f"{worst['def, 8 threads']} where there were eight.",
                f"Holds the loop. A neighbour waited up to {worst['async def that blocks']}; beside an awaited call "
                f"{worst['async def']}.",
            ),
            (
                "Ten calls for one page",
                f"One by one {way['one-by-one']}. In threads {way['threads']}; by async_to_sync and gather "
                f"{way['bridged']}.",
                f"Gathered {way['gathered']}. By sync_to_async {way['adapted']}, one thread; with "
                f"thread_sensitive=False {way['adapted-apart']}.",
            ),
            (
                "Database",
                f"The ORM as it is; ten slow queries overlap only in threads of their own, each with a "
                f"connection ({ten['ten-apart']}).",
                f"aget and its like: the same thread behind them. Ten slow queries, gathered: {ten['ten']}.",
            ),
            (
                "Middleware",
                f"The usual seven: {cpu['WSGI', 'the seven']} of processor time a request instead of "
                f"{cpu['WSGI', 'none']}.",
                f"The usual seven: {cpu['ASGI', 'the seven']} instead of {cpu['ASGI', 'none']}; a single sync one "
                f"{cpu['ASGI', 'one, sync only']}.",
            ),
            (
                "Use cases",
                f"Pages and forms from the database, the admin, internal tools. Ten lists took "
                f"{page['list: def, WSGI']}.",
                f"Pages that wait for several others, streams, long waits by the hundred. Ten lists took "
                f"{page['list: async def, ASGI']}.",
            ),
            (
                "Libraries",
                "requests, psycopg, the ORM, and what was written for it.",
                "aiohttp, httpx, Channels for WebSockets; what is sync needs sync_to_async.",
            ),
        ]

    def __repr__(self) -> str:
        return "\n".join(f"{what}: sync: {sync} async: {other}" for what, sync, other in self.rows)

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col" style="{HEAD}">{head}</th>' for head in ("What", "Sync", "Async"))
        rows = "".join(
            f'<tr style="background:{GROUND}"><th scope="row" style="{HEAD}">{html.escape(what)}</th>'
            f'<td style="{CELL}">{html.escape(sync)}</td><td style="{CELL}">{html.escape(other)}</td></tr>'
            for what, sync, other in self.rows
        )
        return f'<table style="{STYLE};{sized(1000)}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
