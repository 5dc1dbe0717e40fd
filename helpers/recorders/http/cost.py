"""What it costs to record one request, measured once on this machine."""

from collections.abc import Callable
from functools import cache
from typing import Any

from helpers.recorders.guard import Guard
from helpers.recorders.http.hook import Original, hook
from helpers.recorders.http.request_record import PHASES, RequestRecord
from helpers.recorders.patches import Patches
from helpers.recorders.processor_time import cost_clock
from helpers.recorders.task_row import OUTSIDE

TRIALS, ROUNDS = 200, 3


class _Client:
    """Does nothing, in as many calls as the clients make that are hooked: one a phase, and one at the end."""

    def call(self) -> None:
        pass


@cache
def cost_per_request() -> float:
    """Seconds, by `cost_clock`: a record, a hooked call at the start of each phase, and one at the end."""
    guard, patches, records = Guard("nothing"), Patches(), list[RequestRecord]()

    def wrapper(original: Original, client: Any) -> Any:
        with guard:
            records[-1].enter("waiting")
        return original(client)

    def recorded(client: _Client) -> None:
        records.append(RequestRecord("none", "GET", "http://127.0.0.1/", OUTSIDE))
        plain(client)
        records[-1].finish()

    def plain(client: _Client) -> None:
        for _ in range(len(PHASES) + 1):
            client.call()

    bare = min(_seconds(plain) for _ in range(ROUNDS))
    hook(patches, guard, _Client, "call", wrapper)
    try:
        hooked = min(_seconds(recorded) for _ in range(ROUNDS))
    finally:
        patches.restore()
    return max(hooked - bare, 0.0) / TRIALS


def _seconds(request: Callable[[_Client], None]) -> float:
    client, began = _Client(), cost_clock()
    for _ in range(TRIALS):
        request(client)
    return cost_clock() - began
