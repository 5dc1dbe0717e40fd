"""`make lab` opens the first notebook, behind a token, with the course's defaults; a learner's settings stay theirs."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import start_lab

pytestmark = pytest.mark.evidence

SCRIPT = Path(start_lab.__file__)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a running server says of itself: `url`, `token`, `root_dir` and more."""
    folder = tmp_path_factory.mktemp("lab")
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    environment = os.environ | {name: str(folder / place) for name, place in own.items()}
    arguments = ["--no-browser", "--ServerApp.port=0", f"--LabApp.user_settings_dir={folder / 'settings'}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, SCRIPT, *arguments], env=environment, stdout=log, stderr=log)
    try:
        yield _facts(process, folder)
    finally:
        process.terminate()
        process.wait(30)


def _facts(process: "subprocess.Popen[bytes]", folder: Path) -> dict[str, Any]:
    """Wait until the server has written down where it listens."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        for path in (folder / "runtime").glob("jpserver-*.json"):
            if text := path.read_text(encoding="utf-8"):
                facts: dict[str, Any] = json.loads(text)
                if _listens(facts["port"]):  # it writes this down a moment before
                    return facts
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{(folder / 'log').read_text(encoding='utf-8')}")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(server: dict[str, Any], path: str) -> HTTPResponse:
    """Return the server's answer to one who has the token."""
    request = urllib.request.Request(server["url"] + path, headers={"Authorization": f"token {server['token']}"})
    answer: HTTPResponse = urllib.request.urlopen(request, timeout=30)
    return answer


def test_it_is_for_this_machine_and_this_learner_only(server: dict[str, Any]) -> None:
    assert server["url"].startswith("http://127.0.0.1:")
    assert len(server["token"]) >= 32
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(server["url"] + "api/contents", timeout=30)
    assert refused.value.code == 403


def test_it_opens_the_first_notebook_of_the_whole_course(server: dict[str, Any]) -> None:
    assert Path(server["root_dir"]).samefile(SCRIPT.parents[1])
    with ask(server, "") as front_page:
        assert front_page.url == f"{server['url']}lab/tree/{start_lab.START}"


def test_the_defaults_are_known_to_jupyterlab(server: dict[str, Any]) -> None:
    wanted = json.loads(start_lab.DEFAULTS.read_text(encoding="utf-8"))
    for plugin, settings in wanted.items():
        with ask(server, f"lab/api/settings/{plugin}") as answer:
            known = json.load(answer)["schema"]["properties"]
        assert {name: known[name]["default"] for name in settings} == settings


def test_the_course_starts_from_the_learners_settings_and_keeps_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learners, lab = tmp_path / "learners", tmp_path / "lab"
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", str(learners))
    learners.mkdir()
    (learners / "theme").write_text("dark", encoding="utf-8")
    settings = start_lab.own_settings(lab)
    (settings / "theme").write_text("light", encoding="utf-8")
    assert (start_lab.own_settings(lab) / "theme").read_text(encoding="utf-8") == "light"
    assert (learners / "theme").read_text(encoding="utf-8") == "dark"


def test_scripts_print_every_letter_through_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, whose code page lacks some: here a locale that knows ASCII only."""
    printed = b""

    def jupyterlab(arguments: list[str]) -> None:
        nonlocal printed
        names = r"C\xf4te d'Ivoire, Cura\xe7ao, \u0141\xf3d\u017a"
        printed = subprocess.run([sys.executable, "-c", f'print("{names}")'], stdout=subprocess.PIPE).stdout

    monkeypatch.setattr("jupyterlab.labapp.main", jupyterlab)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    for name, value in {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    start_lab.main([])
    assert printed.decode().strip() == "Côte d'Ivoire, Curaçao, Łódź"


def test_a_learner_without_settings_gets_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", str(tmp_path / "none"))
    assert list(start_lab.own_settings(tmp_path / "lab").iterdir()) == []


def test_a_course_without_its_first_notebook_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_lab, "START", "notebooks/none.ipynb")
    with pytest.raises(SystemExit, match=r"none\.ipynb is missing"):
        start_lab.main([])
