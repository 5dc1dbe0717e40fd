"""The house is in order: code checked and formatted, notebooks and pages as agreed, nothing private committed."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import notebook_rules as rules
import page_rules
import pytest
from course_sections import sections
from format_notebooks import formatted
from locked_types import other_types
from section_needs import missing_names

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*.md")])

# In pieces, so that this file does not hold them itself.
PRIVATE = ["/ro" + "ot/", "/wo" + "rk/", "/home" + "/", "/Use" + "rs/", "py" + "pi.org", "pythonhost" + "ed.org"]
PRIVATE += ["npm" + "js.org", "deb.deb" + "ian.org"]


def name(path: Path) -> str:
    """Return a file's name, the id of a test that is run for many."""
    return path.name


@cache
def load(path: Path) -> dict[str, Any]:
    """Return the notebook in a file; it is shared by many tests."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def course_files() -> list[Path]:
    """Return every file that is committed, or would be by `git add`."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    return [ROOT / file for file in listed if (ROOT / file).is_file()]


def test_the_course_has_notebooks_and_pages() -> None:
    assert NOTEBOOKS and PAGES  # or the tests below would test nothing


@pytest.mark.parametrize(
    "tool",
    [
        ["ruff", "check"],
        # Text without an encoding. A preview rule still, and to set `preview` would change others too.
        ["ruff", "check", "--preview", "--select=PLW1514"],
        ["ruff", "format", "--check"],
        ["mypy"],
        # What Windows does not have, macOS mostly has.
        ["mypy", "--platform=win32", "--cache-dir=.mypy_cache/win32"],
    ],
    ids=" ".join,
)
def test_the_tools_find_nothing(tool: list[str]) -> None:
    if tool[0] == "mypy" and (others := other_types(LOCK.read_text(encoding="utf-8"))):
        asked = f"types are checked with the versions of {LOCK.name}, which `CI=true make test` installs"
        pytest.skip(f"{asked}; here are {', '.join(others)}")
    result = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, (
        f"`{' '.join(tool)}` says (make format mends what can be mended):\n{result.stdout}{result.stderr}"
    )


@pytest.mark.parametrize(
    ("lock", "differ"),
    [
        ("# made with\nnumpy=={numpy}\npandas-stubs=={pandas-stubs}\nmypy=={mypy}", []),
        ("numpy==0.1", ["numpy {numpy} (0.1)"]),
        ("pandas-stubs==0.1\nmypy==0.1", ["pandas-stubs {pandas-stubs} (0.1)", "mypy {mypy} (0.1)"]),
        ("numpy==0.1 ; python_version < '3'\nnumpy=={numpy} ; python_version >= '3'", []),
        ("ruff==0.1", []),  # it brings no types
        ("not-installed==0.1", []),
    ],
)
def test_types_are_checked_with_the_versions_of_the_lock_alone(
    lock: str, differ: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or each new release of numpy could fail the tests of a newcomer, who has no lock."""
    here = {package: version(package) for package in ("numpy", "pandas-stubs", "mypy")}
    assert other_types(lock.format_map(here)) == [one.format_map(here) for one in differ]
    if differ:
        monkeypatch.setattr(f"{__name__}.LOCK", tmp_path / "requirements.lock")
        LOCK.write_text(lock, encoding="utf-8")
        with pytest.raises(pytest.skip.Exception, match=r"versions of requirements\.lock.*; here are .* \(0\.1\)"):
            test_the_tools_find_nothing(["mypy"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_is_formatted(path: Path) -> None:
    text = path.read_bytes().decode()
    assert text == formatted(text), "run `make format`: it takes outputs out and puts the file in order"


@pytest.mark.parametrize(
    "rule",
    [
        rules.long_cells,
        rules.servers_left,
        rules.meaningless_ids,
        rules.missing_slides,
        rules.path_tricks,
        page_rules.dropped_displays,
        page_rules.cell_ids_in_prose,
        page_rules.no_way_on,
        page_rules.without_mark,
        page_rules.given_guesses,
        page_rules.unanswered_knobs,
        page_rules.without_timeout,
    ],
    ids=lambda rule: rule.__name__,
)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_keeps_the_rule(path: Path, rule: Callable[[rules.Notebook], list[str]]) -> None:
    assert not rule(load(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_section_needs_the_set_up_and_its_own_cells_only(path: Path) -> None:
    assert not missing_names(sections(load(path)["cells"]))


@pytest.mark.parametrize(
    "rule",
    [rules.heading_breaches, rules.images_without_alt, rules.vague_links],
    ids=lambda rule: rule.__name__,
)
@pytest.mark.parametrize("path", NOTEBOOKS + PAGES, ids=name)
def test_page_keeps_the_rule(path: Path, rule: Callable[[str], list[str]]) -> None:
    page = rules.prose(load(path)) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    assert not rule(page)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_links_of_a_notebook_lead_somewhere(path: Path) -> None:
    notebook = load(path)
    code = "\n".join(text for _, text in rules.cells(notebook, "code"))
    assert not rules.broken_links(path, rules.prose(notebook), code)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_of_a_page_lead_somewhere(path: Path) -> None:
    assert not rules.broken_links(path, path.read_text(encoding="utf-8"))


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    private = [*PRIVATE, f"{ROOT}/"] if len(ROOT.parts) > 2 else PRIVATE
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in course_files()
        for word in private
        if word.encode() in path.read_bytes()
    ]
    assert not found


def python_files(*folders: str) -> list[Path]:
    """Return the Python files of these folders and of those below them."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def test_rooms_import_only_rooms_below_them_and_nothing_in_a_circle() -> None:
    """pyproject.toml has the floors. An import for types only counts as any other."""
    # In a process of its own: it configures logging, and so silences what other tests listen to.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "4 kept, 0 broken" in result.stdout


def test_modules_share_a_name_only_where_they_are_the_same_for_rooms_side_by_side() -> None:
    """So `recorders/http/recorder.py` and `recorders/loop/recorder.py`: by its name alone a file can be found."""
    places: dict[str, list[Path]] = {}
    for path in python_files("helpers"):
        if not path.name.startswith("__"):
            places.setdefault(path.name, []).append(path.parent)
    twice = {name: folders for name, folders in places.items() if len(folders) > 1}
    assert twice  # or this would test nothing
    assert [name for name, folders in twice.items() if len({folder.parent for folder in folders}) > 1] == []


def test_every_room_says_what_it_is_for() -> None:
    rooms = {path.parent for path in python_files("helpers")}
    said = {room: ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) for room in rooms}
    assert len(rooms) > 20
    assert [str(room) for room, docstring in said.items() if not docstring] == []
    assert sorted(path.name for path in (ROOT / "helpers").glob("*.py")) == ["__init__.py"]


