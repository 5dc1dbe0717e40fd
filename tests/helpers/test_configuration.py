"""What is said to have changed is what changed: in a real kernel, cell by cell, as a learner reruns them."""

import ast
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from helpers.code import sources
from helpers.code.changes import changes
from helpers.code.configuration import hash_of, of_function
from helpers.code.masked_code import masked
from helpers.code.sources import parse
from helpers.code.text_lists import read
from helpers.code.values import plain

SETUP = """
import asyncio, functools, json, subprocess, sys
from helpers import measure
def work(*given, **named): pass
"""


class Notebook:
    """A kernel that executes cells."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self._manager, self._client = manager, client
        self.run(SETUP)

    def run(self, *cells: str) -> str:
        """Execute the cells; return what they printed. Fails when one of them raises.

        A kernel that hangs says, as it is ended, where each of its threads stands.
        """
        printed: list[str] = []

        def keep(message: dict) -> None:  # type: ignore[type-arg]
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        for cell in cells:
            assert self._manager.is_alive(), "the kernel was ended by a test before this one"
            try:
                reply = self._client.execute_interactive(cell, timeout=60, output_hook=keep)["content"]
            except TimeoutError:
                if sys.platform != "win32":
                    self._manager.signal_kernel(signal.SIGABRT)
                raise
            assert reply["status"] == "ok", reply
        return "".join(printed)

    def parts(self, *cells: str) -> dict[str, str]:
        """Execute the cells; return the parts of the run that was measured last, as `run`."""
        self.run(*cells)
        parts: dict[str, str] = json.loads(
            self.run("print(json.dumps([dict(run.stored.parts), run.trouble]))").splitlines()[-1]
        )
        assert parts[1] == ""  # type: ignore[index]
        return parts[0]  # type: ignore[index]

    def told(self, before: list[str], after: list[str]) -> list[str]:
        """What a card says has changed between two rounds of cells."""
        first, second = self.parts(*before), self.parts(*after)
        words = [change.words for change in changes(first, second)]
        assert bool(words) == (hash_of(first) != hash_of(second))
        return words


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    folder = tmp_path_factory.mktemp("notebook")
    env = {**os.environ, "WAITING_MEASURED_HISTORY": str(folder / "history.sqlite"), "PYTHONFAULTHANDLER": "1"}
    env["JPY_SESSION_NAME"] = "/disk/anna/course/07_a notebook.ipynb"
    manager, client = start_new_kernel(cwd=str(folder), env=env)
    try:
        yield Notebook(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


BLOCK = "with measure('a') as run:\n    work(limit=10)"

SAME = {
    "comment": ([BLOCK], ["# a comment\n\nwith measure('a') as run:  # another\n    work(limit = 10)"]),
    "arguments of measure": ([BLOCK], ["with measure('b', predict=2, blocking=.1) as run:\n    work(limit=10)"]),
    "name of the run": (["with measure('a') as run: work(1)"], ["with measure('a') as other: work(1)\nrun = other"]),
    "after the block": ([BLOCK], [BLOCK + "\nprint(len('after'))\nrun"]),
    "definition and import not used": ([BLOCK], ["import math\ndef idle(): pass\n" + BLOCK]),
    "documentation": (
        ["def f():\n    'Says this.'\n    work(1)", "with measure('a') as run: f()"],
        ["def f():\n    'Says that.'\n    work(1)  # here", "with measure('a') as run: f()"],
    ),
    "where a value is assigned": (
        ["limit = 10\nwith measure('a') as run: work(limit)"],
        ["limit = 10", "with measure('a') as run: work(limit)"],
    ),
    "another block of the cell": (
        ["with measure('b') as first: work(1)\nwith measure('a') as run: work(2)"],
        ["with measure('b') as first: work(99)\nwith measure('a') as run: work(2)"],
    ),
    "results": (
        ["found = []\ntotal = 0\ndef add(into): into.append(1)", "with measure('a') as run: add(found); total += 1"],
        ["with measure('a') as run: add(found); total += 1"],
    ),
    "results by a function": (
        ["total = 0\ndef add():\n    global total\n    total += 1", "with measure('a') as run: add()"],
        ["with measure('a') as run: add()"],
    ),
    "a set's order": (["few = {'a', 'b', 'c'}", "with measure('a') as run: work(few)"],
                      ["few = {'c', 'b', 'a'}", "with measure('a') as run: work(few)"]),
    "the server's port": (
        ["url = 'http://127.0.0.1:4001/x'", "with measure('a') as run: work(url)"],
        ["url = 'http://127.0.0.1:4002/x'", "with measure('a') as run: work(url)"],
    ),
}  # fmt: skip

CHANGED = {
    "a number": ([BLOCK], [BLOCK.replace("10", "100")], ["limit=10 -> limit=100"]),
    "a value from the same cell": (
        ["limit = 10\nwith measure('a') as run: work(limit)"],
        ["limit = 100\nwith measure('a') as run: work(limit)"],
        ["limit=10 -> limit=100"],
    ),
    "a value from an earlier cell": (
        ["limit = 10", "with measure('a') as run: work(limit)"],
        ["limit = 100", "with measure('a') as run: work(limit)"],
        ["limit=10 -> limit=100"],
    ),
    "a value that the block then changes": (
        ["x = 10\nwith measure('a') as run: x = x * 2"],
        ["x = 20\nwith measure('a') as run: x = x * 2"],
        ["x = 10 -> x = 20"],
    ),
    "a value in a function": (
        ["limit = 10\ndef f(): work(limit)", "with measure('a') as run: f()"],
        ["limit = 100", "with measure('a') as run: f()"],
        ["limit=10 -> limit=100"],
    ),
    "a function": (
        ["async def f():\n    work(1)\n    work(limit=1)", "with measure('a') as run: await f()"],
        ["async def f():\n    work(1)\n    work(limit=2)", "with measure('a') as run: await f()"],
        ["f: limit=1 -> limit=2"],
    ),
    "a function's function": (
        ["def g(): work(1)\ndef f(): g()", "with measure('a') as run: f()"],
        ["def g(): work(2)", "with measure('a') as run: f()"],
        ["g: work(1) -> work(2)"],
    ),
    "a decorated function": (
        ["@functools.lru_cache\ndef f(): work(1)", "with measure('a') as run: f()"],
        ["@functools.lru_cache\ndef f(): work(2)", "with measure('a') as run: f()"],
        ["f: work(1) -> work(2)"],
    ),
    "a default that was computed": (
        ["n = 1\ndef f(limit=n): work(limit)", "with measure('a') as run: f()"],
        ["n = 2\ndef f(limit=n): work(limit)", "n = 1\nwith measure('a') as run: f()"],
        ["limit=1 -> limit=2"],
    ),
    "a closure": (
        ["def make(limit):\n    return lambda: work(limit)\nf = make(1)", "with measure('a') as run: f()"],
        ["f = make(2)", "with measure('a') as run: f()"],
        ["limit=1 -> limit=2"],
    ),
    "an object": (
        ["session = iter([10])", "with measure('a') as run: work(session)"],
        ["session = iter([100])", "with measure('a') as run: work(session)"],
        ["iter([10]) -> iter([100])"],
    ),
    "what an object was made of": (
        ["limit = 1\nsession = iter([limit])", "with measure('a') as run: work(session)"],
        ["limit = 2\nsession = iter([limit])", "with measure('a') as run: work(session)"],
        ["limit=1 -> limit=2"],
    ),
    "a class": (
        ["class C:\n    def go(self): work(1)", "with measure('a') as run: C().go()"],
        ["class C:\n    def go(self): work(2)", "with measure('a') as run: C().go()"],
        ["C: work(1) -> work(2)"],
    ),
    "a round of a loop": (
        ["for n in (1, 2):\n    with measure('a') as run: work(n)\n    if n == 1: break"],
        ["n = 1\nfor n in (1, 2):\n    with measure('a') as run: work(n)\n    if n == 1: pass"],
        ["break -> pass", "n=1 -> n=2"],
    ),
    "an argument of a function that measures": (
        ["def m(n):\n    global run\n    with measure('a') as run: work(n)", "values = [1]", "for v in values: m(v)"],
        ["values = [1, 2]", "for v in values: m(v)"],
        ["n=1 -> n=2", "values=[1] -> values=[1, 2]", "v=1 -> v=2"],
    ),
    "a function that measures, in a task": (
        ["async def m():\n    global run\n    with measure('a') as run: work(1)", "await asyncio.create_task(m())"],
        ["async def m():\n    global run\n    with measure('a') as run: work(2)", "await asyncio.create_task(m())"],
        ["work(1) -> work(2)"],
    ),
    "under a magic": (
        ["%%time\nlimit = 10\nwith measure('a') as run:\n    work(limit)"],
        ["%%time\nlimit = 100\nwith measure('a') as run:\n    work(limit)"],
        ["limit = 10 -> limit = 100"],
    ),
    "a script": (
        ["%%writefile job.py\nprint(1)", "with measure('a') as run: subprocess.run([sys.executable, 'job.py'])"],
        ["%%writefile job.py\nprint(2)", "with measure('a') as run: subprocess.run([sys.executable, 'job.py'])"],
        ["job.py: print(1) -> print(2)"],
    ),
    "a long list": (
        ["urls = ['a long address'] * 100", "with measure('a') as run: work(urls)"],
        ["urls = ['a long address'] * 1000", "with measure('a') as run: work(urls)"],
        ["urls: 100 -> 1,000 items"],
    ),
}


@pytest.mark.evidence
@pytest.mark.parametrize("case", SAME)
def test_what_does_not_change_a_run_is_no_change(notebook: Notebook, case: str) -> None:
    before, after = SAME[case]
    assert notebook.told(before, after) == []


@pytest.mark.evidence
@pytest.mark.parametrize("case", CHANGED)
def test_what_changes_a_run_is_told(notebook: Notebook, case: str) -> None:
    before, after, told = CHANGED[case]
    assert notebook.told(before, after) == told


@pytest.mark.evidence
def test_a_run_knows_its_notebook_and_its_kernel(notebook: Notebook) -> None:
    notebook.run(BLOCK)
    chapter, session = notebook.run("print(run.stored.chapter, run.stored.session, sep='|')").strip().split("|")
    assert chapter == "07_a notebook"
    assert session == notebook.run(BLOCK, "print(run.stored.session)").strip()


@pytest.mark.evidence
def test_code_in_a_console_has_no_chapter(notebook: Notebook) -> None:
    notebook.run("import os; os.environ['JPY_SESSION_NAME'] = '/disk/anna/course/Console 1'")
    assert notebook.run(BLOCK, "print([run.stored.chapter])").strip() == "['']"


def test_functions_are_known_by_their_own_code_and_arguments() -> None:
    def fetch(limit: int, pause: float = 0.1) -> None: ...

    variants = {n: (lambda n=n: fetch(n)) for n in (1, 2)}
    parts = {n: of_function(variant, {}).parts() for n, variant in variants.items()}
    assert [change.words for change in changes(parts[1], parts[2])] == ["n=1 -> n=2"]
    assert "fetch" in parts[1]
    one, two = (lambda: fetch(1)), (lambda: fetch(2))  # fmt: skip
    told = changes(of_function(one, {}).parts(), of_function(two, {}).parts())
    assert [change.words for change in told] == ["fetch(1) -> fetch(2)"]
    told = changes(of_function(fetch, {"limit": 1}).parts(), of_function(fetch, {"limit": 2}).parts())
    assert [change.words for change in told] == ["limit=1 -> limit=2"]


def test_values_of_the_learners_own_kinds_are_left_alone() -> None:
    class Trap:
        def __repr__(self) -> str:
            raise AssertionError("the learner's code was called")

        __eq__ = __hash__ = __repr__  # type: ignore[assignment]

    trap = Trap()
    parts = of_function(lambda: trap, {"things": [trap], "around": (around := [])}).parts()
    around.append(around)
    again = of_function(lambda: trap, {"around": around}).parts()
    assert "things" not in parts
    assert "around" not in again


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("for i in range(10): work(i)", "for i in range(20): work(i)", ["range(10) -> range(20)"]),
        ("f(a)\ng()", "f(a)\nsleep(0)\ng()", ["sleep(0) is new"]),
        ("f(a)\nsleep(0)\ng()", "f(a)\ng()", ["sleep(0) is gone"]),
        ("f(ClientSession())", "f(ClientSession(limit=5))", ["limit=5 is new"]),
        ("requests.get('a long path')", "session.get('a long path')", ["requests.get -> session.get"]),
        ("x = a + b", "x = a * b", ["x = a + b -> x = a * b"]),
        ("a()\nb()\nc()\nd()\ne()", "q()\nr()\ns()\nt()\nu()", ["5 lines changed"]),
        ("with measure:\n    f()", "with measure, pool() as p:\n    f()", ["pool() as p is new"]),
        (
            "jobs = [('grind', grind()), *pages]",
            "jobs = [*pages, ('grind', grind())]",
            ["('grind', grind()) moved to the end"],
        ),
        ("f()\ng()\nh()", "g()\nh()\nf()", ["f() moved to the end"]),
        ("f()\ng()\nh()", "h()\nf()\ng()", ["h() moved to the beginning"]),
        ("f()\ng()\nh()\ni()", "f()\nh()\ng()\ni()", ["g() moved after h()"]),
        ("f()\ng()\nh(1)", "g()\nf()\nh(2)", ["f() moved after g()", "h(1) -> h(2)"]),
        (
            "for url in urls:\n    f(url)\n    g()",
            "for url in urls:\n    f(url)\ng()",
            ["g() moved out of for url in urls"],
        ),
        (
            "for url in urls:\n    f(url)\ng()",
            "for url in urls:\n    f(url)\n    g()",
            ["g() moved into for url in urls"],
        ),
        (
            f"f('{'x' * 60}1{'y' * 60}')",
            f"f('{'x' * 60}2{'y' * 60}')",
            [f"…{'x' * 8}1y…{'y' * 8}' -> …{'x' * 8}2y…{'y' * 8}'"],
        ),
    ],
)
def test_changes_are_told_in_few_words(before: str, after: str, told: list[str]) -> None:
    assert [change.words for change in changes({"cell": before}, {"cell": after})] == told


def test_a_long_change_is_shortened() -> None:
    texts = [f"f({'x' * 300}, {n})\ng({'y' * 300})" for n in (1, 2)]
    for words in [change.words for change in changes({"cell": texts[0]}, {"cell": texts[1]})]:
        assert len(words) < 100


def urls(number: int = 20, query: str = "?delay=0.1", place: str = "/countries") -> list[str]:
    return [f"http://127.0.0.1:4001{place}/C{n * n}{query}" for n in range(number)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (urls(), urls(query="?delay=0.02"), ["delay=0.1 -> 0.02 in all 20"]),
        (urls(3), urls(3, "?delay=0.02"), ["delay=0.1 -> 0.02 in all 3"]),
        (urls(query="?delay=0.1&tail=1"), urls(query="?delay=0.25&tail=1"), ["delay=0.1 -> 0.25 in all 20"]),
        (urls(), urls(query="?delay=0.1&tail=0.2"), ["urls: tail=0.2 is new in all 20"]),
        (urls(query="?delay=0.1&tail=0.2"), urls(), ["urls: tail=0.2 is gone in all 20"]),
        (urls(), urls(place="/pages"), ["urls: countries -> pages in all 20"]),
        (urls(), urls(40), ["urls: 20 -> 40 items"]),
        (urls(), urls(40, "?delay=0.02"), ["urls: 20 -> 40 items, delay=0.1 -> 0.02 in all 40"]),
        (urls(1000), urls(1000, "?delay=0.2"), ["delay=0.1 -> 0.2 in all 1,000"]),
        (urls(), urls()[::-1], ["urls: the same 20 items in another order"]),
        (urls(), urls(query="?delay=0.2")[::-1], ["delay=0.1 -> 0.2 in all 20, in another order"]),
        (urls(), [*urls(19), "http://127.0.0.1:4001/countries/KE?delay=0.1"], ["urls is another list of 20 items"]),
        (urls(3), [*urls(2), urls(query="?delay=2")[2]], ["delay=0.1 -> 2 in 1 of 3"]),
        (["a", "b", "c"], ["b", "c", "a"], ["urls: 'a' moved to the end"]),
        (["a", "b", "c", "d"], ["d", "c", "b", "a"], ["urls: the same 4 items in another order"]),
        ([1, 2, 3], [2, 3, 1], ["urls: 1 moved to the end"]),
        (["a", "b"], ["a", "c"], ["urls: b -> c in 1 of 2"]),
    ],
)  # fmt: skip
def test_a_list_of_texts_is_told_by_what_its_items_have_in_common(before: list, after: list, told: list[str]) -> None:  # type: ignore[type-arg]
    parts = [of_function(work_with_urls, {"urls": value}).parts() for value in (before, after)]
    found = changes(*parts)
    assert [change.words for change in found] == told
    assert all(len(part["urls"]) < 300 for part in parts)
    if told == ["delay=0.1 -> 0.02 in all 20"]:
        assert (found[0].before, found[0].after) == ("delay=0.1", "delay=0.02")


def work_with_urls(urls: list[str]) -> None: ...


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("urls", [f"https://shop.example/orders?token=abcdef{n}&page=1{'x' * 20}" for n in range(9)]),
        ("urls", [f"https://shop.example/orders?api_key=abcdefgh&page={n}{'x' * 20}" for n in range(9)]),
        ("tokens", [f"abcdef-{n}{'x' * 30}" for n in range(9)]),
    ],
)
def test_no_secret_is_in_what_a_list_has_alike(name: str, items: list[str]) -> None:
    for text in (masked({name: plain(items) or ""}, lambda: b"key")[name], plain(items) or ""):
        assert "abcdef" not in text or text == plain(items)
        assert read(parse(text)) is not None


def test_a_path_is_a_value() -> None:
    paths = [of_function(work_with, {"path": Path(name)}).parts() for name in ("a", "b")]
    assert [change.words for change in changes(*paths)] == ["path='a' -> path='b'"]


def work_with(path: Path) -> None: ...


def test_a_source_that_another_thread_upsets_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 raises SystemError where two threads parse at once."""
    parse, upset = ast.parse, iter([True, True, False])

    def upset_twice(source: str) -> ast.Module:
        if next(upset):
            raise SystemError("AST constructor recursion depth mismatch (before=10, after=12)")
        return parse(source)

    monkeypatch.setattr(ast, "parse", upset_twice)
    tree = sources.parse("upset = 'twice'")
    assert tree is not None and ast.unparse(tree) == "upset = 'twice'"
