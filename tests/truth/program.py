"""A program of the truth table, and what is known of it that no server's log can tell."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Program:
    """A few lines as a learner writes them, plain or `async`, and what they do beyond their requests.

    A parameter of its function called ``block`` is a block that the program opens by itself; without it all of the
    program runs in one.

    Attributes:
        function: is given what it has parameters for: see `blocks.Room`.
        libraries: which of its requests are told, separated by spaces; ``server`` for those that no client recorded.
        requests: how many arrive at the servers; None where that is left to chance.
        peak: how many are in flight at once. The practice API then holds all answers back until they are.
        tasks, jobs, threads: how many rows of these kinds there are beside the block's own; None where the recorder
            promises nothing.
        raises: what ends the block.
        errors: the names of the requests' errors; ``"*"`` for one of any name.
        lost: how many requests were tried and arrived nowhere, such as refused ones.
        perhaps_lost: how many more of them there may be, since a slow machine gives up before it has asked.
        elsewhere: how many went to a server that keeps no log.
        unread: whether it leaves bodies unread, so that a server may end its work later than the client.
    """

    function: Callable[..., Any]
    libraries: str = ""
    requests: int | None = None
    peak: int | None = None
    tasks: int | None = 0
    jobs: int | None = 0
    threads: int | None = 0
    raises: type[BaseException] | None = None
    errors: tuple[str, ...] = ()
    lost: int = 0
    perhaps_lost: int = 0
    elsewhere: int = 0
    unread: bool = False

    @property
    def name(self) -> str:
        """What its block is called."""
        return self.function.__name__.replace("_", " ")

    @property
    def outcome(self) -> str:
        """How its block ends, as `Run.outcome` has it."""
        if self.raises is None:
            return "ok"
        if issubclass(self.raises, KeyboardInterrupt | asyncio.CancelledError):
            return "interrupted"
        return f"error: {self.raises.__name__}"


class Table(list[Program]):
    """Programs of one kind."""

    def add(self, **known: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make the decorated function one of the table; ``known`` are the attributes of its `Program`."""

        def listed(function: Callable[..., Any]) -> Callable[..., Any]:
            self.append(Program(function, **known))
            return function

        return listed
