"""The names that the notebooks use. Importing them starts, patches and draws nothing.

Each is fetched from its room as it is first asked for. So a server or a worker, which is a process of its own and needs
one room, does not wait for all the others.
"""

from importlib import import_module
from typing import Any

_ROOMS = {
    "arrivals": "helpers.probes.arrivals",
    "bridges": "helpers.costs.bridges",
    "chat_panel": "helpers.realtime.chat_panel",
    "check": "helpers.exercises",
    "choose": "helpers.exercises",
    "closed_loop": "helpers.load.closed_loop",
    "compare": "helpers.reruns.compare",
    "delivered": "helpers.realtime.delivered",
    "delivery": "helpers.realtime.delivery",
    "draw_steps": "helpers.probes.own_loop",
    "expect": "helpers.page.expected_error",
    "explore": "helpers.knobs.explore",
    "export": "helpers.reruns.manage_history",
    "forget": "helpers.reruns.manage_history",
    "heartbeat": "helpers.probes.heartbeat",
    "hint": "helpers.exercises",
    "history": "helpers.reruns.manage_history",
    "import_runs": "helpers.reruns.manage_history",
    "knee": "helpers.load.load_charts",
    "latency": "helpers.runs",
    "latency_over_time": "helpers.load.load_charts",
    "live_plot": "helpers.realtime.live_plot",
    "measure": "helpers.runs",
    "noise": "helpers.reruns.noise",
    "on_selector_loop": "helpers.servers.postgres.selector_loop",
    "open_loop": "helpers.load.open_loop",
    "order": "helpers.exercises",
    "practice_api": "helpers.servers.practice_api",
    "predictions": "helpers.reruns.predictions",
    "price_of_threads": "helpers.costs.waiting_price",
    "price_of_waiting": "helpers.costs.waiting_price",
    "progress": "helpers.exercises",
    "projector": "helpers.page.projector",
    "queue_length": "helpers.probes.queue_length",
    "queue_lengths": "helpers.probes.queue_length",
    "recommend": "helpers.choosing.recommend",
    "side_by_side": "helpers.runs",
    "solution": "helpers.exercises",
    "sweep": "helpers.load.closed_loop",
    "trials": "helpers.repeated_trials.trials",
    "typical": "helpers.reruns.typical",
    "when_to_use": "helpers.choosing.when_to_use",
}

__all__ = list(_ROOMS)


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_ROOMS[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
