"""What the first chart needs is loaded while a kernel is idle, and never while anything else is at work."""

import asyncio
import gc
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jumping_loop import jumping
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from helpers.page import load_ahead

COURSE = Path(__file__).parents[2]
SOME = ("colorsys", "wave", "piece_that_is_not_there", "sched", "plistlib")
"""Small modules that nothing here needs, in the place of the large ones, and one that is missing."""
LOADED = f"print(sum(name in sys.modules for name in {SOME!r}))"
ALL = sum(name != "piece_that_is_not_there" for name in SOME)
ANEW = f"""
import asyncio, sys, threading
from helpers import measure
from helpers.page import load_ahead
for name in {SOME!r}:
    sys.modules.pop(name, None)
load_ahead._here.stop()
load_ahead.PIECES = {SOME!r}
load_ahead._here = load_ahead._LoadAhead()
"""
AT_WORK = [
    ("busy = asyncio.create_task(asyncio.sleep(3600))", "busy.cancel()"),
    ("over = threading.Event(); threading.Thread(target=over.wait).start()", "over.set()"),
    ("timer = asyncio.get_running_loop().call_later(3600, print)", "timer.cancel()"),
    ("server = await asyncio.start_server(print, '127.0.0.1', 0)", "server.close()"),
]
KINDS_OF_WORK = ["task", "thread", "timer", "server"]
"""Such as the learner may have, and what begins and ends them."""
LONG_ENOUGH = 1.5
"""Seconds in which an idle kernel loads all of them."""


class Kernel:
    """A kernel of its own, as a notebook has it."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str) -> str:
        """Run a cell; what it printed."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(content.get("text", "") if message["msg_type"] == "stream" else "")
            said.extend(content.get("traceback", ()))

        self._client.execute_interactive(code, output_hook=hear, timeout=60)
        return "".join(said).strip()

    def loaded_in_the_end(self) -> int:
        """How many of them are there once the kernel has had time."""
        until = time.monotonic() + 30
        while (found := int(self.run(LOADED))) < ALL and time.monotonic() < until:
            time.sleep(LONG_ENOUGH)
        return found

    def loaded_after_a_while(self) -> int:
        """How many of them are there after a time that is long enough for all."""
        time.sleep(LONG_ENOUGH)
        return int(self.run(LOADED))


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    manager, client = start_new_kernel(cwd=str(COURSE), startup_timeout=60)
    yield Kernel(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.evidence
def test_an_idle_kernel_loads_all_that_can_be_loaded(kernel: Kernel) -> None:
    assert kernel.run(f"{ANEW}\nload_ahead.start()\n{LOADED}") == "0"
    assert kernel.loaded_in_the_end() == ALL


@pytest.mark.evidence
def test_a_kernel_that_waits_for_its_server_loads_one_piece_at_a_time(kernel: Kernel) -> None:
    calls = "print([load_ahead.load_one() for _ in range(6)])"
    assert kernel.run(f"{ANEW}\n{calls}\n{LOADED}") == f"[True, True, True, True, True, False]\n{ALL}"


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("begin", "end"),
    [*AT_WORK, ("asyncio.get_running_loop().set_debug(True)", "asyncio.get_running_loop().set_debug(False)")],
    ids=[*KINDS_OF_WORK, "debug mode"],
)
def test_nothing_is_loaded_beside_work_or_in_debug_mode(kernel: Kernel, begin: str, end: str) -> None:
    assert kernel.run(f"{ANEW}\n{begin}\nload_ahead.start()\n{LOADED}") == "0"
    assert kernel.loaded_after_a_while() == 0
    kernel.run(end)
    assert kernel.loaded_in_the_end() == ALL


@pytest.mark.evidence
@pytest.mark.parametrize(("begin", "end"), AT_WORK, ids=KINDS_OF_WORK)
def test_nor_while_the_server_starts(kernel: Kernel, begin: str, end: str) -> None:
    assert kernel.run(f"{ANEW}\n{begin}\nprint(load_ahead.load_one())\n{end}\n{LOADED}") == "False\n0"


@pytest.mark.evidence
def test_a_cell_that_awaits_is_at_work(kernel: Kernel) -> None:
    assert kernel.run(f"{ANEW}\nload_ahead.start()\nawait asyncio.sleep({LONG_ENOUGH})\n{LOADED}") == "0"


@pytest.mark.evidence
@pytest.mark.parametrize("first", ["load_ahead.start()", ""], ids=["before", "never"])
def test_from_the_first_block_on_nothing_is_loaded(kernel: Kernel, first: str) -> None:
    block = "with measure('a block'):\n    load_ahead.start()\n    print(load_ahead.load_one())"
    assert kernel.run(f"{ANEW}\n{first}\n{block}\nload_ahead.start()\n{LOADED}") == "False\n0"
    assert kernel.loaded_after_a_while() == 0


