"""The process of the models: what is in its times and what is not, and what it does with a workload that fails."""

import subprocess
import sys

import pytest

from helpers import practice_api
from helpers.choosing import model_process as room
from helpers.choosing.model_process import ModelProcess, longest

pytestmark = pytest.mark.evidence

SAYS_WHAT_IS_READY = """
import os, sys
from helpers.choosing import work, model_worker

def orders(prepare):
    prepare()
    print("helpers.choosing.waiting_models" in sys.modules, work.turns_a_second.cache_info().currsize, flush=True)
    os._exit(0)

model_worker.orders = orders
model_worker.main()
"""


def test_first_run_has_no_imports_in_it() -> None:
    command = [sys.executable, "-c", SAYS_WHAT_IS_READY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True 1\n"


def test_workload_that_fails_says_why_and_the_next_is_done() -> None:
    urls = [practice_api().url("/countries/FR", delay=0.05, n=n) for n in range(4)]
    with ModelProcess() as process:
        with pytest.raises(RuntimeError, match=r"(?s)could not be done by threads:.*404"):
            process.seconds("threads", [practice_api().url("/nowhere")], 0.0, 1)
        assert process.seconds("plain sync", urls, 0.0, 4) >= 4 * 0.05
        # Half of the computing asked for: the machine may be faster now than when it was timed.
        assert process.seconds("asyncio", urls, 0.02, 4) >= 0.05 + 4 * 0.01


def test_workload_that_never_ends_is_given_up_with_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LEAST", 0.5)
    with ModelProcess() as process:
        with pytest.raises(RuntimeError, match="plain sync was not done within 1 s, so its process has been ended"):
            process.seconds("plain sync", [practice_api().url("/stall")], 0.0, 1)
        assert not process._process.alive
        with pytest.raises(RuntimeError, match="the process of the models has ended"):
            process.seconds("plain sync", [practice_api().url("/countries/FR")], 0.0, 1)


@pytest.mark.parametrize(("calls", "wait", "cpu"), [(1, 0.0, 0.001), (10, 60.0, 0.0), (10_000, 0.1, 0.01)])
def test_workload_has_more_time_than_one_call_after_another(calls: int, wait: float, cpu: float) -> None:
    assert longest(calls, wait, cpu) >= 60 + 2 * calls * (wait + cpu)


def test_pool_of_processes_works_in_it() -> None:
    urls = [practice_api().url("/countries/FR", delay=0.05, n=n) for n in range(4)]
    with ModelProcess() as process:
        assert process.seconds("processes", urls, 0.0, 4) >= 0.05
