"""Which variant runs when."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple


class Turn(NamedTuple):
    """One call of one variant.

    Attributes:
        round: counted from 1; warm-up rounds have a count of their own.
        variant: its name.
        warm_up: whether it is measured only to be shown.
    """

    round: int
    variant: str
    warm_up: bool

    @property
    def place(self) -> str:
        """Its round, in words."""
        return f"{'warm-up round' if self.warm_up else 'round'} {self.round}"


def plan(variants: Sequence[str], rounds: int, warm_up: int) -> list[Turn]:
    """Put the calls in order: the warm-up rounds first, and each variant once in every round.

    A machine that grows slower while the trials run must slow all variants alike. So each round is shuffled and the
    next one is its reverse: A B, B A. After every second round all variants have had the same average place. The
    order is always the same, so that trials can be repeated exactly.
    """
    return [*_rounds(variants, warm_up, warm_up=True), *_rounds(variants, rounds, warm_up=False)]


def _rounds(variants: Sequence[str], count: int, *, warm_up: bool) -> list[Turn]:
    dice = Random(int(warm_up))
    order, turns = list(variants), []
    for number in range(1, count + 1):
        if number % 2:
            dice.shuffle(order)
        else:
            order.reverse()
        turns += [Turn(number, variant, warm_up) for variant in order]
    return turns
