"""To ask where a thread is must not harm the process, whatever that thread and the garbage collector do meanwhile."""

import gc
import linecache
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from helpers.recorders.stacks import stack_of

ROOT = Path(__file__).parents[2]
SECONDS = 30
"""Until a process that does not end is taken for one that never will; it takes a second or two."""

# A collection that gives up the GIL, each time, to a thread that begins other threads. Many stacks are deep: to ask for
# them makes objects enough for a collection.
COLLECTING = """
import gc, threading
from time import sleep
from helpers.recorders.stacks import stack_of

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
    stack_of(threads[0].ident)
gc.callbacks.remove(give_way)
done.set()
print(gc.isenabled(), gc.get_threshold()[0])
"""


@pytest.fixture
def thread() -> Iterator[threading.Thread]:
    """One that stands still, ten calls deep."""
    there, go_on = threading.Event(), threading.Event()

    def work(levels: int) -> None:
        if levels:
            work(levels - 1)
        else:
            there.set()
            go_on.wait()

    thread = threading.Thread(target=work, args=(9,))
    thread.start()
    there.wait()
    yield thread
    go_on.set()
    thread.join()


def test_a_stack_is_told_from_the_innermost_call_out(thread: threading.Thread) -> None:
    stack = stack_of(thread.ident or 0)
    names = [call.code.co_name for call in stack]
    assert names[0] == "wait"
    assert names[-1] == "_bootstrap"
    assert names.count("work") == 10
    innermost = next(call for call in stack if call.code.co_name == "work")
    assert linecache.getline(__file__, innermost.line or 0).strip() == "go_on.wait()"
    assert stack_of(thread.ident or 0) == stack


def test_of_no_thread_there_is_no_stack() -> None:
    assert stack_of(-1) == []


def test_no_frame_is_held_between_two_instructions(thread: threading.Thread) -> None:
    """Between two another thread may have its turn; where its frames were held then, Python 3.11 crashed in time."""
    number = thread.ident or 0
    frames = sys._current_frames()[number], sys._current_frames()[number].f_back
    held = {tuple(map(sys.getrefcount, frames))}
    instructions = 0

    def look(frame: FrameType, event: str, _: object) -> Any:
        nonlocal instructions
        frame.f_trace_opcodes = True
        held.add(tuple(map(sys.getrefcount, frames)))
        instructions += event == "opcode"
        return look

    # Python 3.12 tells of instructions only where somebody has asked for them before the tracing begins.
    sys._getframe().f_trace_opcodes = True
    sys.settrace(look)
    try:
        stack = stack_of(number)
    finally:
        sys.settrace(None)
    assert len(held) == 1
    assert instructions > len(stack) > 10


def test_only_one_place_asks_for_the_frames_of_other_threads() -> None:
    files = (ROOT / "helpers").rglob("*.py")
    asking = [path.name for path in files if "_current_frames" in path.read_text(encoding="utf-8")]
    assert asking == ["stacks.py"]


@pytest.mark.evidence
def test_a_collection_that_gives_way_stops_nobody() -> None:
    command = [sys.executable, "-X", "faulthandler", "-c", COLLECTING]
    done = subprocess.run(command, cwd=ROOT, timeout=SECONDS, capture_output=True, encoding="utf-8")
    assert done.stdout.split() == ["True", "5"], done.stderr


def test_a_collector_that_the_learner_has_switched_off_stays_off() -> None:
    gc.disable()
    try:
        assert stack_of(threading.get_ident())[0].code.co_name == "stack_of"
        assert not gc.isenabled()
    finally:
        gc.enable()
