"""When the machine stands still, or another thread has the GIL, no line of the learner's is blamed for it."""

import asyncio
import subprocess
import sys
import threading
import time
from math import nan

import pytest
from canary import timing

from helpers import measure
from helpers.recorders import processor_watch
from helpers.recorders.processor_watch import ProcessorWatch
from helpers.recorders.task_row import LongStep
from helpers.runs import Run, held_steps
from helpers.runs.held_steps import parts_of

pytestmark = pytest.mark.evidence


def burn(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


@pytest.mark.parametrize(
    "cpu, elsewhere, stalls, waits, parts",
    [
        (1.0, 0.0, [], [], [(10.0, 11.0)]),
        (nan, nan, [], [], [(10.0, 11.0)]),
        (nan, nan, [(10.2, 10.5)], [], [(10.0, 10.2), (10.5, 11.0)]),  # it stood still in the middle
        (0.7, 0.0, [(10.2, 10.5)], [], [(10.0, 10.2), (10.5, 11.0)]),
        (1.0, 0.0, [(9.0, 10.5), (12.0, 13.0)], [], [(10.5, 11.0)]),  # and as it began; and at other times
        (1.0, 0.0, [(9.0, 12.0)], [], []),
        (0.25, 9.0, [], [], [(10.75, 11.0)]),  # another thread computed meanwhile
        (0.25, 0.25, [], [], [(10.25, 11.0)]),  # but not for all of the time that is not accounted for
        (0.25, 9.0, [], [(10.0, 10.5)], [(10.25, 11.0)]),  # of which half a second was a sleep
        (0.0, 9.0, [], [(10.0, 11.0)], [(10.0, 11.0)]),
        (0.25, 9.0, [(10.5, 10.75)], [], [(10.5, 10.5), (10.75, 11.0)]),
        (nan, nan, [(10.2, 10.5)], [(10.1, 10.6)], [(10.0, 11.0)]),  # it slept anyway
        (nan, nan, [(10.2, 10.5)], [(9.0, 10.3), (10.4, 10.45)], [(10.0, 10.3), (10.4, 10.45), (10.5, 11.0)]),
    ],
)
def test_the_parts_of_a_step(
    cpu: float,
    elsewhere: float,
    stalls: list[tuple[float, float]],
    waits: list[tuple[float, float]],
    parts: list[tuple[float, float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held_steps, "STEP", 0.0)  # as where processor time is exact
    step = LongStep(0, "", 10.0, 11.0, "", "", cpu, elsewhere)
    assert parts_of(step, stalls, waits) == [(start, end) for start, end in parts if end > start]


STOP_ME = """
import os, signal, sys, time
time.sleep(0.2)
for _ in range(3):
    os.kill(int(sys.argv[1]), signal.SIGSTOP)
    time.sleep(0.15)
    os.kill(int(sys.argv[1]), signal.SIGCONT)
    time.sleep(0.05)
"""
COMPUTES = """
import asyncio, subprocess, sys, time, os
from helpers import measure

def burn(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass

async def main():
    with measure("stopped") as run:
        stopper = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
        while stopper.poll() is None:
            burn(0.001)
            await asyncio.sleep(0)
    activity = run.panel().activity
    print(len(activity.stalls), sum(end - start for start, end in activity.stalls), len(activity.blocks))
    print(run.timeline().sentence)
    print(len(run.steps), run.tasks["steps"].sum())

asyncio.run(main())
"""


@pytest.mark.not_on("win32", reason="Windows cannot stop a process")
def test_a_process_that_is_stopped_blocks_by_nobodys_line() -> None:
    command = [sys.executable, "-c", COMPUTES, STOP_ME]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert ended.stderr == ""
    counts, sentence, steps = ended.stdout.splitlines()
    stalls, seconds, blocks = counts.split()
    assert int(stalls) >= 3 and float(seconds) >= 0.35
    # A busy machine may keep a step waiting for a moment that is too short to be seen; the stops would be three.
    assert int(blocks) < 3
    why = (
        f"The machine stood still {stalls} times" if sys.platform == "linux" else f", {stalls} times in all, nothing of"
    )
    assert why in sentence  # only Linux tells it from a library that waits and keeps the GIL
    rows, recorded = map(int, steps.split())
    assert 0 < rows <= recorded  # none is two steps because it was stopped in between


WAITS = """
import asyncio, subprocess, sys, threading, time, os
from helpers import measure

def wait_in_a_thread(stopper):
    while stopper.poll() is None:
        for _ in range(1_000_000):  # to give up the GIL again and again would keep the watcher from it
            pass

async def main():
    with measure("stopped") as run:
        stopper = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
        if sys.argv[2] == "idle":
            while stopper.poll() is None:
                await asyncio.sleep(0.01)
        else:
            await asyncio.to_thread(wait_in_a_thread, stopper)
    activity = run.panel().activity
    print(len(activity.stalls), sum(end - start for start, end in activity.stalls))
    print(run.steps["took"].sum() - (run.steps["end"] - run.steps["start"]).sum())

asyncio.run(main())
"""


@pytest.mark.not_on("win32", reason="Windows cannot stop a process")
@pytest.mark.parametrize("what", ["idle", "a job"])
def test_a_stop_is_told_whoever_waits_and_is_in_no_step(what: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WAITS, STOP_ME, what], capture_output=True, encoding="utf-8", timeout=60
    )
    assert ended.stderr == ""
    stalls, seconds, cut = map(float, ended.stdout.split())
    assert stalls >= 3 and seconds >= 0.35
    assert (cut == 0.0) if what == "idle" else (cut < -0.35)


HOLDS = """
import asyncio, ctypes, time
from helpers import measure

wait_and_keep_the_gil = ctypes.PyDLL(None).usleep

def hold():
    began = time.perf_counter()
    wait_and_keep_the_gil(300_000)
    return began, time.perf_counter()

async def several_steps(last):
    with measure("held") as run:
        await asyncio.sleep(0.05)
        held = hold()
        if not last:
            await asyncio.sleep(0.05)
    return run, held

def plain():
    with measure("held") as run:
        time.sleep(0.05)
        held = hold()
    return run, held

async def again_and_again():
    with measure("held") as run:
        began = time.perf_counter()
        for _ in range(20):
            wait_and_keep_the_gil(30_000)
            await asyncio.sleep(0.002)
    return run, (began, time.perf_counter())

for run, (start, end) in (asyncio.run(several_steps(False)), asyncio.run(several_steps(True)),
                          plain(), asyncio.run(again_and_again())):
    stalls = [(a + run.began, b + run.began) for a, b in run.panel().activity.stalls]
    print(sum(max(min(b, end) - max(a, start), 0.0) for a, b in stalls), len(run.panel().activity.blocks))
"""


@pytest.mark.not_on("win32", "darwin", reason="only Linux tells how often a thread has woken")
def test_who_waits_and_keeps_the_gil_is_not_said_to_be_a_machine_that_stood_still() -> None:
    ended = subprocess.run([sys.executable, "-c", HOLDS], capture_output=True, encoding="utf-8", timeout=60)
    assert ended.stderr == ""
    runs = [line.split() for line in ended.stdout.splitlines()]
    # A machine that really stood still meanwhile is no fault; the last run keeps the GIL for 0.6 s in all.
    assert all(float(seconds) < most for (seconds, _), most in zip(runs, (0.1, 0.1, 0.1, 0.3), strict=True)), runs
    assert [int(blocks) >= 1 for _, blocks in runs] == [True, True, False, True]
    assert int(runs[-1][1]) >= 15  # of twenty


@pytest.mark.parametrize(
    "woken, in_a_look, stalls",
    [(22, False, 0), (3, False, 1), (3, True, 1), (8, True, 1)],
    ids=["the GIL was held", "it was stopped", "it was stopped in a look", "and somebody computed then"],
)
def test_how_often_the_watcher_woke_tells_who_was_to_blame(
    woken: int, in_a_look: bool, stalls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, now, asleep = ProcessorWatch(), 100.0, 0
    monkeypatch.setattr(processor_watch, "clock", lambda: now)
    monkeypatch.setattr(processor_watch, "process_time", lambda: 0.001)
    monkeypatch.setattr(processor_watch, "times_asleep", lambda: asleep)
    watch.start()

    def look(seconds: float, late: float, woken: int) -> None:
        nonlocal now, asleep
        now, asleep = now + seconds, asleep + woken
        watch.look(now, late)

    # A look gives up the GIL as it takes its note, and the loop's thread may end its long step in that moment.
    monkeypatch.setattr(watch, "_note", lambda now: watch.note_turn(now))
    for _ in range(3):
        look(0.01, 0.0, 1)
    look(0.11, 0.005 if in_a_look else 0.1, woken)
    look(0.01, 0.0, 1)
    watch.stop()
    assert len(watch.seen) == stalls


@timing(margin=0.1)
def test_neither_a_sleep_nor_code_that_holds_the_gil_is_a_stall() -> None:
    async def main() -> Run:
        with measure("its own doing") as run:
            time.sleep(0.1)
            await asyncio.sleep(0)
            sorted(range(2_000_000, 0, -1), key=str)  # holds the GIL, computing
            await asyncio.sleep(0)
        return run

    run = asyncio.run(main())
    activity = run.panel().activity
    assert activity is not None
    assert sum(end - start for start, end in activity.stalls) < 0.1
    assert len(activity.blocks) >= 2
    assert activity.blocks[0].line == "time.sleep(0.1)"


@timing(margin=0.1)
def test_a_bystander_that_waits_for_the_gil_is_not_blamed() -> None:
    """The threads compute, the task only gives way: what its steps take is not what it did."""

    async def main() -> Run:
        threads = [threading.Thread(target=burn, args=(0.3,)) for _ in range(2)]
        with measure("in threads") as run:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                burn(0.002)  # long enough for the GIL to be asked for
                await asyncio.sleep(0.001)
        return run

    run = asyncio.run(main())
    activity = run.panel().activity
    assert activity is not None
    mine = [block for block in activity.blocks if block.row == 0]
    assert sum(block.end - block.start for block in mine) < 0.3 * run.wall


@pytest.mark.parametrize(
    "looks, turn, stalls",
    [
        ([(100.01, 0.0), (100.02, 0.01)], (0.0, 0.0), []),
        ([(100.01, 0.0), (100.16, 0.003)], (0.0, 0.0), [(100.013, 100.16)]),
        ([(100.01, 0.0), (100.16, 0.1)], (0.0, 0.0), []),  # it computed
        ([(100.31, 0.15)], (0.0, 0.0), []),  # it computed for half of the time: when it stood still is not known
        ([(100.31, 0.15)], (100.15, 0.149), [(100.151, 100.31)]),  # but for a turn of the loop
        ([(100.31, 0.15)], (100.15, 0.049), []),
        ([(100.01, 0.0), (100.16, 0.0), (100.31, 0.0)], (0.0, 0.0), [(100.01, 100.31)]),  # twice in a row is once
    ],
)
def test_a_stall_is_what_was_not_computed_between_two_looks_or_since_the_loop_had_a_turn(
    looks: list[tuple[float, float]],
    turn: tuple[float, float],
    stalls: list[tuple[float, float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = ProcessorWatch()
    watch.last_turn = lambda: turn
    watch._since, watch._cpu = 100.0, 0.0
    for now, cpu in looks:
        monkeypatch.setattr(processor_watch, "process_time", lambda cpu=cpu: cpu)
        watch.note_turn(now)  # says it as well
        watch.look(now, 0.0)
    assert watch.stalls == [pytest.approx(stall) for stall in stalls]


def test_the_watch_ends_and_leaves_no_descriptor() -> None:
    watch = ProcessorWatch()
    watch.start()
    assert watch.delay_since(time.perf_counter()) >= 0.0
    watch.stop()
    watch.stop()
    assert watch.guard.on and watch.delay_since(time.perf_counter()) == 0.0
