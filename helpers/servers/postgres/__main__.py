"""The process around one PostgreSQL server: it starts it, and ends it when the kernel ends, however that happens."""

from __future__ import annotations

import signal
import sys
import threading

from helpers.servers.own_folder import own_folder
from helpers.servers.process import say_ready, when_parent_ends

from .cluster import Cluster


def main() -> None:
    """Start a server on new data, say where it is, and wait for the parent's end."""
    over = threading.Event()
    # Not exit_with_parent(), which ends this process at once: the server must go first.
    when_parent_ends(over.set)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that what follows is cleaned up then too
    cluster = Cluster(own_folder())
    try:
        say_ready(**cluster.start()._asdict())
        over.wait()
    finally:
        cluster.stop()


if __name__ == "__main__":
    try:
        main()
    except (ImportError, OSError, RuntimeError) as error:
        sys.exit(str(error))  # it is shown on the card, so without a traceback
