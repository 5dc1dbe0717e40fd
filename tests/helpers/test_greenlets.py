"""Where greenlets take turns in a thread, requests are recorded, and nothing is said of what the thread waits for."""

import subprocess
import sys
from types import ModuleType

import pytest

from helpers.recorders.threads import greenlets

pytestmark = pytest.mark.evidence

PROGRAM = """
import sys
from gevent import monkey

when, threads = sys.argv[1], sys.argv[2] == "threads"
if when == "before":
    monkey.patch_all(thread=threads)
import requests
from helpers import measure, practice_api

api = practice_api()
url = api.url("/countries/FR", delay=0.1)
requests.get(url)
for label in ("first", "second"):
    with measure(label) as run:
        if when == "inside":
            monkey.patch_all(thread=threads)
        import gevent
        answers = gevent.joinall([gevent.spawn(requests.get, url) for _ in range(5)])
    assert [answer.value.status_code for answer in answers] == [200] * 5
    assert run.outcome == "ok" and list(run.requests["status"]) == [200] * 5, run
    assert (run.requests["waiting"] >= 0.09).all() and run.server.peak == 5, run.requests
    print(len(run.faults), *run.faults, sep="|")
    print(run.timeline().sentence)
    print(len(run.panel().activity.stalls))
api.stop()
"""
LEFT_OUT = "gevent lets greenlets take turns in a thread: the recorder cannot tell them apart."


@pytest.mark.not_on("win32", "darwin", reason="gevent is installed for the tests on Linux only")
@pytest.mark.parametrize(("when", "threads"), [("before", "threads"), ("before", "none"), ("inside", "none")])
def test_greenlets_are_left_out_of_threads_and_not_of_requests(when: str, threads: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, when, threads]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    faults, sentence, stalls = ended.stdout.splitlines()[-3:]
    assert faults == (
        f"2|Left out: threads, jobs of pools, and what they wait for. {LEFT_OUT}"
        f"|Left out: when the machine let this process wait. {LEFT_OUT}"
    )
    assert sentence.endswith("not recorded in full.") and stalls == "0"


def test_a_library_that_is_imported_and_switches_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert greenlets.switching() == ""
    for name, attribute in greenlets.PATCHED.items():
        module = ModuleType(name)
        with monkeypatch.context() as loaded:
            loaded.setitem(sys.modules, name, module)
            assert greenlets.switching() == ""
            setattr(module, attribute, {"time": {"sleep": print}})
            assert greenlets.switching() == name.partition(".")[0]
