"""The workshop's own process: it does workloads by one model or another, and says how long each took.

python -m helpers.choosing.workshop_process
"""

import asyncio
import inspect
import secrets
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Listener
from time import perf_counter

from helpers.servers.process import exit_with_parent, say_ready


def main() -> None:
    """Listen for one caller, and do what it sends until it hangs up."""
    exit_with_parent()
    # Imports and the machine's speed belong to no model: made ready here, they are not in what the first run takes.
    # Not at the top of the file: each worker of a pool reads the file, and needs neither aiohttp nor the models.
    from helpers.choosing.waiting_models import MODELS, Job
    from helpers.choosing.work import turns_a_second

    turns_a_second()

    def seconds(model: str, urls: Sequence[str], cpu: float, at_once: int) -> float:
        job = Job(urls, round(cpu * turns_a_second()), at_once)
        began = perf_counter()
        done = MODELS[model](job)
        if inspect.iscoroutine(done):
            asyncio.run(done)
        return perf_counter() - began

    key = secrets.token_bytes(16)
    with Listener(("127.0.0.1", 0), authkey=key) as listener:
        say_ready(port=listener.address[1], key=key.hex())
        with listener.accept() as line:
            while True:
                try:
                    workload = line.recv()
                except EOFError:
                    return
                try:
                    line.send(seconds(*workload))
                except Exception:
                    line.send(traceback.format_exc())


if __name__ == "__main__":
    main()
