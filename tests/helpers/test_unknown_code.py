"""Runs whose code is not known, as `export(..., code=False)` hands them on, are not taken for the same code."""

from archive_samples import sample

from helpers import archive
from helpers.reruns.comparable import sort_out
from helpers.reruns.compare import runs_under


def test_runs_of_unknown_code_are_drawn_pale_and_not_counted() -> None:
    for count in range(4):
        archive.append(sample(count, parts={}, configuration=""), {})
    runs = sort_out({"one by one": runs_under("one by one")})["one by one"]
    assert set(runs.kinds) == {"pale"} and set(runs.reasons) == {"of code that is not known"}
    assert runs.counted == []
    archive.append(sample(4), {})
    runs = sort_out({"one by one": runs_under("one by one")})["one by one"]
    assert [run.number for run in runs.counted] == [5]
