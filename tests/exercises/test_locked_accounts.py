"""The bank of the exercise about locks: what it notes of a transfer."""

import asyncio
from typing import Any

import pytest

from helpers.exercises.support.locked_accounts import Bank, circle

pytestmark = pytest.mark.unit
THERE_AND_BACK = [("a", "b", 3), ("b", "a", 2)]


async def in_order(bank: Bank, locks: dict[str, asyncio.Lock], source: str, target: str, amount: int) -> None:
    first, second = sorted([source, target])
    async with locks[first], locks[second]:
        await bank.write(source, await bank.read(source) - amount)
        await bank.write(target, await bank.read(target) + amount)


async def as_they_come(bank: Bank, locks: dict[str, asyncio.Lock], source: str, target: str, amount: int) -> None:
    async with locks[source]:
        await bank.read(source)
        async with locks[target]:
            pass


async def one_after_another(bank: Bank, locks: dict[str, asyncio.Lock], source: str, target: str, amount: int) -> None:
    for name, more in ((source, -amount), (target, amount)):
        async with locks[name]:
            await bank.write(name, await bank.read(name) + more)


async def without_locks(bank: Bank, locks: dict[str, asyncio.Lock], source: str, target: str, amount: int) -> None:
    await bank.write(source, await bank.read(source) - amount)


async def if_it_is_free(bank: Bank, locks: dict[str, asyncio.Lock], source: str, target: str, amount: int) -> None:
    async with locks[source]:
        if not locks[target].locked():
            async with locks[target]:
                pass


def served(transfer: Any) -> Bank:
    bank = Bank({"a": 10, "b": 10})
    asyncio.run(bank.serve(transfer, THERE_AND_BACK))
    return bank


def test_one_order_has_no_circle() -> None:
    bank = served(in_order)
    assert bank.balances == {"a": 9, "b": 11} and bank.asked == {("a", "b")}
    assert (bank.hung, bank.without, bank.alone, bank.held, circle(bank.asked)) == (0, [], [], {}, [])


def test_two_that_wait_for_each_other_are_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.exercises.support.locked_accounts.PATIENCE", 0.1)
    bank = served(as_they_come)
    assert bank.hung == 2 and circle(bank.asked) == ["a", "b"] and bank.held == {}


def test_who_holds_one_lock_only_and_who_holds_none() -> None:
    assert set(served(one_after_another).alone) == {"a", "b"}
    assert set(served(without_locks).without) == {"a", "b"}


def test_who_has_seen_that_a_lock_is_free_does_not_wait_for_it() -> None:
    assert served(if_it_is_free).asked == set()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({("a", "b"), ("b", "c")}, []),
        ({("a", "b"), ("b", "c"), ("c", "a")}, ["a", "b", "c"]),
        ({("a", "b"), ("b", "c"), ("c", "b")}, ["b", "c"]),
        (set(), []),
    ],
)
def test_a_circle_is_found_wherever_it_begins(asked: set[tuple[str, str]], found: list[str]) -> None:
    assert circle(asked) == found
