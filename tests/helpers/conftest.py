"""What the tests of the helpers share."""

import pytest

from helpers import practice_api
from helpers.servers.practice_api import PracticeAPI


@pytest.fixture
def api() -> PracticeAPI:
    """The practice API with its counters at zero. Its process lives on from test to test, as in a kernel."""
    api = practice_api()
    api.reset()
    return api
