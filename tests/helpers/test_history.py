"""What a learner does with the history: looks at it, forgets some of it, hands it on, takes in another person's."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pandas
import pytest
from archive_samples import REQUESTS, SAMPLE, sample

from helpers import archive, export, forget, history, import_runs, measure


@pytest.fixture
def become(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that goes to another person's computer, where another history is."""

    def go(name: str) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / name)
        monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path / name / "history.sqlite"))

    return go


def a_few(session: str = "kernel") -> None:
    """Make three runs under two labels."""
    archive.append(sample(1, label="one by one", session=session), REQUESTS)
    archive.append(sample(2, label="at once", session=session, predict=None, server=None), {})
    archive.append(sample(3, label="one by one", session=session, outcome="interrupted", warm_up=True), REQUESTS)


def test_the_history_is_a_table() -> None:
    a_few()
    table = history()
    assert table.index.tolist() == [1, 2, 3] and table.index.name == "number"
    assert table["label"].tolist() == ["one by one", "at once", "one by one"]
    assert table["wall"].tolist() == [SAMPLE.wall] * 3
    assert table["predict"].isna().tolist() == [False, True, False]
    assert table["peak"].tolist() == [3, pandas.NA, 3]
    assert table["outcome"].tolist() == ["ok", "ok", "interrupted"]
    assert table["warm_up"].tolist() == [False, False, True]
    assert table["when"].iloc[0] == datetime.fromtimestamp(sample(1).when.timestamp()), "in local time"


@pytest.mark.parametrize("runs", [0, 1])
def test_its_columns_are_of_one_kind_however_few_runs_there_are(runs: int) -> None:
    for _ in range(runs):
        archive.append(sample(predict=None, server=None), {})
    kinds = history().dtypes.astype(str)
    assert kinds["when"].startswith("datetime64") and kinds["predict"] == "float64" and kinds["peak"] == "Int64"
    assert len(history()) == runs


def test_half_a_character_in_a_label_harms_no_history() -> None:
    a_few()
    with measure("half \ud83d") as run:
        pass
    assert run.trouble == "" and run.label == "half \N{REPLACEMENT CHARACTER}"
    assert history("half \ud83d").index.tolist() == [4]
    with pytest.raises(ValueError, match="no run under"):
        history("other \ud83d")
    with pytest.raises(UnicodeEncodeError):  # of code that has not checked what it asks for
        archive.runs_of("half \ud83d")
    assert len(history()) == 4 and not archive.take_notice()
    forget("half \ud83d", yes=True)
    assert len(history()) == 3


def test_the_history_of_a_label_has_everyones_runs() -> None:
    a_few()
    archive.append(sample(label="at once", who="anna"), {})
    assert history("at once")["who"].tolist() == ["", "anna"]


def test_a_label_that_is_none() -> None:
    with pytest.raises(ValueError, match=r"no run under 'one'; the history is still empty"):
        history("one")
    a_few()
    with pytest.raises(ValueError, match=r"no run under 'one by on'; there are 'one by one'$"):
        history("one by on")
    with pytest.raises(ValueError, match=r"no run under 'zzz'; there are 'one by one', 'at once'$"):
        history("zzz")
    with pytest.raises(TypeError, match="a label is a text such as 'one by one', not 3"):
        history(3)  # type: ignore[arg-type]


def test_forgetting_asks_first(capsys: pytest.CaptureFixture[str]) -> None:
    a_few()
    forget("one by one")
    asked = capsys.readouterr().out
    assert "2 runs under 'one by one'" in asked and "forget('one by one', yes=True)" in asked
    assert len(history()) == 3
    forget("one by one", yes=True)
    assert capsys.readouterr().out == "Forgotten: 2 runs under 'one by one'.\n"
    assert history()["label"].tolist() == ["at once"]


def test_forgetting_a_label_leaves_other_people_their_runs(capsys: pytest.CaptureFixture[str]) -> None:
    a_few()
    for label in ("one by one", "at once"):
        archive.append(sample(label=label, who="anna"), {})
    forget("at once", yes=True)
    assert history("at once")["who"].tolist() == ["anna"]
    forget("at once", who="anna")
    assert "forget('at once', who='anna', yes=True)" in capsys.readouterr().out
    forget(who="anna", yes=True)
    assert "Forgotten: anna's 2 runs." in capsys.readouterr().out
    assert history()["who"].tolist() == ["", ""]


