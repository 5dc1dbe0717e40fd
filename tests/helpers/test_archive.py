"""What is put into the history comes out of it: whole, in order, and without what the learner would wait for."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest
from archive_samples import REQUESTS, SAMPLE, printed, python, sample

from helpers import archive
from helpers.archive import Brief, Conditions, sql_rows


def test_a_run_comes_back_as_it_was_stored() -> None:
    offset = timezone(timedelta(hours=-3, minutes=-30))
    run = sample(label="naïve 'quotes' % _", when=SAMPLE.when.astimezone(offset), outcome="error: TimeoutError")
    stored = archive.append(run, REQUESTS)
    assert stored == replace(run, number=1)
    assert archive.runs_of(run.label) == [stored] == archive.all_runs() == [archive.run_of(1)]
    assert archive.runs_of(run.label)[0].when.utcoffset() == timedelta(hours=-3, minutes=-30)


def test_what_may_be_missing_stays_missing() -> None:
    run = sample(predict=None, server=None, parts={}, conditions=Conditions("3.14.0", "m", {}, ()), warm_up=True)
    archive.append(run, {})
    assert archive.runs_of(run.label) == [replace(run, number=1)]
    assert archive.requests_of(1).empty


def test_requests_come_back_to_the_last_digit() -> None:
    archive.append(sample(), REQUESTS)
    table = archive.requests_of(1)
    assert list(table) == list(REQUESTS)
    assert table["start"].tolist() == REQUESTS["start"] and table["latency"].tolist() == REQUESTS["latency"]
    assert table["status"].tolist() == [200, pandas.NA] and table["path"].tolist() == REQUESTS["path"]
    assert table["ok"].dtype == bool


def test_columns_may_come_from_numpy_and_pandas() -> None:
    status = pandas.Series([200, None], dtype="Int64")
    archive.append(sample(), {"start": numpy.array([0.5, 1.5]), "bytes": numpy.array([7, 8]), "status": list(status)})
    table = archive.requests_of(1)
    assert table["start"].tolist() == [0.5, 1.5] and table["bytes"].tolist() == [7, 8]
    assert table["status"].tolist() == [200, pandas.NA]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"of one length, not: start 2, end 1"):
        archive.append(sample(), {"start": [0.1, 0.2], "end": [0.3]})
    assert archive.all_runs() == []


def test_runs_are_told_apart_by_label_and_person() -> None:
    for count, (label, who) in enumerate([("b", ""), ("a", "anna"), ("b", "anna"), ("b", "")]):
        archive.append(sample(count, label=label, who=who), {})
    assert [run.number for run in archive.runs_of("b")] == [1, 4]
    assert [run.number for run in archive.runs_of("b", who="anna")] == [3]
    assert [run.number for run in archive.runs_of("b", who=None)] == [1, 3, 4]
    assert [run.number for run in archive.all_runs()] == [1, 2, 3, 4]
    assert archive.labels() == ["b", "a"]
    assert archive.runs_of("c") == [] == archive.walls_of("c")


def test_an_unknown_number_is_named() -> None:
    for ask in (archive.run_of, archive.requests_of):
        with pytest.raises(ValueError, match="no run number 12"):
            ask(12)


def test_looking_makes_no_file(history_file: Path) -> None:
    assert archive.all_runs() == archive.labels() == archive.walls_of("a") == []
    assert not history_file.exists()
    assert archive.take_notice() == ""


def brief(run: archive.StoredRun) -> Brief:
    return Brief(run.number, run.wall, run.outcome, run.warm_up, run.configuration, run.conditions)


@pytest.mark.evidence
def test_the_brief_list_follows_what_other_kernels_do(history_file: Path) -> None:
    def check(numbers: list[int]) -> None:
        runs = archive.runs_of("x")
        assert [run.number for run in runs] == numbers
        assert archive.walls_of("x") == [brief(run) for run in runs]

    archive.append(sample(label="x"), {})
    check([1])
    archive.append(sample(label="x", configuration="f01", warm_up=True, outcome="interrupted"), {})
    archive.append(sample(label="y"), {})
    check([1, 2])
    # Behind this process's back, as from another kernel: one forgotten, one added, all gone, a new file.
    with closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("DELETE FROM runs WHERE number = 1")
    check([2])
    printed(python("archive.append(sample(label='x', wall=9.0), {})"))
    check([2, 4])
    history_file.unlink()
    check([])
    for wall in (3.0, 5.0):
        archive.append(sample(label="x", wall=wall), {})
        archive.append(sample(label="x", wall=wall + 1), {})
        check([1, 2])
        history_file.unlink()


def test_a_list_that_was_handed_out_is_not_the_one_that_is_kept() -> None:
    archive.append(sample(label="x"), {})
    archive.walls_of("x").clear()
    assert len(archive.walls_of("x")) == 1


def test_code_and_conditions_are_stored_once(history_file: Path) -> None:
    for count in range(20):
        archive.append(sample(count, configuration=f"f{count % 2}"), {})
    with closing(sqlite3.connect(history_file)) as connection:
        count = "SELECT (SELECT count(*) FROM configurations), (SELECT count(*) FROM conditions)"
        assert connection.execute(count).fetchone() == (2, 1)


def test_forgetting_takes_the_requests_and_the_code_along(history_file: Path) -> None:
    for count in range(4):
        archive.append(sample(count, label="xy"[count % 2], configuration=f"f{count % 2}"), REQUESTS)
    archive.append(sample(label="x", who="anna"), REQUESTS)
    archive.forget("x")
    assert [run.number for run in archive.all_runs()] == [2, 4, 5]
    archive.forget(None, who="anna")
    assert [run.number for run in archive.all_runs()] == [2, 4]
    with closing(sqlite3.connect(history_file)) as connection:
        assert connection.execute("SELECT number FROM requests").fetchall() == [(2,), (4,)]
        assert connection.execute("SELECT hash FROM configurations").fetchall() == [("f1",)]
    assert archive.append(sample(), {}).number == 6, "a forgotten number must not come to mean another run"


@pytest.mark.evidence
def test_storing_a_run_loads_neither_pandas_nor_matplotlib() -> None:
    code = (
        "archive.append(sample(), REQUESTS); archive.runs_of('x'); archive.walls_of('x')\n"
        "print([name for name in ('pandas', 'numpy', 'matplotlib') if name in sys.modules])"
    )
    assert printed(python(code)) == "[]\n"


def test_runs_are_not_read_anew_for_every_card(monkeypatch: pytest.MonkeyPatch) -> None:
    archive.append(sample(), REQUESTS)
    packed = archive.packed_requests_of(1)
    archive.merge([(sample(count), packed) for count in range(1, 200)])
    assert len(archive.walls_of(SAMPLE.label)) == 200
    read: list[int] = []

    def select_briefly(*given: Any) -> list[Brief]:
        found = select(*given)
        read.append(len(found))
        return found

    select = sql_rows.select_briefly
    monkeypatch.setattr(sql_rows, "select_briefly", select_briefly)
    archive.append(sample(200), REQUESTS)
    assert len(archive.walls_of(SAMPLE.label)) == 201
    assert read == [2]  # the last one that was known, to see that it is still there, and the new one


def test_a_big_run_is_kept_small(history_file: Path) -> None:
    count = 10_000
    archive.append(sample(), {"start": [n / 7 for n in range(count)], "path": ["/countries/FR"] * count})
    assert len(archive.requests_of(1)) == count
    assert history_file.stat().st_size < len(json.dumps([n / 7 for n in range(count)]))


def test_the_file_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    course = Path(archive.__file__).parents[2]
    assert archive.place() == tmp_path / "history.sqlite"
    monkeypatch.chdir(tmp_path)  # a kernel works in the notebook's folder: it must not make a difference
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", "elsewhere/h.sqlite")
    assert archive.place() == course / "elsewhere" / "h.sqlite"
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", "~/h.sqlite")
    assert archive.place() == Path.home() / "h.sqlite"
    for unset in ("", None):
        if unset is None:
            monkeypatch.delenv("WAITING_MEASURED_HISTORY")
        else:
            monkeypatch.setenv("WAITING_MEASURED_HISTORY", unset)
        assert archive.place() == course / "data" / "history.sqlite"


def test_a_folder_that_is_missing_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path / "new folder" / "ümlaut #1 %20?" / "h.sqlite"))
    archive.append(sample(), REQUESTS)
    assert len(archive.all_runs()) == 1 and archive.place().exists()
    assert archive.take_notice() == ""


@pytest.mark.evidence
def test_this_test_does_not_write_into_the_learners_history(tmp_path: Path) -> None:
    assert archive.place().is_relative_to(tmp_path)
    code = "print(archive.place())"
    assert printed(python(code)).strip() == str(archive.place()), "nor do the kernels that it starts"
