"""The connection to a child: there as soon as the child answers; one that never does is not waited for."""

import sys

import pytest

from helpers.servers.child_connection import connect
from helpers.servers.process import ServerFailed, ServerProcess

pytestmark = pytest.mark.evidence

CHILD = """
import socket, time
from multiprocessing.connection import Listener
from helpers.servers.process import exit_with_parent, say_ready
exit_with_parent()
print("hello from the child", flush=True)
with Listener(("127.0.0.1", 0), authkey=b"key") as listener:
    say_ready(port=listener.address[1], key=b"key".hex())
"""


def child(then: str) -> ServerProcess:
    """A child that goes on like this once it listens."""
    return ServerProcess("test child", [sys.executable, "-c", CHILD + then])


def test_the_line_carries_both_ways() -> None:
    process = child("    with listener.accept() as line:\n        line.send(line.recv() * 2)\n        line.recv()\n")
    with connect(process) as line:
        line.send(21)
        assert line.recv() == 42
    process.stop()


def test_a_child_has_prepared_before_it_takes_orders() -> None:
    code = """
from helpers.servers.child_connection import orders
prepared = []
with orders(lambda: prepared.append("coffee")) as line:
    line.send(prepared)
    line.recv()
"""
    process = ServerProcess("test child", [sys.executable, "-c", code])
    with connect(process) as line:
        assert line.recv() == ["coffee"]
    process.stop()


def test_a_child_that_never_answers_is_ended() -> None:
    process = child("    time.sleep(60)\n")
    with pytest.raises(ServerFailed, match=r"test child did not answer within 0.5 s(.|\n)*hello from the child"):
        connect(process, within=0.5)
    assert not process.alive


def test_a_child_that_ends_instead_says_why() -> None:
    # It takes the call, and holds it until it has said why: one that ends sooner may be found to before it was ready.
    process = child("    held = listener._listener.accept()\n    raise OSError('no more cheese')\n")
    with pytest.raises(ServerFailed, match=r"test child ended before it had answered(.|\n)*no more cheese"):
        connect(process)
    assert not process.alive