def test_forgetting_what_is_not_there() -> None:
    a_few()
    with pytest.raises(ValueError, match="forget what"):
        forget(yes=True)
    with pytest.raises(ValueError, match="no run under 'at one'; there are 'at once'"):
        forget("at one", yes=True)
    with pytest.raises(ValueError, match="no runs of anna under 'at once'"):
        forget("at once", who="anna", yes=True)
    with pytest.raises(TypeError, match="who is a text"):
        forget("at once", who=None, yes=True)  # type: ignore[arg-type]
    assert len(history()) == 3


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite"])
def test_another_persons_runs_come_in_under_their_name(
    kind: str, become: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    become("anna")
    a_few("anna's kernel")
    archive.append(sample(4, label="at once", who="ben", session="ben's kernel"), REQUESTS)
    theirs = archive.all_runs()
    file = archive.place() if kind == "sqlite" else export(f"anna.{kind}")
    become("carl")
    a_few("carl's kernel")
    mine = archive.all_runs()
    import_runs(tmp_path / "anna" / file, who="Anna")
    assert capsys.readouterr().out == "Imported 4 runs.\n"
    assert archive.all_runs()[:3] == mine
    assert history()["who"].tolist() == ["", "", "", "Anna", "Anna", "Anna", "ben"]
    assert history("at once")["who"].tolist() == ["", "Anna", "ben"]
    for was, now in zip(theirs, archive.all_runs()[3:], strict=True):
        for name in type(was).__slots__:
            if name not in ("number", "who"):
                assert getattr(was, name) == getattr(now, name)
        if kind != "csv":
            pandas.testing.assert_frame_equal(archive.requests_of(now.number), requests_in("anna", was.number, become))
            become("carl")
    import_runs(tmp_path / "anna" / file, who="Anna")
    assert capsys.readouterr().out == "Imported 0 runs; 4 were there already.\n"
    assert len(history()) == 7


def requests_in(name: str, number: int, become: Callable[[str], None]) -> pandas.DataFrame:
    """Return a run's requests in another person's history."""
    become(name)
    return archive.requests_of(number)


def test_the_files_name_is_the_persons(become: Callable[[str], None], tmp_path: Path) -> None:
    become("anna")
    a_few()
    for name in ("anna.csv", "runs.csv"):
        export(name)
    become("carl")
    with pytest.raises(ValueError, match=r'whose runs are these\? Say it: import_runs\("runs.csv", who="Anna"\)'):
        import_runs(tmp_path / "anna" / "runs.csv")
    assert len(history()) == 0
    import_runs(tmp_path / "anna" / "anna.csv")
    assert set(history()["who"]) == {"anna"}


def test_your_own_runs_come_home(become: Callable[[str], None], tmp_path: Path) -> None:
    become("here")
    a_few()
    export("all.parquet")
    again = (tmp_path / "here" / "all.parquet").rename(tmp_path / "here" / "it's all[1].parquet")  # not a pattern
    become("there")
    import_runs(again, who="")
    assert history()["who"].tolist() == [""] * 3
    archive.append(sample(9), {})
    export("back.csv")
    become("here")
    import_runs(tmp_path / "there" / "back.csv", who="")
    assert len(history()) == 4, "those that had been here are not doubled"


def test_a_csv_is_a_table_that_others_can_read(tmp_path: Path) -> None:
    archive.append(sample(label='of "Zoë", twice; =1+1', when=SAMPLE.when.astimezone(UTC)), REQUESTS)
    path = export(tmp_path / "runs.csv")
    assert path == tmp_path / "runs.csv"
    table = pandas.read_csv(path)
    assert table["label"].tolist() == ['of "Zoë", twice; =1+1'] and table["wall"].tolist() == [SAMPLE.wall]
    assert "requests" not in table


def test_an_export_that_cannot_be(tmp_path: Path) -> None:
    a_few()
    with pytest.raises(ValueError, match=r"ends in .csv or .parquet, not 'runs.xlsx'"):
        export("runs.xlsx")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        export(tmp_path / "nowhere" / "runs.csv")


def spoiled_csv(path: Path, column: str, value: object) -> None:
    """Write an export in which the second run's value is another."""
    table = pandas.read_csv(export(path), dtype=str, keep_default_na=False)
    table.loc[1, column] = value
    table.to_csv(path, index=False)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("label", " ", "label is empty"),
        ("wall", "fast", "wall is 'fast', not a number of seconds such as 0.25"),
        ("wall", "0,5", "wall is '0,5', not a number of seconds"),
        ("wall", "", "wall is '', not a number"),
        ("wall", "inf", "wall is 'inf', not a number"),
        ("cpu", "-1", "cpu is '-1', not a number"),
        ("predict", "nan", "predict is 'nan', not a number"),
        ("when", "23.11.2026 14:05", "when is '23.11.2026 14:05', not a time with its offset"),
        ("when", "2026-11-23T14:05:00", "when is '2026-11-23T14:05:00', not a time with its offset"),
        ("outcome", "fine", "outcome is 'fine', not 'ok'"),
        ("warm_up", "2", "warm_up is '2', not True or False"),
        ("parts", "{", "parts is '{', not a JSON object"),
        ("parts", '{"cell": 1}', "not a JSON object of texts"),
        ("libraries", "[]", r"libraries is '\[\]', not a JSON object"),
        ("seeds", '["a"]', "not a JSON list of whole numbers"),
        ("seeds", "3", "seeds is '3', not a JSON list"),
        ("server", "3", "server is '3', not a JSON object"),
    ],
)
def test_a_value_that_cannot_be_is_named_and_nothing_is_added(
    column: str, value: str, told: str, become: Callable[[str], None], tmp_path: Path
) -> None:
    become("anna")
    a_few()
    spoiled_csv(tmp_path / "anna.csv", column, value)
    become("carl")
    archive.append(sample(session="carl"), {})
    with pytest.raises(ValueError, match=rf"^anna.csv, run 2: .*{told}"):
        import_runs(tmp_path / "anna.csv")
    assert len(history()) == 1


