"""Runs a program in a measured block, and asks the servers what they saw of it."""

import asyncio
import inspect
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logs import BESIDE, Arrived, Hold, Seen, of_practice_api, settled
from own_server import OwnServer
from program import Program

from helpers import measure
from helpers.runs import Run
from helpers.servers.practice_api import PracticeAPI


@dataclass(frozen=True)
class Room:
    """What a program is given, each by the name of its parameter."""

    api: PracticeAPI
    own: OwnServer
    folder: Path

    def given(self, program: Program, block: Any) -> dict[str, Any]:
        """The arguments that its function asks for."""
        offered = vars(self) | {"block": block, "arrived": Arrived(self.api)}
        return {name: offered[name] for name in inspect.signature(program.function).parameters}


@dataclass(frozen=True)
class Truth:
    """What the servers saw of a block.

    ``rows`` are the requests of the block, ``total`` the practice API's counts, of all its clients; ``beside`` says
    whether others asked it meanwhile.
    """

    rows: list[Seen]
    total: dict[str, Any]
    beside: bool


def run(program: Program, room: Room) -> tuple[Run, Truth]:
    """Run it once. Returns what the recorder says, and what is true."""
    settled(room.api)
    room.api.reset()
    before = len(room.own.log)
    block = block_of(program)
    given = room.given(program, block)
    if inspect.iscoroutinefunction(program.function):
        done = asyncio.run(_by_itself(program, given) if "block" in given else _inside(program, given, room.api))
    elif "block" in given:
        done = program.function(**given)
    else:
        done = _inside_plain(program, given, room.api)
    told = settled(room.api)
    rows = of_practice_api(told)
    others = [row for row in rows if f"client={BESIDE}" in row.target]
    own = [row for row in room.own.log[before:] if f"client={BESIDE}" not in row.target]
    return done, Truth([row for row in rows if row not in others] + own, told["total"], bool(others))


def block_of(program: Program) -> measure:
    """A block under the program's name. What its code depends on is not read: that would be the whole truth table."""
    return measure(program.name).about(nothing)


def nothing() -> None:
    """Depends on no other code."""


async def _by_itself(program: Program, given: dict[str, Any]) -> Run:
    done: Run = await program.function(**given)
    return done


async def _inside(program: Program, given: dict[str, Any], api: PracticeAPI) -> Run:
    hold = Hold(api, program.peak)
    with suppress(program.raises or ()), block_of(program) as done:
        hold.begin()
        await program.function(**given)
    return done


def _inside_plain(program: Program, given: dict[str, Any], api: PracticeAPI) -> Run:
    hold = Hold(api, program.peak)
    with suppress(program.raises or ()), block_of(program) as done:
        hold.begin()
        program.function(**given)
    return done
