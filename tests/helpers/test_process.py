"""A server in a process of its own: it starts, says why it did not, and never outlives its parent."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from helpers import practice_api
from helpers.servers.own_folder import own_folder
from helpers.servers.practice_api import PracticeAPI, running
from helpers.servers.process import ServerFailed, ServerProcess, lift_descriptor_limit

pytestmark = pytest.mark.evidence


READY = """
from helpers.servers.process import exit_with_parent, say_ready
exit_with_parent()
print("hello from the child", flush=True)
say_ready(answer=42)
"""
STAY = "import time\ntime.sleep(60)\n"


def server(script: str, ready_within: float = 15.0) -> ServerProcess:
    """A child that runs this script."""
    return ServerProcess("test server", [sys.executable, "-c", script], ready_within=ready_within)


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return met


def is_open(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def exists(pid: int) -> bool:
    """Whether a process runs: a zombie, which only waits for its parent to ask, has ended."""
    if sys.platform == "win32":
        listed = subprocess.run(["tasklist", "/FI", f"PID eq {pid}"], capture_output=True, encoding="utf-8").stdout
        return str(pid) in listed
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, encoding="utf-8").stdout
    return bool(state.strip()) and not state.startswith("Z")


# --- start and stop ---------------------------------------------------------------------------------


def test_it_starts_tells_its_facts_and_stops() -> None:
    child = server(READY + STAY)
    assert not child.alive and child.pid is None
    facts = child.start()
    pid = child.pid
    assert facts == {"ready": True, "answer": 42, "pid": pid}
    assert pid is not None and child.alive and exists(pid)
    assert "hello from the child" in child.log_tail()
    with pytest.raises(RuntimeError, match=f"running already, as process {pid}"):
        child.start()
    child.stop()
    child.stop()
    assert not child.alive and not exists(pid) and child.log_tail() == ""
    assert child.start()["answer"] == 42  # and again
    child.stop()


LAUNCHER = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, *sys.argv[1:]]))"


def test_behind_a_launcher_a_child_is_known_by_its_own_number() -> None:
    """As on Windows, where an environment has a launcher in the place of python.exe."""
    child = ServerProcess("test server", [sys.executable, "-c", LAUNCHER, "-c", READY + STAY])
    child.start()
    pid = child.pid
    assert pid is not None
    command = psutil.Process(pid).cmdline()
    assert READY + STAY in command and LAUNCHER not in command
    child.stop()
    assert wait_until(lambda: not exists(pid))


def test_a_talkative_child_does_not_stall() -> None:
    child = server(READY + "for line in range(20_000): print(line, 'x' * 100)\nprint('all said', flush=True)\n" + STAY)
    child.start()
    assert wait_until(lambda: child.log_tail(1) == "all said")
    child.stop()


def test_a_failed_start_shows_the_end_of_the_log() -> None:
    child = server("print('about to fail')\nraise OSError('the disk is made of cheese')")
    with pytest.raises(ServerFailed, match="test server ended with exit code 1 before it was ready") as failure:
        child.start()
    assert "about to fail" in str(failure.value) and "OSError: the disk is made of cheese" in str(failure.value)
    assert not child.alive


def test_a_start_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.servers.process.STOP_WITHIN", 0.3)
    child = server("print('thinking', flush=True)\n" + STAY, ready_within=2.0)
    with pytest.raises(ServerFailed, match=r"was not ready within 2 s(.|\n)*thinking"):
        child.start()
    assert child.pid is None


def test_a_child_that_ignores_the_guard_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.servers.process.STOP_WITHIN", 0.3)
    child = server("from helpers.servers.process import say_ready\nsay_ready()\n" + STAY)
    child.start()
    pid = child.pid
    child.stop()
    assert pid is not None and not exists(pid)


def test_the_log_is_gone_after_the_stop() -> None:
    before = set(own_folder().iterdir())
    child = server(READY + STAY)
    child.start()
    (log,) = set(own_folder().iterdir()) - before
    assert log.suffix == ".log"
    child.stop()
    assert set(own_folder().iterdir()) == before


def test_the_descriptor_limit_is_lifted_as_far_as_it_goes() -> None:
    if sys.platform == "win32":
        assert lift_descriptor_limit() is None
        return
    import resource

    limit = lift_descriptor_limit()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert limit == soft == (65_536 if hard == resource.RLIM_INFINITY else max(soft, min(65_536, hard)))


# --- the guard --------------------------------------------------------------------------------------

STANDARD_INPUT = """
import os, subprocess, sys
from multiprocessing import get_context
from helpers.servers.process import exit_with_parent, say_ready