def test_a_file_that_is_no_export(tmp_path: Path) -> None:
    a_few()
    files = {
        "empty.csv": b"",
        "picture.csv": b"\x89PNG\r\n\x1a\n\xff\xfe" * 50,
        "other.csv": b"name;age\nAnna;3\n",
        "cut.parquet": export(tmp_path / "whole.parquet").read_bytes()[:-100],
        "text.parquet": b"hello",
        "notes.txt": b"dear diary " * 100,
        "nothing.sqlite": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=rf"^{name}.*what can be read is a .csv or .parquet"):
            import_runs(tmp_path / name)
        assert (tmp_path / name).read_bytes() == content
    with pytest.raises(FileNotFoundError, match="there is no file"):
        import_runs(tmp_path / "nowhere.csv")
    with pytest.raises(ValueError, match=r"history.sqlite is your own history"):
        import_runs(archive.place(), who="Anna")
    assert len(history()) == 3


def test_another_persons_history_that_cannot_be_used_stays_as_it_is(
    become: Callable[[str], None], tmp_path: Path
) -> None:
    changes = {
        "written by a newer version": "PRAGMA user_version = 2",
        "wall is 'fast'": "UPDATE runs SET wall = 'fast' WHERE number = 2",
        "no such table": "DROP TABLE requests",
        "requests of this run cannot be read": "UPDATE requests SET packed = X'00' WHERE number = 3",
        "no history of this course": "PRAGMA application_id = 7",
    }
    for count, (told, change) in enumerate(changes.items()):
        become(f"anna {count}")
        a_few()
        with closing(sqlite3.connect(archive.place())) as connection, connection:
            connection.execute(change)
        theirs = archive.place()
        content = theirs.read_bytes()
        become("carl")
        with pytest.raises(ValueError, match=told):
            import_runs(theirs, who="Anna")
        assert theirs.read_bytes() == content and len(list(theirs.parent.iterdir())) == 1
        assert len(history()) == 0 and archive.take_notice() == ""


def test_trouble_with_the_file_is_told_here_too(history_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history_file.write_bytes(b"rubbish" * 1000)
    assert len(history()) == 0
    assert "it is damaged. It is kept as history.sqlite-damaged-" in capsys.readouterr().out
    history()
    assert capsys.readouterr().out == ""
