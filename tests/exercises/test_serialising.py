"""A learner's function means on the bench what it means in the notebook."""

import functools
import gc
import importlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle.cloudpickle
import notebook_to_bench
import pytest
from cases import given
from cells_left import USES

from helpers.exercises import catalogue, check
from helpers.exercises.bench.serialising import NotSent, serialise, sources_in
from helpers.exercises.ordering import defined
from helpers.exercises.panels.outcome import Outcome

HERE = Path(__file__).parent
STACK = catalogue.find("stack-not-stairs")
CASES = [*notebook_to_bench.CELLS, *(f"left: {name}" for name in USES)]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """For each case what the notebook says, and what the bench says: two processes, as in a class."""
    file = tmp_path_factory.mktemp("sent") / "sent.bin"
    command = [sys.executable, str(HERE / "notebook_to_bench.py")]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    for place in ("notebook", "bench"):
        done = subprocess.run(
            [*command, place, str(file)], capture_output=True, encoding="utf-8", env=environment, timeout=300
        )
        assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    return {name: (notebook, bench) for name, notebook, bench in map(json.loads, lines)}


@pytest.mark.parametrize("case", CASES)
def test_means_the_same(case: str, said: dict[str, tuple[str, str]]) -> None:
    notebook, bench = said[case]
    assert bench == notebook
    assert case.startswith("left: ") or not re.match(r"\w+Error", notebook)  # or the case itself is broken


# --- through a check ---

GOOD = """
async def fetch_all(session, urls):
    return await asyncio.gather(*(fetch(session, url) for url in urls))
"""


def judged(source: str, **names: Any) -> Outcome:
    """Check an answer to "stack-not-stairs" whose cells may use these names too."""
    answer = defined(source.strip("\n") + "\n", given(STACK), "In[7]")
    answer.__globals__.update(names)
    return check("stack-not-stairs", answer)


def test_what_the_cells_define_is_there_in_a_check() -> None:
    source = """
import functools
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import NamedTuple

@dataclass(slots=True)
class Page:
    url: str
    notes: list = field(default_factory=list)

class State(Enum):
    NEW = "new"

class Timing(NamedTuple):
    url: str
    state: State = State.NEW

@functools.cache
def length(text):
    return len(text)

def limited(function, LIMIT=1):
    return function

LIMIT = 10

async def fetch_all(session, urls):
    pages = [Page(url, [Timing(url)]) for url in urls]
    assert asdict(pages[0])["notes"][0].state is State.NEW and length("ab") == 2 and LIMIT == 10
    return await asyncio.gather(*(fetch(session, page.url) for page in pages))
"""
    assert judged(source).state == "done"


def test_partial_and_an_object_that_can_be_called_are_judged() -> None:
    plain = defined(GOOD.replace("session, urls", "unused, session, urls"), given(STACK), "In[7]")
    outcome = check("stack-not-stairs", functools.partial(plain, None))
    assert outcome.state == "done", str(outcome)
    assert outcome.run is not None and outcome.run.tasks["name"][0] == "fetch_all"
    source = GOOD.replace("async def fetch_all(", "async def method(self, ") + "\ndef fetch_all(): pass\n"
    made = defined(source, given(STACK), "In[7]").__globals__["method"]
    answer = type("Fetcher", (), {"__call__": made, "__module__": "__main__"})()
    outcome = check("stack-not-stairs", answer)
    assert outcome.state == "done", str(outcome)
    assert outcome.run is not None and outcome.run.tasks["name"][0] == "Fetcher"


COUNTING = """
class Calls:
    made = 0

async def fetch_all(session, urls):
    import sys
    Calls.made += 1
    Calls.new = getattr(Calls, "new", 0) + 1
    sys.modules["__main__"].left = getattr(sys.modules["__main__"], "left", 0) + 1
    print(Calls.made, Calls.new, sys.modules["__main__"].left)
    return await asyncio.gather(*(fetch(session, url) for url in urls))
"""


def test_two_checks_share_nothing() -> None:
    answer = defined(COUNTING, given(STACK), "In[7]")
    for _ in range(2):  # the last of the two runs of each check
        assert check("stack-not-stairs", answer).printed == "2 2 2\n"
    assert answer.__globals__["Calls"].made == 0


def test_pool_of_the_notebook_has_not_been_left_behind() -> None:
    with ThreadPoolExecutor(2) as pool:
        source = GOOD.replace("    return", "    pool.submit(print, 'in the pool').result()\n    return")
        outcome = judged(source, pool=pool)
    assert outcome.state == "done", str(outcome)
    assert not pool._threads


def test_what_cannot_be_set_up_is_a_finding() -> None:
    source = f"""
class Broken:
    def __getstate__(self):
        return {{"at": 1}}
    def __setstate__(self, state):
        raise ValueError("no key")
broken = Broken()
{GOOD.replace("    return", "    broken" + chr(10) + "    return")}"""
    outcome = judged(source)
    assert outcome.state == "again"
    assert outcome.findings[0].seen == "Your function could not be set up for the check: ValueError: no key."
    assert "Make what cannot be sent inside the function" in outcome.findings[0].means
    assert judged(GOOD).state == "done"


