"""Watch the jobs of `anyio.to_thread.run_sync`, by which Starlette and FastAPI run functions in threads too.

anyio has worker threads of its own kind, which tell nobody when they begin.
"""

import functools
import sys
from typing import Any

from helpers.recorders.own_frames import out_of_sight
from helpers.recorders.patches import Patches
from helpers.recorders.threads.booked_calls import Calls
from helpers.recorders.threads.jobs import new_job
from helpers.recorders.threads.ledger import Ledger

MODULE = "anyio.to_thread"


def install(patches: Patches, ledger: Ledger) -> list[tuple[Any, Any]]:
    """Hook the function, where anyio is loaded, until ``patches.restore()``.

    Returns it with what stands in for it: modules may hold it under names of their own.
    """
    module = sys.modules.get(MODULE)
    plain: Any = getattr(module, "run_sync", None)
    if plain is None:
        return []

    @functools.wraps(plain)
    async def run_sync(func: Any, *args: Any, **options: Any) -> Any:
        calls = func
        with ledger.guard:
            row = new_job(ledger, func, sys._getframe().f_back)
            if row is not None:
                calls = Calls(func, [row], ledger)
        with out_of_sight:
            return await plain(calls, *args, **options)

    patches.replace(module, "run_sync", run_sync)
    return [(plain, run_sync)]
