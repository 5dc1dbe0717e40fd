"""What a measured run asked for with a secret leaves the secret in no file; the run itself, in memory, still has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from helpers import archive, export, measure, practice_api
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence


@pytest.fixture(scope="module")
def api() -> Iterator[PracticeAPI]:
    api = practice_api()
    yield api
    api.stop()


def test_a_secret_is_kept_in_memory_alone(api: PracticeAPI, tmp_path: Path) -> None:
    def log_in(token: str) -> None:
        url = api.url("/echo", api_key="hunter3")
        requests.get(url, auth=("me", "hunter4"), headers={"X-Token": token, "Cookie": "a=hunter5"}, timeout=10)

    def run(token: str) -> object:
        with measure("log in") as run:
            log_in(token)
        return run

    word = "hun" + "ter"  # what this test itself is called by must not have it
    first, again, other = run("hunter2"), run("hunter2"), run("hunter6")
    assert "api_key=hunter3" in first.requests["url"].iloc[0]
    assert "Same code as the last run." in again._repr_html_()
    card = other._repr_html_()
    assert "another secret in token" in card and word not in card
    assert word not in repr([run.parts for run in archive.all_runs()])
    assert archive.requests_of(1)["url"].iloc[0].endswith(">")
    first.to_trace(tmp_path / "trace.json")
    export(tmp_path / "runs.parquet")
    export(tmp_path / "runs.csv")
    for path in (archive.place(), *tmp_path.glob("trace.json"), *tmp_path.glob("runs.*")):
        assert word.encode() not in path.read_bytes()
