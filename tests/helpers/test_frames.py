"""To ask where the threads are must not stop the process, whatever a garbage collection does meanwhile."""

import gc
import subprocess
import sys
import threading
from pathlib import Path

from helpers.recorders.frames import current_frames

ROOT = Path(__file__).parents[2]
SECONDS = 20
"""Until a process that does not end is taken for one that never will; it takes a fifth of a second."""

# A collection that gives up the GIL, each time, to a thread that begins other threads. Their frames are deep, so that
# to list them makes objects enough for a collection.
PROGRAM = """
import gc, threading
from time import sleep
from helpers.recorders.frames import current_frames

done = threading.Event()

def deep(levels):
    deep(levels - 1) if levels else done.wait()

def begin_threads():
    while not done.is_set():
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

def give_way(phase, info):
    if phase == "start" and threading.current_thread() is threading.main_thread():
        sleep(0.001)

threads = [threading.Thread(target=deep, args=(5,)) for _ in range(20)]
for thread in [*threads, threading.Thread(target=begin_threads)]:
    thread.start()
gc.callbacks.append(give_way)
gc.set_threshold(5)
for _ in range(100):
    current_frames()
gc.callbacks.remove(give_way)
done.set()
print(gc.isenabled(), gc.get_threshold()[0])
"""


def test_a_collection_that_gives_way_stops_nobody() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, timeout=SECONDS, capture_output=True, encoding="utf-8")
    assert done.stdout.split() == ["True", "5"], done.stderr


def test_a_collector_that_the_learner_has_switched_off_stays_off() -> None:
    gc.disable()
    try:
        frames = current_frames()
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert threading.get_ident() in frames
