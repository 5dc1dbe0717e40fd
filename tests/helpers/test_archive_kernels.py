"""Several kernels write at once, and one is killed: no run is lost, and none is there by half."""

import random
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from archive_samples import REQUESTS, printed, python, sample

from helpers import archive
from helpers.archive import file, store

pytestmark = pytest.mark.evidence

WRITE_200 = """
import time
print("ready", flush=True)
sys.stdin.readline()
for count in range(200):
    archive.append(sample(count, session=sys.argv[1], configuration=f"f{count % 5}"), REQUESTS)
    time.sleep(0.002)  # as a cell would do something else too: SQLite's lock is not a fair one
print(archive.take_notice())
"""


def start_together(kernels: list[subprocess.Popen[str]]) -> None:
    """Wait until all have loaded what they need, and let them begin."""
    for kernel in kernels:
        assert kernel.stdout is not None and kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write("go\n")
        kernel.stdin.flush()


def assert_sound(history: Path) -> None:
    """No half run: the file is whole, each run has its requests and its code, and nothing is left of any other."""
    with closing(sqlite3.connect(history)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        numbers = connection.execute("SELECT number FROM runs ORDER BY number").fetchall()
        assert connection.execute("SELECT number FROM requests ORDER BY number").fetchall() == numbers
        codes = connection.execute("SELECT DISTINCT configuration FROM runs ORDER BY 1").fetchall()
        assert connection.execute("SELECT hash FROM configurations ORDER BY 1").fetchall() == codes


def test_two_kernels_that_write_200_runs_each_lose_none(history_file: Path) -> None:
    kernels = [python(WRITE_200, name) for name in ("one", "two")]
    start_together(kernels)
    assert [printed(kernel).strip() for kernel in kernels] == ["", ""]
    runs = archive.all_runs()
    assert Counter(run.session for run in runs) == {"one": 200, "two": 200}
    assert [run.number for run in runs] == list(range(1, 401))
    turns = sum(a.session != b.session for a, b in pairwise(runs))
    assert turns > 4, "they did not write at the same time: this test has tested nothing"
    for name in ("one", "two"):  # each one's runs in the order in which it made them
        times = [run.when for run in runs if run.session == name]
        assert times == sorted(times)
    assert_sound(history_file)


# As the statement begins whose turn it is, the process kills itself: SIGKILL, or what Windows has for it.
KILLED_AT = """
import os, signal, sqlite3
connect, turns = sqlite3.connect, int(sys.argv[1])

def connect_and_count(*arguments, **options):
    connection = connect(*arguments, **options)
    connection.execute("PRAGMA cache_size = 10")  # pages: what is more goes into the file before the commit
    connection.set_trace_callback(count)
    return connection

def count(statement):
    global turns
    turns -= 1
    if turns == 0:
        print(statement, flush=True)
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

archive.file.connect = connect_and_count
big = {"latency": [1 / n for n in range(1, 20_001)]}
archive.append(sample(1, configuration="new", label="killed"), big)
"""


@pytest.mark.parametrize("begun", [False, True], ids=["first run of all", "later run"])
def test_a_kernel_killed_at_any_statement_leaves_no_half_run(
    begun: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died_at, journals = [], 0
    for turn in range(1, 30):
        monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path / str(turn) / "history.sqlite"))
        if begun:
            archive.append(sample(), REQUESTS)
        kernel = python(KILLED_AT, turn)
        output, errors = kernel.communicate(timeout=60)
        if kernel.returncode == 0:
            break
        assert output, errors
        died_at.append(output.split()[0])
        journals += (tmp_path / str(turn) / "history.sqlite-journal").exists()
        before = [1] if begun else []
        assert [run.number for run in archive.all_runs()] == before, f"killed at {output}"
        assert archive.append(sample(2), REQUESTS).number == len(before) + 1
        assert_sound(archive.place())
        assert archive.take_notice() == ""
    assert kernel.returncode == 0 and archive.labels()[-1] == "killed", "with no statement left, the run is stored"
    assert died_at[-1] == "COMMIT" and died_at.count("INSERT") >= 4
    assert journals > 2, "some died with half of it in the file already"


