"""The process in which the models are tried: it does workloads by one model or another, and says how long each took.

python -m helpers.choosing.model_worker
"""

import asyncio
import inspect
import traceback
from collections.abc import Sequence
from time import perf_counter

from helpers.servers.child_connection import orders


def main() -> None:
    """Listen for one caller, and do what it sends until it hangs up."""
    with orders(_get_ready) as line:
        while True:
            try:
                workload = line.recv()
            except EOFError:
                return
            try:
                line.send(_seconds(*workload))
            except Exception:
                line.send(traceback.format_exc())


def _get_ready() -> None:
    # Imports and the machine's speed belong to no model: made ready here, they are not in what the first run takes.
    # Not at the top of the file: each worker of a pool reads the file, and needs neither aiohttp nor the models.
    import helpers.choosing.waiting_models
    import helpers.choosing.work

    helpers.choosing.work.turns_a_second()


def _seconds(model: str, urls: Sequence[str], cpu: float, at_once: int) -> float:
    from helpers.choosing.waiting_models import MODELS, Job
    from helpers.choosing.work import turns_a_second

    job = Job(urls, round(cpu * turns_a_second()), at_once)
    began = perf_counter()
    done = MODELS[model](job)
    if inspect.iscoroutine(done):
        asyncio.run(done)
    return perf_counter() - began


if __name__ == "__main__":
    main()
