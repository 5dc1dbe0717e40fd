"""Run the own tests of HTTP clients with the recorders on: a sign that these change nothing for who uses the clients.

    python tools/client_tests_recorded.py                     # all libraries, in a measured block for each test
    python tools/client_tests_recorded.py aiohttp urllib3
    python tools/client_tests_recorded.py --requests-only     # without the recorders of the loop and of threads

The tests are those of the versions that are installed here, out of their source distributions, which pip downloads.
What they need beside what is installed goes into an environment of their own, which sees the packages of this one. Both
are kept in a folder, and used again. All tests run without the recorder and with it, which takes a quarter of an hour.
What fails only with it is run both ways once more, since tests of timeouts may fail by chance: it counts if it fails
again, and still passes without. The exit code is 1 where there is one, or a recorder was switched off by a fault of its
own. Some tests fail without it too, such as those of urllib3 that need its own version of hypercorn.
"""

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
LONGEST_TEST = 60
"""Seconds. Of a test that takes longer, pytest-timeout says where it hangs."""


@dataclass(frozen=True)
class Library:
    """Whose tests are run.

    Attributes:
        tests: the files, as patterns below the source distribution.
        needs: what these need that this project does not install.
    """

    name: str
    tests: Sequence[str]
    needs: Sequence[str]


LIBRARIES = (
    Library(
        "aiohttp",
        ["tests/test_client_*.py", "tests/test_connector.py", "tests/test_proxy*.py", "tests/test_tracing.py"],
        ["blockbuster", "coverage", "freezegun", "isal; python_version < '3.14'", "proxy.py>=2.4.4rc5", "pytest-mock",
         "trustme", "zlib-ng"],
    ),
    Library(
        "urllib3",
        ["test/test_*.py", "test/with_dummyserver/test_*.py", "test/contrib/test_*.py"],
        ["h2", "hypercorn", "pyopenssl", "PySocks", "pytest-socket", "quart", "quart-trio", "trio", "trustme"],
    ),
    Library("requests", ["tests/**/test_*.py"], ["PySocks", "pytest-httpbin", "pytest-mock", "trustme"]),
    Library(
        "httpx",
        ["tests/**/test_*.py"],
        ["chardet<6", "h2", "socksio", "trio", "trustme", "uvicorn", "zstandard"],
    ),
    Library("httpcore", ["tests/**/test_*.py"], ["h2", "pytest-httpbin", "pytest-trio", "socksio", "trio"]),
)  # fmt: skip


@dataclass
class Outcome:
    """How the tests of one library came out.

    Attributes:
        run: how many were run.
        failed: what failed, and how.
        requests, steps: how many were recorded.
        faults: a line for each recorder that was switched off by a fault of its own.
        broken_off: where the tests ended before their end; empty where they did not.
    """

    run: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    steps: int = 0
    faults: list[str] = field(default_factory=list)
    broken_off: str = ""


def outcome_in(lines: Iterable[str]) -> Outcome:
    """Put together what `client_tests_plugin` has written, a line for each test and one for the end."""
    found, place, ended = Outcome(), "before the first test", False
    for line in map(json.loads, lines):
        if "exit" in line:
            ended = line["exit"] in (0, 1)
            continue
        place = f"after {line['test']}"
        found.run += 1
        found.requests += line["requests"]
        found.steps += line["steps"]
        found.faults += [f"{line['test']}: {fault}" for fault in line["faults"]]
        if line["failed"]:
            found.failed[line["test"]] = line["failed"]
    if not ended:
        found.broken_off = f"the tests broke off {place}"
    return found


def newly_failing(without: Outcome, recorded: Outcome) -> dict[str, str]:
    """What fails with the recorder only, and how."""
    return {test: how for test, how in recorded.failed.items() if test not in without.failed}


def is_wanted(member: str, library: str) -> bool:
    """Whether a file of a source distribution is unpacked: all but the library itself, of which the installed one is
    tested. Its first part is the folder that all of it is in."""
    parts = PurePosixPath(member).parts
    return len(parts) > 1 and parts[1] not in ("src", library)


def source_distribution(name: str, folder: Path) -> Path:
    """The source distribution of the installed version, which is downloaded where it is not in the folder.

    pip asks it for its metadata as it downloads it, and builds nothing.
    """
    installed = version(name)
    archive = folder / f"{name}-{installed}.tar.gz"
    if not archive.exists():
        # Not `--no-binary :all:`, or what is needed to ask for the metadata would be built from source too.
        pip = [sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "--no-binary", name]
        subprocess.run([*pip, "--dest", str(folder), f"{name}=={installed}"], check=True)
    return archive


def unpacked(archive: Path, library: str) -> Path:
    """The folder with what a source distribution holds beside the library itself."""
    folder = archive.with_name(archive.name.removesuffix(".tar.gz"))
    if not folder.exists():
        with tarfile.open(archive) as file:
            wanted = [member for member in file if is_wanted(member.name, library)]
            file.extractall(archive.parent, members=wanted, filter="data")
    return folder


