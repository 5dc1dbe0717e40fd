"""What a judge draws at random never makes a wrong answer right."""

import random

import pytest

from helpers.exercises.chapters.chapter_02 import answered_and_failed

pytestmark = pytest.mark.unit


def test_a_rounded_share_is_never_the_share_itself() -> None:
    for seed in range(1000):
        answered, failed = answered_and_failed(random.Random(seed))
        everybody = len(answered) + failed
        assert failed >= 5 and len(answered) >= 20
        for in_time in range(1, everybody):
            assert abs(round(in_time / everybody, 2) - in_time / everybody) > 1e-6
