"""What the tests of the helpers share."""

import gc
import socket
from collections.abc import Iterator

import pytest

from helpers import practice_api, projector
from helpers.servers.practice_api import PracticeAPI


def _has_twin() -> bool:
    """Whether this machine has the address ::1. Some containers do not."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


collect_ignore = [] if _has_twin() else ["test_practice_api_twin.py"]


@pytest.fixture(scope="module", autouse=True)
def _no_garbage_in_what_is_loaded() -> None:
    """Many tests collect garbage, and a run of all of them has loaded so much that each time would take a tenth of a
    second of computing: what is there before a file's first test is left out of it.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(params=["usual size", "for a projector"])
def any_size(request: pytest.FixtureRequest) -> Iterator[None]:
    """Once with charts and cards as they are, and once as after `projector()`."""
    projector(request.param == "for a projector")
    yield
    projector(False)


@pytest.fixture
def api() -> PracticeAPI:
    """The practice API with its counters at zero. Its process lives on from test to test, as in a kernel."""
    api = practice_api()
    api.reset()
    return api
