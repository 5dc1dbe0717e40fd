"""What a learner's script prints of ours can be printed into a pipe in the code page, as on Windows."""

import asyncio
import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path

import pandas
import pytest

from helpers import (
    arrivals,
    compare,
    expect,
    heartbeat,
    history,
    measure,
    noise,
    open_loop,
    predictions,
    queue_length,
    side_by_side,
    trials,
    typical,
)
from helpers.costs.waiting_price import PriceOfWaiting
from helpers.page.say import say
from helpers.repeated_trials.plan import plan
from helpers.repeated_trials.progress_line import TrialsProgress
from helpers.runs.call_and_wait import call

CODE_PAGES = ["cp874", "cp932", "cp936", "cp949", "cp950", *(f"cp125{digit}" for digit in range(9))]
"""Those of Windows: Python prints to a pipe in one of them, whatever its console shows."""


class Output(io.TextIOWrapper):
    """Standard output in a code page, and what has come there."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")

    @property
    def came(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


async def things() -> list[object]:
    """What there is to be printed, most of it as it is when its block is over, and texts of it."""

    async def ask(number: int = 0) -> None:
        await asyncio.sleep(0.001)

    beat, queue = heartbeat(0.01), queue_length(asyncio.Queue(), "waiting")
    with measure("one", predict=0.1) as first:
        opened = repr(first)
        with beat, queue:
            await asyncio.gather(ask(), asyncio.to_thread(sum, ()))
    for _ in range(6):
        with measure("a label that goes on and on, as nobody would think that one does, but some do") as other:
            await call(ask)
    load = await open_loop(ask, rate=100, seconds=0.05)
    tried = await trials({"a": ask, "b": ask}, rounds=5, warm_up=0)
    charts = [first.timeline(), first.timeline("requests"), side_by_side(first, other), tried.chart(), predictions()]
    charts += [compare("a", "b"), beat.chart()]
    wrong = []
    for arguments in ({"rounds": "x" * 100}, {"warm_up": -1}):
        with pytest.raises((TypeError, ValueError)) as raised:
            await trials({"a": ask, "b": ask}, **arguments)  # type: ignore[arg-type]
        wrong.append(raised.value)
    price = PriceOfWaiting(pandas.DataFrame({"asked": [10, 1000]}), 0.1)
    return [
        opened, first, other, load, load.load, beat, queue, tried, arrivals(first), price, history(), typical("a"),
        noise("a"), *charts, *(chart.sentence for chart in charts), *(chart.note for chart in charts), *wrong,
    ]  # fmt: skip


@pytest.mark.evidence
def test_whatever_is_printed_of_ours_is_in_every_code_page() -> None:
    shown = asyncio.run(things())
    for encoding in CODE_PAGES:
        output = Output(encoding)
        for thing in shown:
            print(thing, repr(thing), file=output)
        assert "at most" in output.came


@pytest.mark.parametrize("encoding", [*CODE_PAGES, "ascii", "utf-8"])
def test_what_expect_prints_ends_no_program(encoding: str) -> None:
    def hot() -> None:
        raise ValueError("naïve ☕ 日本")

    with redirect_stdout(Output(encoding)) as output, expect(ValueError):
        hot()
    first, place = output.came.splitlines()
    known = "naïve ☕ 日本".encode(encoding, "backslashreplace").decode(encoding)
    assert first == f"ValueError: {known}" and place.startswith("    raised by line ")


def test_what_an_output_shows_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say("naïve ☕")
    assert capsys.readouterr().out == "naïve ☕\n"
    with redirect_stdout(io.StringIO()) as output:  # it has no encoding
        say("naïve ☕")
    assert output.getvalue() == "naïve ☕\n"


SCRIPT = """
from helpers import expect, heartbeat
print(heartbeat(0.1))
with expect(ValueError):
    raise ValueError("☕")
"""


@pytest.mark.evidence
def test_a_script_prints_into_a_pipe_in_the_code_page(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(SCRIPT, encoding="utf-8")
    there = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, script], env=there, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("cp1252")
    lines = done.stdout.decode("cp1252").splitlines()
    assert lines[0].startswith("<heartbeat") and lines[1] == "ValueError: \\u2615"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_of_trials_takes_its_own_place_without_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The console of Windows shows a code that clears the line, unless it is told not to."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    turns = plan(["one", "a much longer name"], 2, 0)
    progress = TrialsProgress(["one", "a much longer name"], turns, 0)
    for _ in turns:
        progress.one_more()
    progress.over()
    said = sys.stderr.getvalue()
    assert said.isprintable() is False and all(char.isprintable() or char in "\r\n" for char in said)
    lines = said.rstrip("\n").split("\r")[1:]
    assert len(lines) == 5 and lines[-1].startswith("4 runs in shuffled order.")
    for before, after in pairwise(lines):
        assert len(after) >= len(before.rstrip()), "what stood there is covered"


def test_without_a_window_there_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw.exe
    TrialsProgress(["one", "two"], plan(["one", "two"], 1, 0), 0).over()
