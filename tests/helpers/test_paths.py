"""Whose a file is does not hang on how its name is spelled: as on Windows and macOS, where one has many spellings."""

import ast
import asyncio.base_events
import concurrent.futures.thread
import importlib.util
import multiprocessing.pool
import ntpath
import os
import posixpath
import re
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import anyio._backends._asyncio
import pytest

from helpers.code import origin
from helpers.page import paths
from helpers.page.paths import Places

HELPERS = Path(paths.__file__).parents[1]
PACKAGES = r"C:\Users\runneradmin\Course\.venv\Lib\site-packages"


def long_name(path: str) -> str:
    """What Windows answers for a path with a short name."""
    return re.sub("RUNNER~1", "runneradmin", ntpath.abspath(path), flags=re.IGNORECASE)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = SimpleNamespace(**vars(ntpath) | {"realpath": long_name})
    monkeypatch.setattr(paths, "os", SimpleNamespace(path=rules, sep="\\"))
    monkeypatch.setattr(paths, "sys", SimpleNamespace(platform="win32"))


@pytest.mark.parametrize(
    ("folder", "name", "held"),
    [
        (PACKAGES, rf"{PACKAGES}\aiohttp\client.py", True),
        (PACKAGES, rf"{PACKAGES}\aiohttp\client.py".lower(), True),
        (PACKAGES, PACKAGES.replace("C:", "c:").replace("Lib", "lib") + r"\six.py", True),
        (PACKAGES.upper(), rf"{PACKAGES}\six.py", True),
        (PACKAGES, PACKAGES.replace("\\", "/") + "/six.py", True),
        (PACKAGES, rf"\\?\{PACKAGES}\six.py", True),
        (rf"\\?\{PACKAGES}", rf"{PACKAGES}\six.py", True),
        (PACKAGES, PACKAGES.replace("runneradmin", "RUNNER~1") + r"\six.py", True),
        (PACKAGES.replace("runneradmin", "RUNNER~1"), rf"{PACKAGES}\six.py", True),
        (PACKAGES, PACKAGES.replace("Course", r"Course\notebooks\..") + r"\six.py", True),
        (r"\\school\Share\course", r"\\?\UNC\School\share\course\helpers\x.py", True),
        ("S:\\", r"s:\helpers\x.py", True),
        (rf"{PACKAGES}\six.py", rf"{PACKAGES}\SIX.py", True),
        (rf"{PACKAGES}\six.py", rf"{PACKAGES}\six.pyx", False),
        (PACKAGES, rf"{PACKAGES}2\six.py", False),
        (PACKAGES, r"C:\Users\runneradmin\Course\mine.py", False),
        (PACKAGES, PACKAGES.replace("C:", "D:") + r"\six.py", False),
        (PACKAGES, "<string>", False),
        (PACKAGES, "no\0file", False),
    ],
)
@pytest.mark.usefixtures("windows")
def test_on_windows(folder: str, name: str, held: bool) -> None:
    assert Places("C:\\elsewhere", folder).hold(name) is held


@pytest.fixture
def macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "os", SimpleNamespace(path=posixpath, sep="/"))
    monkeypatch.setattr(paths, "sys", SimpleNamespace(platform="darwin"))


@pytest.mark.parametrize("known", ["/var/folders/Zo\xeb/Lib", "/private/var/folders/zoe\u0308/lib"])
@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("/private/var/folders/Zoe\u0308/lib/six.py", True),
        ("/VAR/folders/ZO\xcb/LIB/six.py", True),
        ("/var/folders/Zoe/lib/six.py", False),
        ("/var/folders/Zo\xeb/library/six.py", False),
        ("/Private/var/folders/Zo\xeb/lib", True),
    ],
)
@pytest.mark.usefixtures("macos")
def test_on_macos(known: str, name: str, held: bool) -> None:
    assert Places(known).hold(name) is held