@pytest.mark.evidence
def test_no_file_of_the_learners_is_loaded(kernel: Kernel, tmp_path: Path) -> None:
    """One that is called as a library is: it may print, ask, or end the kernel."""
    (tmp_path / "colorsys.py").write_text("raise SystemExit('the learner has not asked for it')", encoding="utf-8")
    begin = f"{ANEW}\nsys.path.insert(0, {str(tmp_path)!r})\nload_ahead.start()"
    assert kernel.run(f"{begin}\n{LOADED}") == "0"
    assert kernel.loaded_after_a_while() == ALL - 1
    assert kernel.run("sys.path.pop(0)\nprint('colorsys' in sys.modules)").endswith("False")


# --- without a kernel ---


def test_the_pieces_are_what_the_first_chart_needs() -> None:
    """To load them ahead would be of little use if the chart then needed many more."""
    code = """
import sys
from importlib import import_module
from helpers import measure
from helpers.page import load_ahead

for name in load_ahead._here._left:
    import_module(name)
with measure("nothing") as run:
    pass
there = set(sys.modules)
run._repr_html_()
new = {name.partition(".")[0] for name in set(sys.modules) - there}
print(sorted(new - {"PIL", "helpers", "matplotlib"}), len(set(sys.modules) - there) < 25)
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=COURSE, capture_output=True, encoding="utf-8", check=True)
    assert said.stdout.strip() == "[] True"


@jumping
async def test_outside_a_notebook_nothing_is_done() -> None:
    load_ahead.start()
    assert not load_ahead.load_one()
    assert load_ahead._here._timer is None


@jumping
async def test_a_piece_that_cannot_be_loaded_harms_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken_piece.py").write_text("raise ZeroDivisionError", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(load_ahead, "_is_the_kernels_thread", lambda thread: True)  # pytest may have some
    monkeypatch.setattr(load_ahead, "_is_the_kernels_callback", lambda callback: True)  # this test's own timer
    monkeypatch.setattr(load_ahead, "_is_installed", lambda package: True)
    monkeypatch.setattr(load_ahead, "PIECES", ("broken_piece", "piece_that_is_not_there", "colorsys"))
    collected: list[bool] = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append("colorsys" in sys.modules))
    sys.modules.pop("colorsys", None)
    loader = load_ahead._LoadAhead()
    loader.start()
    # Its own task is at work until here, and from the next line on again.
    monkeypatch.setattr(load_ahead, "_is_the_kernels", lambda task: True)
    await asyncio.sleep(10 * load_ahead.PAUSE)
    assert "colorsys" in sys.modules
    assert collected == [True]  # once, at the end: nothing of it is left for a measured block


@jumping
async def test_a_timer_that_is_late_tells_of_somebody_elses_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_ahead, "_is_the_kernels_thread", lambda thread: True)
    monkeypatch.setattr(load_ahead, "_is_the_kernels", lambda task: True)
    monkeypatch.setattr(load_ahead, "_is_the_kernels_callback", lambda callback: True)
    monkeypatch.setattr(load_ahead, "PIECES", ("colorsys",))
    sys.modules.pop("colorsys", None)
    loop = asyncio.get_running_loop()
    load_ahead._LoadAhead().start()
    loop.advance(load_ahead.PAUSE + 2 * load_ahead.LATE)  # type: ignore[attr-defined]
    await asyncio.sleep(load_ahead.PAUSE / 2)
    assert "colorsys" not in sys.modules
    await asyncio.sleep(load_ahead.PAUSE)
    assert "colorsys" in sys.modules


def test_a_thread_is_the_kernels_by_its_class_or_by_what_it_runs() -> None:
    class Own(threading.Thread):
        pass

    class OfTheKernel(threading.Thread):
        pass

    OfTheKernel.__module__ = "ipykernel.heartbeat"

    def watch() -> None:
        pass

    watch.__module__ = "ipykernel.iostream"
    known = [OfTheKernel(), threading.Thread(target=watch)]
    others = [Own(), threading.Thread(), threading.Thread(target=len), threading.Thread(target=Own().run)]
    assert [load_ahead._is_the_kernels_thread(thread) for thread in (*known, *others)] == [True] * 2 + [False] * 4


def test_a_call_from_a_thread_without_a_loop_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_ahead, "in_notebook", lambda: True)
    load_ahead.start()
    assert not load_ahead.load_one()


def test_the_first_cell_loads_none_of_the_large_libraries() -> None:
    """What it imports would be waited for; a chart that is drawn later, or never, must not be paid for there."""
    notebook = json.loads((COURSE / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8"))
    first = next("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    imports = first[: first.index("api =")]
    large = ("numpy", "pandas", "matplotlib", "PIL", "scipy", "django", "psycopg", "duckdb", "ipywidgets", "pyarrow")
    code = f"{imports}\nimport sys\nprint([name for name in {large!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], cwd=COURSE, capture_output=True, encoding="utf-8", check=True)
    assert said.stdout.strip() == "[]"