def without_encoding(call: ast.Call) -> bool:
    """Whether a call reads or writes text in the system's encoding, where ruff does not see it.

    Ruff knows of few objects that they are a Path. For `subprocess` there is `encoding="utf-8"` instead of `text=True`.
    """
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    place = {"read_text": 1, "write_text": 2}.get(getattr(call.func, "attr", ""))
    as_text = place is not None and len(call.args) < place
    return "encoding" not in given and (as_text or "True" in (given.get("text"), given.get("universal_newlines")))


def test_text_is_read_and_written_in_a_known_encoding() -> None:
    found = [
        f"{path.relative_to(ROOT)}, line {call.lineno}"
        for path in [*python_files("helpers", "tools", "tests", "benchmarks"), ROOT / "make.py"]
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and without_encoding(call)
    ]
    assert not found


def test_source_is_parsed_by_the_one_function_that_tries_again() -> None:
    """In Python 3.11 any parse may raise SystemError where another thread parses, also in a learner's cell."""
    parsing = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("helpers/**/*.py")
        if "ast.parse(" in path.read_text("utf-8")
    ]
    assert parsing == ["helpers/code/sources.py"]


def test_every_child_takes_the_guard_by_the_one_function() -> None:
    """Reading descriptor 0 itself, a child would hang on Windows in what it imports and starts."""
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in python_files("helpers")}
    assert [file for file, source in sources.items() if re.search(r"os\.read\(0\b|stdin\.(buffer|read)", source)] == []
    children = [file for file, source in sources.items() if re.search(r"^from .* import .*\bsay_ready\b", source, re.M)]
    assert children
    assert [file for file in children if not re.search(r"^ +(exit_with|when)_parent", sources[file], re.M)] == []


def test_a_label_belongs_to_one_chapter() -> None:
    """The history knows runs by their label: two chapters with the same one would be compared with each other."""
    chapters: dict[str, set[str]] = {}
    for path in NOTEBOOKS:
        for _, code in rules.cells(load(path), "code"):
            for label in re.findall(r'measure\(\s*f?"([^"]+)"', code):
                chapters.setdefault(label, set()).add(path.name)
    assert {label: sorted(names) for label, names in chapters.items() if len(names) > 1} == {}


def test_helpers_fetch_each_name_when_it_is_asked_for() -> None:
    code = (
        "import sys, types, helpers;"
        "heavy = {'aiohttp', 'requests', 'pandas', 'matplotlib'} & set(sys.modules); assert not heavy, heavy;"
        "names = [getattr(helpers, name) for name in helpers.__all__];"
        "assert all(callable(name) and not isinstance(name, types.ModuleType) for name in names);"
        "assert set(helpers.__all__) <= set(dir(helpers))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