def environment(library: Library, folder: Path) -> Path:
    """The Python of an environment with what the tests need, in which this one's packages are found as well."""
    place = folder / f"{library.name}-environment"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp, wanted = place / "installed", "\n".join([sys.prefix, *library.needs])
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    venv.create(place, clear=True, with_pip=True)
    # A prefix, so that the recorders know the packages there as installed libraries and not as the learner's own code.
    own = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], encoding="utf-8"
    ).strip()
    line = f"import site; site.PREFIXES.append({sys.prefix!r}); site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (Path(own) / "packages_of_the_project.pth").write_text(line, encoding="utf-8")
    # The clients stay as they are installed.
    pinned = folder / f"{library.name}-constraints.txt"
    pinned.write_text("".join(f"{each.name}=={version(each.name)}\n" for each in LIBRARIES), encoding="utf-8")
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--constraint", pinned]
    subprocess.run([*map(str, pip), *library.needs], check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def run(python: Path, tests: Sequence[str], below: Path, recorders: str, name: str) -> Outcome:
    """Run these tests in a process of their own. What pytest prints is left beside the outcomes, under this name."""
    outcomes, log = below.parent / f"{name}.jsonl", below.parent / f"{name}.log"
    outcomes.write_text("", encoding="utf-8")
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tools")])
    # A path of its own word would count as one of the tests', and their configuration would not be found.
    options = ["-p", "client_tests_plugin", f"--recorders={recorders}", f"--outcomes={outcomes}"]
    # Without the options of their own, such as for several processes at a time. All files that can be read are run.
    options += ["-o", "addopts=", "--continue-on-collection-errors", "-p", "no:cacheprovider", "-q"]
    with log.open("w", encoding="utf-8") as file, tempfile.TemporaryDirectory() as history:
        subprocess.run(
            [str(python), "-m", "pytest", *options, f"--timeout={LONGEST_TEST}", *tests],
            cwd=below,
            env={
                **os.environ,
                "PYTHONPATH": paths,
                "PYTHONUTF8": "1",
                "WAITING_MEASURED_HISTORY": str(Path(history, "history.sqlite")),
            },
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return outcome_in(outcomes.read_text(encoding="utf-8").splitlines())


def compare(library: Library, folder: Path, recorders: str) -> list[str]:
    """Run a library's tests without the recorder and with it, and print what came out. Returns what is at fault."""
    below = unpacked(source_distribution(library.name, folder), library.name)
    python = environment(library, folder)
    files = sorted({str(path.relative_to(below)) for pattern in library.tests for path in below.glob(pattern)})
    without = run(python, files, below, "none", f"{library.name}-without")
    recorded = run(python, files, below, recorders, f"{library.name}-recorded")
    new, chance = newly_failing(without, recorded), []
    if again := [test for test in new if "::" in test]:  # and not a file that could not be imported
        once_more = run(python, again, below, "none", f"{library.name}-without-again")
        twice = newly_failing(once_more, run(python, again, below, recorders, f"{library.name}-recorded-again"))
        chance = [test for test in again if test not in twice]
    worse = [f"{test}: {how}" for test, how in new.items() if test not in chance] + recorded.faults
    worse += [f"{library.name}: {each.broken_off}" for each in (without, recorded) if each.broken_off]
    if not recorded.requests:
        worse.append(f"{library.name}: no request was recorded, so nothing is shown")
    print(
        f"{library.name} {version(library.name)}: {recorded.run:,} tests ({without.run:,} without), "
        f"{len(without.failed)} fail without, {len(new) - len(chance)} newly, {len(chance)} newly but not twice; "
        f"{recorded.requests:,} requests and {recorded.steps:,} steps recorded, "
        f"{len(recorded.faults)} recorders failed",
        *(f"  not twice: {test}: {new[test]}" for test in chance),
        *(f"  {line}" for line in worse),
        sep="\n",
        flush=True,
    )
    return worse


def main() -> int:
    """Compare, library by library."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = {library.name: library for library in LIBRARIES}
    parser.add_argument("libraries", nargs="*", help=f"of {', '.join(known)}; all of them where none is named")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "client_tests_recorded"))
    parser.add_argument("--requests-only", action="store_true", help="leave out the recorders of loop and threads")
    arguments = parser.parse_args()
    if unknown := set(arguments.libraries) - set(known):
        parser.error(f"no tests are known of {', '.join(sorted(unknown))}")
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"What pytest says is in {folder}.", flush=True)
    recorders = "requests" if arguments.requests_only else "all"
    worse = [line for name in arguments.libraries or known for line in compare(known[name], folder, recorders)]
    print(f"{len(worse)} failures only with the recorder")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
