"""What surrounds a run and is not the learner's code: Python, the machine, the libraries, the seeds."""

import hashlib
import os
import platform
import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import getnode, uuid4

from helpers.archive import Conditions
from helpers.code.origin import is_learners
from helpers.reruns.processors import available

LIBRARIES = ("aiohttp", "requests", "urllib3", "uvloop")
"""Those that a request passes through."""
_LOCAL = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:", "/")
"""How the URLs of requests to the practice API begin; the server itself lists them without the host."""
_SEED = re.compile(r"[?&]seed=([+-]?\d{1,18})(?=&|#|$)")
_RANDOM = 1 << 40
"""The bit of `getnode()` that says the number is not a network card's but was drawn for this process."""


def conditions(urls: Iterable[str]) -> Conditions:
    """The conditions of a run that has asked the practice API for these URLs."""
    return Conditions(python(), machine(), libraries(), seeds(urls))


@cache
def python() -> str:
    """Such as ``"3.11.7"``, with the implementation in front where it is not CPython."""
    name = platform.python_implementation()
    return platform.python_version() if name == "CPython" else f"{name} {platform.python_version()}"


@cache
def machine() -> str:
    """Such as ``"Linux x86_64, 2 processors, a1b2c3"``. The last part tells two machines apart without their names."""
    mark = hashlib.sha256(f"waiting, measured {_machine_id()}".encode()).hexdigest()[:6]
    return f"{platform.system()} {platform.machine()}, {available()}, {mark}"


@cache
def libraries() -> dict[str, str]:
    """The installed version of each library that a request may pass through."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def seeds(urls: Iterable[str]) -> tuple[int, ...]:
    """The different seeds in the URLs of requests to this machine, sorted; a request that names none has 0.

    There may be ten thousand, so they are not taken apart as `urllib` would.
    """
    local = [url for url in urls if url.startswith(_LOCAL)]
    named = [found[1] if (found := _SEED.search(url)) else "0" for url in local]
    return tuple(sorted({int(text) for text in named}))


def session() -> str:
    """One id for each kernel process."""
    return _session_of(os.getpid())


def chapter() -> str:
    """The notebook's file name, or the script's, without its ending; empty where unknown, as in a console.

    The Jupyter server tells a notebook's kernel its path in JPY_SESSION_NAME. It does so once, as it starts: a notebook
    that is renamed keeps its first name here until its kernel is restarted.
    """
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if main is not None and is_learners(main):
        return Path(main).stem
    path = os.environ.get("JPY_SESSION_NAME", "")
    return Path(path).stem if path.endswith(".ipynb") else ""


@cache
def _session_of(process: int) -> str:
    return uuid4().hex[:12]


def _machine_id() -> str:
    try:
        found = Path("/etc/machine-id").read_text(encoding="utf-8").strip()
    except OSError:
        found = ""
    number = getnode()
    return found or (platform.node() if number & _RANDOM else str(number))
