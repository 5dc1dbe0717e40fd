"""What the history keeps of one run: plain data, without the Run that it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Conditions:
    """What surrounds a run and is not the learner's code. Runs are told apart by it, never mixed.

    Attributes:
        python: such as "3.11.7", with the implementation's name in front where it is not CPython.
        machine: such as "Linux x86_64, 2 processors, a1b2c3"; the end tells two machines apart, without their names.
        libraries: the version of each library that a run depends on.
        seeds: the `seed=` values of the run's own requests to the practice API, sorted; empty without requests.
    """

    python: str
    machine: str
    libraries: Mapping[str, str]
    seeds: tuple[int, ...]

    def __hash__(self) -> int:
        """Equal conditions have equal hashes; the libraries, a dictionary, have none of their own."""
        return hash((self.python, self.machine, self.seeds))


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run as the history keeps it.

    Attributes:
        number: its number in the history, which is its order too; 0 as long as it is not stored.
        label: the name given to `measure`.
        when: when the block was opened, with the offset of local time.
        wall, cpu: seconds.
        predict: the learner's guess in seconds, or None.
        outcome: "ok", "error: NameOfTheError" or "interrupted".
        warm_up: drawn in grey and not counted.
        configuration: a short hash over `parts`; runs that share it ran the same code.
        parts: what makes it this configuration: "cell" -> its source, "limit" -> "10" and so on.
        session: one id per kernel process.
        series: one id per call of `trials`, or "".
        chapter: the notebook's file name without its ending, or "".
        who: "" for your own runs, a name for imported ones.
        server: the server's own counters, or None. As in JSON, every key is a text.
    """

    number: int
    label: str
    when: datetime
    wall: float
    cpu: float
    predict: float | None
    outcome: str
    warm_up: bool
    configuration: str
    parts: Mapping[str, str]
    conditions: Conditions
    session: str
    series: str
    chapter: str
    who: str
    server: Mapping[str, object] | None


class Brief(NamedTuple):
    """The little of a run that its rerun's card draws: there may be thousands, and the card must not be waited for."""

    number: int
    wall: float
    outcome: str
    warm_up: bool
    configuration: str
    conditions: Conditions