def test_what_cannot_be_sent_is_a_finding() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    outcome = judged(GOOD.replace("    return", "    deep\n    return"), deep=deep)
    assert outcome.findings[0].seen.startswith("Your function cannot be sent to the check: PicklingError: ")
    while deep:  # or it is taken apart one in the other
        deep = deep.pop()


# --- modules beside the notebook ---

FILE = """
LIMIT = 10
seen = []

async def fetch(session, url):
    seen.append(url)
    async with session.get(url) as response:
        print(LIMIT, len(seen))
        return await response.json()
"""
BESIDE = """
async def fetch_all(session, urls):
    return [await beside.fetch(session, url) for url in urls[:1]]
"""
INSIDE = BESIDE.replace("    return", "    import beside_a_notebook as beside\n    return")


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module of the learner's own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    tmp_path.joinpath("beside_a_notebook.py").write_text(FILE, encoding="utf-8")
    yield importlib.import_module("beside_a_notebook")
    sys.modules.pop("beside_a_notebook", None)


@pytest.mark.parametrize("source", [BESIDE, INSIDE], ids=["used", "imported in the function"])
def test_module_is_as_the_kernel_has_it(source: str, beside: ModuleType) -> None:
    assert beside.__file__ is not None
    file = Path(beside.__file__)
    assert judged(source, beside=beside).printed == "10 1\n"
    file.write_text(FILE.replace("LIMIT = 10", "LIMIT = 20"), encoding="utf-8")
    assert judged(source, beside=beside).printed == "10 1\n"  # not reloaded yet
    importlib.reload(beside)
    assert judged(source, beside=beside).printed == "20 1\n"
    beside.LIMIT = 30  # type: ignore[attr-defined]
    beside.seen.append("one of the notebook")
    assert judged(source, beside=beside).printed == "30 2\n"
    assert len(beside.seen) == 1


def test_module_that_only_the_function_imports_is_as_its_file(beside: ModuleType) -> None:
    assert beside.__file__ is not None
    file = Path(beside.__file__)
    del sys.modules["beside_a_notebook"]
    for limit in (10, 20):
        file.write_text(FILE.replace("LIMIT = 10", f"LIMIT = {limit}"), encoding="utf-8")
        os.utime(file, (time.time() + limit, time.time() + limit))
        assert judged(INSIDE).printed == f"{limit} 1\n"


# --- what serialising leaves alone ---


def test_nothing_is_changed_in_the_kernel() -> None:
    source = """
from enum import Enum
from typing import TypeVar
T = TypeVar("T")
asked = []
class Kind(Enum):
    ONE = 1
class Thing:
    def __reduce__(self):
        asked.append("reduce")
        return Thing, ()
    def __getattribute__(self, name):
        if name not in ("__reduce_ex__", "__reduce__", "__class__"):  # what pickle asks
            asked.append(name)
        return super().__getattribute__(name)
thing = Thing()
def answer():
    return thing, Kind.ONE, T
"""
    answer = defined(source, "", "In[1]")
    names = answer.__globals__
    before = {name: dict(vars(names[name])) for name in ("Kind", "Thing", "answer")}, set(names), set(sys.modules)
    for _ in range(2):
        serialise(answer)
    assert before == (
        {name: dict(vars(names[name])) for name in ("Kind", "Thing", "answer")}, set(names), set(sys.modules),
    )  # fmt: skip
    assert names["asked"] == ["reduce"] * 2
    assert cloudpickle.cloudpickle.list_registry_pickle_by_value() == set()
    assert not {names["Kind"], names["Thing"], names["T"]} & {*cloudpickle.cloudpickle._DYNAMIC_CLASS_TRACKER_BY_CLASS}


def test_what_is_not_used_is_neither_sent_nor_asked() -> None:
    class Odd:
        def __reduce_ex__(self, protocol: Any) -> Any:
            raise SystemExit("was asked")

    answer = defined("def answer():\n    return Box.huge\n", "class Box:\n    huge = 4\n", "In[1]")
    answer.__globals__.update(huge=Odd(), unused=bytes(1_000_000))
    assert len(serialise(answer)) < 10_000


def test_lines_are_those_of_the_learners_cells_only() -> None:
    source = "import contextlib\n@contextlib.contextmanager\ndef answer():\n    yield 1\n"
    assert sources_in(serialise(defined(source, "", "In[1]"))) == {"In[1]": source.splitlines(keepends=True)}


def test_what_is_no_function_can_be_sent_too() -> None:
    things: list[Callable[..., Any]] = [len, print, str, functools.partial(len), "".join]
    for thing in things:
        assert serialise(thing)
    with pytest.raises(NotSent):
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        serialise(deep)  # type: ignore[arg-type]
    while deep:
        deep = deep.pop()
    gc.collect()
