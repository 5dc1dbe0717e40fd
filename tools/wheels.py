"""Say which packages of requirements.lock have no wheel, for each system and Python: to install one takes a compiler.

    python tools/wheels.py

It has uv (`pip install uv`) ask the package index, so it is no test. The exit status is 1 where one is missing on a
system that the course promises; on Windows for ARM it is known that some are.
"""

import re
import subprocess
import sys
from pathlib import Path

from pythons import VERSIONS

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
SYSTEMS = {
    "Windows x64": "x86_64-pc-windows-msvc",
    "Windows ARM64": "aarch64-pc-windows-msvc",
    "macOS x86_64": "x86_64-apple-darwin",
    "macOS arm64": "aarch64-apple-darwin",
}
"""As uv calls them."""
NOT_PROMISED = {"Windows ARM64"}
UV = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-deps", "--only-binary", ":all:"]


def complaint(lines: list[str], system: str, python: str) -> str:
    """What uv says where not all of these lines of a lock have a wheel; one that is not for that system needs none.

    It names one of them.
    """
    where = ["--python-platform", SYSTEMS[system], "--python-version", python]
    asked = subprocess.run([*UV, *where, "-"], input="\n".join(lines), capture_output=True, encoding="utf-8")
    return asked.stderr if asked.returncode else ""


def without_wheel(lines: list[str], system: str, python: str) -> list[str]:
    """The packages that have none there, such as "granian==2.8.7". uv is asked again without each that it names."""
    missing: list[str] = []
    while said := complaint(lines, system, python):
        named = [line for line in lines if is_named(line.split()[0], said)]
        if not named:
            sys.exit(said)  # uv is not installed, or gets no answer
        missing += [line.split()[0] for line in named]
        lines = [line for line in lines if line not in named]
    return missing


def is_named(package: str, said: str) -> bool:
    """Whether "name==version" stands there, or the same with a condition in between: "name{python < '3'}==version"."""
    name, _, version = package.partition("==")
    return bool(re.search(rf"(?<![\w.-]){re.escape(name)}({{[^}}]*}})?=={re.escape(version)}(?![\w.])", said))


def main() -> int:
    """Print a line for each system and Python; return the exit status."""
    text = LOCK.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    wanting = False
    for system in SYSTEMS:
        for python in VERSIONS:
            missing = without_wheel(lines, system, python)
            print(f"{system}, Python {python}: {', '.join(missing) or 'all have wheels'}", flush=True)
            wanting |= bool(missing) and system not in NOT_PROMISED
    return int(wanting)


if __name__ == "__main__":
    sys.exit(main())