if __name__ == "__main__":
    exit_with_parent()
    null = os.stat(os.devnull)
    with get_context("spawn").Pool(1) as pool:
        say_ready(
            is_null=os.path.samestat(os.fstat(0), null),
            inheritable=os.get_inheritable(0),
            read=[os.read(0, 1).decode(), sys.stdin.readline()],
            by_a_command=subprocess.check_output([sys.executable, "-c", "import os; print(os.read(0, 1))"]).decode(),
            by_a_worker=pool.apply(os.read, (0, 1)).decode(),
        )
"""


def test_standard_input_of_a_child_is_at_its_end_and_none_that_it_starts_gets_the_guard() -> None:
    child = server(STANDARD_INPUT + "    import time\n    time.sleep(60)\n")
    facts = child.start()
    child.stop()
    if sys.platform != "win32":  # which numbers no devices
        assert facts["is_null"]
    assert facts["inheritable"] and facts["read"] == ["", ""]
    assert facts["by_a_command"].strip() == "b''" and facts["by_a_worker"] == ""


WORKERS = """
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from helpers.servers.process import exit_with_parent, say_ready

if __name__ == "__main__":
    exit_with_parent()
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    say_ready(worker=pool.submit(os.getpid).result())
"""


def test_the_workers_of_a_child_go_with_it() -> None:
    child = server(WORKERS + "    import time\n    time.sleep(60)\n")
    worker = child.start()["worker"]
    assert exists(worker)
    child.stop()
    assert wait_until(lambda: not exists(worker))


def test_what_is_to_be_done_first_is_done_as_the_guard_closes(tmp_path: Path) -> None:
    code = f"""
        import pathlib, threading
        from helpers.servers.process import say_ready, when_parent_ends
        over = threading.Event()
        when_parent_ends(over.set)
        say_ready()
        over.wait()
        pathlib.Path({str(tmp_path / "done")!r}).touch()
    """
    child = server(textwrap.dedent(code))
    child.start()
    assert not (tmp_path / "done").exists()
    child.stop()
    assert (tmp_path / "done").exists()


# --- the practice API of this kernel ----------------------------------------------------------------


def test_practice_api_hands_back_the_one_that_runs(api: PracticeAPI) -> None:
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: practice_api(), range(16)))
    assert all(other is api for other in got) and running() is api


def test_many_threads_start_one_server() -> None:
    practice_api().stop()
    assert running() is None
    barrier = threading.Barrier(8)

    def start(_: int) -> PracticeAPI:
        barrier.wait()
        return practice_api()

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(start, range(8)))
    assert len({id(api) for api in got}) == 1 and got[0].alive


@pytest.mark.not_on("win32", reason="ends it by a POSIX signal")
def test_practice_api_starts_anew_after_a_crash(api: PracticeAPI) -> None:
    assert api.pid is not None
    os.kill(api.pid, signal.SIGKILL)
    assert wait_until(lambda: not api.alive)
    assert running() is None
    fresh = practice_api()
    assert fresh is not api and fresh.stats()["total"]["requests"] == 0


# --- it never outlives its parent -------------------------------------------------------------------

PARENT = """
import os, signal, sys, threading, time, urllib.request
from helpers import practice_api
api = practice_api()
print(api.pid, api.port, flush=True)
"""


class Parent:
    """A process that starts the practice API, prints its process id and port, and goes on as `then` says.

    Args:
        then: the rest of its program; where it reads a line, `proceed()` sends one.
    """

    def __init__(self, then: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT + textwrap.dedent(then)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=sys.platform != "win32",
        )
        self.pid, self.port = (int(word) for word in self.says().split())
        assert is_open(self.port) and exists(self.pid)

    def says(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def proceed(self) -> None:
        """Send it a line."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def server_has_gone(self) -> bool:
        """Whether, once this parent has ended, its server ends too and its port closes."""
        self.process.wait(20)
        gone = wait_until(lambda: not exists(self.pid) and not is_open(self.port))
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        return gone


def test_it_ends_with_its_parent_killed() -> None:
    parent = Parent("time.sleep(60)")
    parent.process.kill()
    assert parent.server_has_gone()


def test_it_ends_with_its_parent_killed_while_it_serves() -> None:
    parent = Parent("""
        threading.Thread(target=lambda: urllib.request.urlopen(api.url("/stall"))).start()
        while not api.stats()["total"]["in_flight"]:
            time.sleep(0.01)
        print("stalled", flush=True)
        time.sleep(60)
    """)
    assert parent.says() == "stalled"
    parent.process.kill()
    assert parent.server_has_gone()


