"""A process in which the models are tried: what a kernel does beside its cells would disturb them, and they the kernel.

It is there for as long as the `with` block, and goes with it, also when that is stopped.
"""

import sys
import time
from collections.abc import Sequence
from types import TracebackType

from helpers.servers.child_connection import connect
from helpers.servers.process import ServerProcess

TURN = 0.05
"""Seconds: on Windows the Stop button gets through between two looks at the line only."""
LEAST = 60.0
"""Seconds that every workload may take: to start a pool of processes may take some of them."""
OWN = 0.02
"""Seconds that a call may take beside its wait and its computing."""
SLOWER = 3
"""So many times as long as it should may all of that take, on a machine that has other work."""


def longest(calls: int, wait: float, cpu: float) -> float:
    """Seconds after which a workload is given up: more than all its calls, one after another, on a busy machine."""
    return LEAST + SLOWER * calls * (wait + cpu + OWN)


class ModelProcess:
    """The process, and the connection to it: ``with ModelProcess() as process: process.seconds("threads", ...)``."""

    def __init__(self) -> None:
        self._process = ServerProcess("process of the models", [sys.executable, "-m", "helpers.choosing.model_worker"])

    def __enter__(self) -> "ModelProcess":
        self._line = connect(self._process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._line.close()
        self._process.stop()

    def seconds(self, model: str, urls: Sequence[str], cpu: float, at_once: int, wait: float = 0.0) -> float:
        """Do a workload by a model, and return how long it took.

        Args:
            model: its name.
            urls: an address for each call.
            cpu: seconds to compute with each answer.
            at_once: how many calls may be in flight.
            wait: seconds that each address takes to answer, for the limit only.

        Raises:
            RuntimeError: the calls failed, the process has ended, or it was not done in time and has been ended; the
                message says how.
        """
        within = longest(len(urls), wait, cpu)
        until = time.monotonic() + within
        try:
            self._line.send((model, list(urls), cpu, at_once))
            while not self._line.poll(TURN):
                if time.monotonic() > until:
                    raise self._out_of_time(model, within)
            told = self._line.recv()
        except (EOFError, OSError) as error:
            raise RuntimeError(f"the process of the models has ended.\n{self._process.log_tail()}") from error
        if not isinstance(told, float):
            raise RuntimeError(f"the workload could not be done by {model}:\n{told}")
        return told

    def _out_of_time(self, model: str, within: float) -> RuntimeError:
        tail = self._process.log_tail()
        self._process.stop()
        return RuntimeError(f"{model} was not done within {within:.0f} s, so its process has been ended.\n{tail}")