@pytest.mark.not_on("win32", reason="there not everybody may make a link")
def test_a_folder_is_known_behind_its_link_too(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    places = Places(str(tmp_path / "link"))
    for held in ("link/a.py", "real/a.py", "link/no/../a.py", "link"):
        assert places.hold(os.path.join(tmp_path, held))
    for other in ("a.py", "linked/a.py", "real2", "<string>"):
        assert not places.hold(os.path.join(tmp_path, other) if other[0] != "<" else other)


@pytest.mark.not_on("win32", reason="there it cannot go")
def test_where_the_working_folder_is_gone_a_name_is_still_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert not Places(str(tmp_path)).hold("mine.py")


@pytest.fixture
def there(macos: None) -> ModuleType:
    """What decides whose code it is, loaded anew where capitals do not matter."""
    spec = importlib.util.spec_from_file_location("origin_there", origin.__file__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.not_on("win32", reason="there it is so, by other rules than these")
@pytest.mark.parametrize("spelled", [str, str.upper, str.swapcase, lambda name: f"/private{name.lower()}"])
def test_whose_code_it_is_hangs_on_no_spelling(spelled: Callable[[str], str], there: ModuleType) -> None:
    def file(*parts: str) -> str:
        return spelled(str(HELPERS.joinpath(*parts)))

    libraries = [pytest.__file__, anyio._backends._asyncio.__file__, asyncio.base_events.__file__, threading.__file__]
    assert [name for name in libraries if there.is_learners(spelled(name))] == []
    assert there.is_learners(spelled(__file__)) and there.is_learners(file("probes", "heartbeat.py"))
    for watches in (file("recorders", "guard.py"), file("code", "origin.py")):
        assert there.is_ours(watches) and not there.is_learners(watches)
    assert there.is_hook(file("recorders", "guard.py")) and not there.is_hook(file("code", "origin.py"))
    assert there.is_bystander(file("probes", "heartbeat.py")) and not there.is_bystander(spelled(__file__))
    assert not there.is_ours(spelled(__file__))
    between = [asyncio.tasks.__file__, asyncio.timeouts.__file__, anyio._backends._asyncio.__file__]
    assert all(there._is_between(spelled(name)) for name in between)
    assert not there._is_between(spelled(asyncio.base_events.__file__))
    assert all(there._is_of_pools(spelled(module.__file__)) for module in (multiprocessing.pool, concurrent.futures))
    assert there._starts_threads(spelled(threading.__file__)) and not there._starts_threads(spelled(__file__))


COMPARES = re.compile(r"(^|[._])(file|filename|path)$|\[.file.\]$|__file__$")
"""How an expression ends that is the name of a file."""


def compares_names_of_files(node: ast.AST) -> bool:
    """Whether it asks of the name of a file whether it begins with that of another: not with a text written there."""
    match node:
        case ast.Call(func=ast.Attribute(value=name, attr="startswith" | "is_relative_to"), args=[begin, *_]):
            return bool(COMPARES.search(ast.unparse(name))) and not is_text(begin)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Attribute(attr="parents")]):
            return True
    return False


def is_text(node: ast.expr) -> bool:
    return all(isinstance(each, ast.Constant) for each in (node.elts if isinstance(node, ast.Tuple) else [node]))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("frame.f_code.co_filename.startswith(RECORDERS)", True),
        ("found['file'].startswith(str(ROOT / 'helpers'))", True),
        ("HELPERS in Path(code.co_filename).parents", True),
        ("module.__file__.startswith(folder)", True),
        ("path.is_relative_to(folder)", True),
        ("filename.startswith(('<ipython', '<stdin'))", False),
        ("path.startswith('/')", False),
        ("text.startswith(marks)", False),
    ],
)
def test_a_comparison_of_names_is_seen(code: str, found: bool) -> None:
    assert any(map(compares_names_of_files, ast.walk(ast.parse(code)))) is found


def test_no_helper_compares_the_names_of_files_itself() -> None:
    """On Windows and macOS that would tell some files from themselves: `Places` has the spellings."""
    found = [
        f"{path.relative_to(HELPERS).as_posix()}, line {node.lineno}: {ast.unparse(node)}"
        for path in sorted(HELPERS.rglob("*.py"))
        if path != Path(paths.__file__)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.expr) and compares_names_of_files(node)
    ]
    assert found == []
