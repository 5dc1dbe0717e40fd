"""The connection to a child process that takes orders: multiprocessing's, with a limit to how long it is waited for."""

import threading
from collections.abc import Mapping
from multiprocessing.connection import Client, Connection
from typing import Any

from helpers.servers.process import ServerFailed, ServerProcess

ANSWER_WITHIN = 60.0
"""Seconds between a child's ready line and its answer: it may still be importing, on a machine that is busy."""


def connect(
    process: ServerProcess, facts: Mapping[str, Any], within: float = ANSWER_WITHIN
) -> "Connection[object, object]":
    """Return the connection to a child that has said its `port` and `key`, as soon as it answers.

    Args:
        process: the child. It is stopped where it does not answer.
        facts: what it told in its ready line.
        within: seconds that it has for its answer.

    Raises:
        ServerFailed: it did not answer in time, or has ended; the message shows its log's tail.
    """
    tail: list[str] = []

    def give_up() -> None:
        tail.append(process.log_tail())
        process.stop()

    # Client waits for the answer without a limit. With the child gone, that wait ends.
    timer = threading.Timer(within, give_up)
    timer.daemon = True
    timer.start()
    try:
        return Client(("127.0.0.1", facts["port"]), authkey=bytes.fromhex(facts["key"]))
    except (EOFError, OSError) as error:
        problem = f"did not answer within {within:g} s" if tail else "ended before it had answered"
        shown = (tail[0] if tail else process.log_tail()) or "(its log is empty)"
        process.stop()
        raise ServerFailed(f"The {process.name} {problem}. The end of its log:\n{shown}") from error
    finally:
        timer.cancel()
