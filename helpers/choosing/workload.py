"""A piece of work as the choice between the models sees it."""

from dataclasses import dataclass
from math import ceil
from typing import Literal, get_args

from helpers.page.checked import check_choice, check_number
from helpers.page.words import count, percent, seconds

Library = Literal["both", "sync", "async"]
Framework = Literal["script", "notebook", "wsgi", "asgi"]

MOST_CALLS = 100_000


@dataclass(frozen=True)
class Workload:
    """So many calls, each of which waits and then computes.

    Attributes:
        wait: seconds that a call waits for somebody else, such as a server or a disk.
        cpu: seconds that your own code then computes with the answer.
        calls: how many calls there are, all known at the start.
        concurrency: how many of them may be in flight at once, because somebody else says so.
        rate: calls that arrive per second instead, for ever; None for a batch.
        library: whether there is a library for these calls that blocks ("sync"), one to await ("async"), or both.
        framework: where the code lives: a "script", a "notebook", or a page of a web server that speaks WSGI or ASGI.
    """

    wait: float
    cpu: float
    calls: int
    concurrency: int
    rate: float | None
    library: Library
    framework: Framework

    def __post_init__(self) -> None:
        plain: dict[str, float] = {
            "wait": check_number("wait", self.wait, 0, 60, "seconds"),
            "cpu": check_number("cpu", self.cpu, 0, 60, "seconds"),
            "calls": check_number("calls", self.calls, 1, MOST_CALLS, whole=True),
            "concurrency": check_number("concurrency", self.concurrency, 1, MOST_CALLS, whole=True),
        }
        if self.rate is not None:
            plain["rate"] = check_number("rate", self.rate, 0.01, 10_000, "calls a second")
        for name, number in plain.items():
            object.__setattr__(self, name, number)  # it is frozen
        check_choice("library", self.library, get_args(Library))
        check_choice("framework", self.framework, get_args(Framework))
        if self.wait + self.cpu == 0:
            raise ValueError("a call that neither waits nor computes needs no model: give wait or cpu, in seconds")

    @property
    def rounds(self) -> int:
        """How many rounds of calls there are, when as many are in flight as may be."""
        return ceil(self.calls / self.concurrency)

    def __str__(self) -> str:
        parts = [
            f"{seconds(self.wait)} of waiting" if self.wait else "",
            f"{seconds(self.cpu)} of CPU" if self.cpu else "",
        ]
        each = " and ".join(filter(None, parts))
        if self.rate is not None:
            return f"{self.rate:,g} calls a second, each {each}"
        limit = "" if self.concurrency >= self.calls else f", at most {self.concurrency:,} in flight"
        return f"{count(self.calls, 'call')}, each {each}{limit}"

    @property
    def wait_share(self) -> str:
        """The share of a call that is waiting, as people read it."""
        return percent(self.wait / (self.wait + self.cpu))