def test_a_kernel_killed_at_any_moment_leaves_no_half_run(history_file: Path) -> None:
    for _ in range(6):
        kernel = python(WRITE_200, "killed")
        start_together([kernel])
        time.sleep(random.uniform(0.01, 0.3))
        kernel.kill()
        kernel.communicate()
        before = len(archive.all_runs())
        # Killed in its first write of all, it leaves a file without tables, which the next kernel makes.
        assert archive.append(sample(), REQUESTS).number == before + 1
        assert_sound(history_file)
        assert archive.take_notice() == ""


FIND_DAMAGED = """
print("ready", flush=True)
sys.stdin.readline()
for count in range(20):
    archive.append(sample(count, session=sys.argv[1]), REQUESTS)
print(archive.take_notice())
"""


def test_kernels_that_find_it_damaged_at_once_set_aside_one_file(history_file: Path) -> None:
    for turn in range(3):
        for name in history_file.parent.glob("history.sqlite*"):
            name.unlink()
        history_file.write_bytes(b"no database, but the only copy of something " * 100)
        kernels = [python(FIND_DAMAGED, name) for name in "abcd"]
        start_together(kernels)
        notices = [printed(kernel).strip() for kernel in kernels]
        kept = list(history_file.parent.glob("history.sqlite-damaged-*"))
        assert [path.read_bytes()[:11] for path in kept] == [b"no database"], turn
        assert len([notice for notice in notices if "is damaged" in notice]) == 1
        assert Counter(run.session for run in archive.all_runs()) == dict.fromkeys("abcd", 20)
        assert_sound(history_file)


# It stops as it is about to commit, with a part of its run in the file already, and so a journal that is in force.
STOPPED_AT_COMMIT = """
import contextlib, sqlite3
connect = sqlite3.connect

def connect_and_stop(*arguments, **options):
    connection = connect(*arguments, **options)
    with contextlib.suppress(sqlite3.DatabaseError):  # of the damaged file
        connection.execute("PRAGMA cache_size = 10")  # pages
    connection.set_trace_callback(stop)
    return connection

def stop(statement):
    if statement == "COMMIT":
        print("commits", flush=True)
        sys.stdin.readline()

archive.file.connect = connect_and_stop
archive.append(sample(session="quick"), {"latency": [1 / n for n in range(1, 20_001)]})
print(archive.take_notice())
"""


def test_a_kernel_slow_to_begin_leaves_alone_what_another_writes(
    history_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has opened the damaged file, and before it asks for a lock, another has set that aside and writes anew."""
    history_file.write_bytes(b"no database, but the only copy of something " * 100)
    connect = sqlite3.connect
    started: list[subprocess.Popen[str]] = []

    def connect_slowly(*arguments: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)  # type: ignore[call-overload]
        if not started:
            started.append(python(STOPPED_AT_COMMIT))
            assert started[0].stdout is not None
            assert started[0].stdout.readline() == "commits\n"
            assert Path(f"{history_file}-journal").exists()
        return connection

    monkeypatch.setattr(file, "connect", connect_slowly)
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    archive.append(sample(session="slow"), REQUESTS)
    journal_is_left = Path(f"{history_file}-journal").exists()
    (quick,) = started
    output, errors = quick.communicate("go\n", timeout=60)
    assert quick.returncode == 0, errors
    assert journal_is_left
    assert output.count("it is damaged") == 1 and "cannot be used" not in output
    archive.append(sample(1, session="slow"), REQUESTS)
    assert [run.session for run in archive.all_runs()] == ["quick", "slow", "slow"]
    assert_sound(history_file)


FORK = """
import os, pathlib
path = archive.place()
path.mkdir()  # a folder where the file should be: the run stays in memory
archive.append(sample(label="before"), {})
path.rmdir()
child = os.fork()
archive.append(sample(label="child" if child == 0 else "parent"), {})
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
print(sorted(run.label for run in archive.all_runs()))
"""


@pytest.mark.not_on("win32", reason="there is no fork here")
def test_a_forked_process_does_not_write_its_parents_runs_again() -> None:
    assert printed(python(FORK)) == "['before', 'child', 'parent']\n"
