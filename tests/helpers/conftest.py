"""What the tests of the helpers share."""

import gc

import pytest

from helpers import practice_api
from helpers.servers.practice_api import PracticeAPI


@pytest.fixture(scope="module", autouse=True)
def _no_garbage_in_what_is_loaded() -> None:
    """Many tests collect garbage, and a run of all of them has loaded so much that each time would take a tenth of a
    second of computing: what is there before a file's first test is left out of it.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def api() -> PracticeAPI:
    """The practice API with its counters at zero. Its process lives on from test to test, as in a kernel."""
    api = practice_api()
    api.reset()
    return api
