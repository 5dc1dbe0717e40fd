"""What the tests of the truth table share: the servers."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from blocks import Room
from own_server import OwnServer

from helpers import practice_api


@pytest.fixture(scope="session")
def own() -> Iterator[OwnServer]:
    """A server of the learner's own."""
    # Not pytest's own folder, whose name may be too long for that of a socket.
    with tempfile.TemporaryDirectory(prefix="own") as folder:
        server = OwnServer(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def room(own: OwnServer, tmp_path: Path) -> Room:
    """All that a program is given."""
    return Room(practice_api(), own, tmp_path)
