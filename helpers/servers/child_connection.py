"""The connection to a child process that takes orders: multiprocessing's, with a limit to how long it is waited for."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

from helpers.servers.process import ServerFailed, ServerProcess, exit_with_parent, say_ready

ANSWER_WITHIN = 60.0
"""Seconds between a child's ready line and its answer: it may still be importing, on a machine that is busy."""


@contextmanager
def orders(prepare: Callable[[], None]) -> "Iterator[Connection[Any, Any]]":
    """In the child: say where it can be reached, do what takes a while, and yield the connection to the one caller."""
    exit_with_parent()
    key = secrets.token_bytes(16)
    with Listener(("127.0.0.1", 0), authkey=key) as listener:
        say_ready(port=listener.address[1], key=key.hex())
        prepare()
        with listener.accept() as connection:
            assert isinstance(connection, Connection)  # and no Windows pipe, as at another kind of address
            yield connection


def connect(process: ServerProcess, within: float = ANSWER_WITHIN) -> "Connection[Any, Any]":
    """Start a child that takes `orders`, and return the connection to it as soon as it answers.

    Args:
        process: the child. It is stopped where it does not answer, or the waiting is interrupted.
        within: seconds that it has for its answer.

    Raises:
        ServerFailed: it did not start, or did not answer in time, or has ended; the message shows its log's tail.
    """
    tail: list[str] = []

    def give_up() -> None:
        tail.append(process.log_tail())
        process.stop()

    facts = process.start()
    # Client waits for the answer without a limit. With the child gone, that wait ends.
    timer = threading.Timer(within, give_up)
    timer.daemon = True
    timer.start()
    try:
        connection = Client(("127.0.0.1", facts["port"]), authkey=bytes.fromhex(facts["key"]))
        assert isinstance(connection, Connection)  # and no Windows pipe, as at another kind of address
        return connection
    except (EOFError, OSError) as error:
        problem = f"did not answer within {within:g} s" if tail else "ended before it had answered"
        shown = (tail[0] if tail else process.log_tail()) or "(its log is empty)"
        process.stop()
        raise ServerFailed(f"The {process.name} {problem}. The end of its log:\n{shown}") from error
    except BaseException:
        process.stop()
        raise
    finally:
        timer.cancel()
