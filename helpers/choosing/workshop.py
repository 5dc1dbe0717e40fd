"""A process in which the models are tried: what a kernel does beside its cells would disturb them, and they the kernel.

It is there for as long as the `with` block, and goes with it, also when that is stopped.
"""

import sys
from collections.abc import Sequence
from multiprocessing.connection import Client, Connection
from types import TracebackType

from helpers.servers.process import ServerProcess

TURN = 0.05
"""Seconds: on Windows the Stop button gets through between two looks at the line only."""


class Workshop:
    """The process, and the line to it: ``with Workshop() as workshop: workshop.seconds("threads", urls, 0.01, 10)``."""

    def __init__(self) -> None:
        self._process = ServerProcess("workshop", [sys.executable, "-m", "helpers.choosing.workshop_process"])
        self._line: Connection[object, object] | None = None

    def __enter__(self) -> "Workshop":
        try:
            facts = self._process.start()
            self._line = Client(("127.0.0.1", facts["port"]), authkey=bytes.fromhex(facts["key"]))
        except BaseException:
            self._process.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.close()
        self._process.stop()

    def seconds(self, model: str, urls: Sequence[str], cpu: float, at_once: int) -> float:
        """Do a workload by a model, and return how long it took.

        Args:
            model: its name.
            urls: an address for each call.
            cpu: seconds to compute with each answer.
            at_once: how many calls may be in flight.

        Raises:
            RuntimeError: the calls failed, or the process has ended; the message says how.
        """
        assert self._line is not None
        try:
            self._line.send((model, list(urls), cpu, at_once))
            while not self._line.poll(TURN):
                pass
            told = self._line.recv()
        except (EOFError, OSError) as error:
            raise RuntimeError(f"the workshop has ended.\n{self._process.log_tail()}") from error
        if not isinstance(told, float):
            raise RuntimeError(f"the workload could not be done by {model}:\n{told}")
        return told