@pytest.mark.parametrize("last_line", ["", "sys.exit(3)", "os._exit(1)"])
def test_it_ends_with_its_parent_however_that_ends(last_line: str) -> None:
    parent = Parent(f"sys.stdin.readline()\n{last_line}")
    parent.proceed()
    assert parent.server_has_gone()


@pytest.mark.not_on("win32", reason="there is no fork here")
def test_a_forked_child_that_lives_on_does_not_keep_it() -> None:
    parent = Parent("""
        child = os.fork()
        if child == 0:
            sys.stdin.readline()
            os._exit(0)
        print(child, flush=True)
        time.sleep(60)
    """)
    child = int(parent.says())
    parent.process.kill()
    gone = wait_until(lambda: not exists(parent.pid) and not is_open(parent.port))
    assert exists(child), "the forked child ended early, so this test shows nothing"
    assert gone
    parent.proceed()
    assert parent.server_has_gone()


def _in_fork(api: PracticeAPI, told: "multiprocessing.Queue[tuple[bool, bool, bool]]") -> None:
    api.stop()  # not its server: does nothing
    own = practice_api()
    told.put((api.alive, own.pid == api.pid, own.alive))
    own.stop()


@pytest.mark.not_on("win32", reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_does_not_own_the_server(api: PracticeAPI) -> None:
    context = multiprocessing.get_context("fork")
    told: multiprocessing.Queue[tuple[bool, bool, bool]] = context.Queue()
    worker = context.Process(target=_in_fork, args=(api, told))
    worker.start()
    assert told.get(timeout=30) == (False, False, True)
    worker.join(10)
    assert api.alive and api.stats()["total"]["requests"] == 0


@pytest.mark.not_on("win32", reason="sends a POSIX signal to a process group")
def test_the_stop_button_does_not_reach_it() -> None:
    parent = Parent("""
        signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
        print("ready", flush=True)
        sys.stdin.readline()
        print(api.alive, api.stats()["total"]["requests"], flush=True)
    """)
    assert parent.says() == "ready"
    os.killpg(parent.process.pid, signal.SIGINT)
    assert parent.says() == "interrupted"
    parent.proceed()
    assert parent.says() == "True 0"
    assert parent.server_has_gone()


# --- alone, by hand ---------------------------------------------------------------------------------


@contextmanager
def by_hand(port: int, *more: str) -> "Iterator[subprocess.Popen[str]]":
    """A server in a process that ends with the block, also where the block fails: its pipes would wait for it."""
    command = [sys.executable, "-m", "helpers.servers.practice_api", "--port", str(port), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.not_on("win32", reason="sends POSIX signals")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_by_hand_it_prints_its_address_and_ends_cleanly(sign: signal.Signals) -> None:
    with by_hand(0) as process:
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline()
        port = int(line.partition("127.0.0.1:")[2].partition("/")[0])
        assert "Ctrl-C ends it" in line and is_open(port)
        process.send_signal(sign)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    assert not is_open(port)


@pytest.mark.not_on("win32", "darwin", reason="elsewhere 127.0.0.2 is not an address of the machine")
def test_by_hand_it_answers_to_the_address_that_it_was_given() -> None:
    with by_hand(0, "--host", "127.0.0.2") as process:
        assert process.stdout is not None
        base = f"http://{process.stdout.readline().partition('http://')[2].partition('/')[0]}"
        assert base.startswith("http://127.0.0.2:")
        own, foreign = {"Origin": base}, {"Origin": "http://127.0.0.1"}
        assert requests.get(f"{base}/", timeout=20).status_code == 200
        assert requests.get(f"{base}/live/frames", headers=own, timeout=20).status_code == 426  # no WebSocket
        assert requests.get(f"{base}/live/frames", headers=foreign, timeout=20).status_code == 403
        process.terminate()


def test_by_hand_for_a_whole_network_it_says_what_that_means() -> None:
    with by_hand(0, "--host", "0.0.0.0") as process:
        assert process.stdout is not None and process.stderr is not None
        port = int(process.stdout.readline().partition("0.0.0.0:")[2].partition("/")[0])
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=20).status_code == 200
        rebound = {"Host": f"evil.example:{port}"}
        assert requests.get(f"http://127.0.0.1:{port}/", headers=rebound, timeout=20).status_code == 403
        process.terminate()
        assert "Everybody in this network can reach this server" in process.stderr.read()


def test_by_hand_a_name_is_no_address() -> None:
    with by_hand(0, "--host", "classroom") as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "'classroom' is no address such as 127.0.0.1" in errors


def test_by_hand_a_taken_port_is_a_clear_error(api: PracticeAPI) -> None:
    with by_hand(api.port) as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"cannot listen on 127.0.0.1:{api.port}" in errors and "Traceback" not in errors
