"""Sleeps for a millisecond, again and again, and prints how much later than that it woke.

It runs beside the timing lane, in a process of its own: in a thread it would take the tests' hold of the GIL for a
stall of the machine. Every 20 ms it prints a line: the time by `perf_counter`, which all processes of a machine share,
and the longest delay since the line before, in seconds. It ends when nobody reads it any more.
"""

import sys
import time
from contextlib import suppress

SLEEP = 0.001
LINE_EVERY = 0.020


def main() -> None:
    """Print lines until the reader is gone."""
    last_line = woken = time.perf_counter()
    worst = 0.0
    while True:
        time.sleep(SLEEP)
        before, woken = woken, time.perf_counter()
        worst = max(worst, woken - before - SLEEP)
        if woken - last_line >= LINE_EVERY:
            try:
                print(woken, worst, flush=True)
            except OSError:
                sys.stdout = None  # or Python complains at its end that it cannot flush
                return
            last_line, worst = woken, 0.0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # Ctrl-C reaches it too, and the tests say enough of that
        main()
