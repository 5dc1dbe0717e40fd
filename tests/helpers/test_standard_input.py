"""No child of ours, and none of their own children, has the guard as its standard input: on Windows it would hang."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from child_processes import children

from helpers import practice_api
from helpers.choosing.model_process import ModelProcess
from helpers.exercises.bench.kernel_side import Bench
from helpers.scratch_kernel import talk
from helpers.servers.django_project import aiohttp_server, django_server
from helpers.servers.postgres import postgres

pytestmark = [
    pytest.mark.evidence,
    pytest.mark.not_on("win32", "darwin", reason="only Linux has a file that tells what another process reads"),
]


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench of this test's own."""
    place = Bench()
    try:
        yield place
    finally:
        place.stop()


@contextmanager
def started(server: Callable[[], object]) -> Iterator[object]:
    """A server that the kernel keeps."""
    one = server()
    try:
        yield one
    finally:
        one.stop()  # type: ignore[attr-defined]


CHILDREN = {
    "practice API": (lambda: started(practice_api), "helpers.servers.practice_api"),
    "Django, WSGI": (lambda: started(lambda: django_server("wsgi", 2)), "helpers.servers.django_project wsgi"),
    "Django, ASGI": (lambda: started(lambda: django_server("asgi")), "helpers.servers.django_project asgi"),
    "aiohttp": (lambda: started(aiohttp_server), "helpers.servers.django_project aiohttp"),
    "PostgreSQL": (lambda: started(postgres), "helpers.servers.postgres"),
    "bench": (bench, "helpers.exercises.bench.worker"),
    "process of the models": (ModelProcess, "helpers.choosing.model_worker"),
    "scratch kernel": (talk._kernel, "helpers.scratch_kernel.child"),
}


@pytest.mark.parametrize("name", CHILDREN)
def test_standard_input_is_the_null_device(name: str) -> None:
    start, command = CHILDREN[name]
    with start():
        inputs = {line: os.readlink(f"/proc/{child.pid}/fd/0") for child, line in children(os.getpid()).items()}
    assert any(command in line for line in inputs), "it runs under another name, so this test shows nothing"
    # The shell that ends PostgreSQL once its guard is gone waits for just that, and is not there on Windows.
    others = {line: read for line, read in inputs.items() if not line.startswith("/bin/sh -c read ")}
    assert {line: read for line, read in others.items() if read != os.devnull} == {}
