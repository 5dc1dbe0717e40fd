"""The pass signs of the course, and that the scheme for them catches what it must."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from kernel_session import KernelSession
from signs import FOLDER, Sign, all_signs, broken_cells, holds, intact_cells, read_signs, values

SIGNS = [
    # The signs of a notebook share a kernel, and so a worker.
    pytest.param(sign, id=re.sub(r"\W+", "_", str(sign)), marks=pytest.mark.xdist_group(f"signs of {sign.notebook}"))
    for sign in all_signs()
]


@pytest.fixture(scope="module")
def kernel_of(
    notebooks_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], KernelSession]]:
    """One kernel for all signs of a notebook: starting it, and what it imports, takes longer than most signs."""
    kernels: dict[str, KernelSession] = {}
    with ExitStack() as open_kernels:

        def kernel_of(notebook: str) -> KernelSession:
            if notebook not in kernels:
                kernel = KernelSession(notebooks_copy, tmp_path_factory.mktemp("kernel"))
                kernels[notebook] = open_kernels.enter_context(kernel)
            return kernels[notebook]

        yield kernel_of


@pytest.mark.parametrize("sign", SIGNS)
def test_sign_holds_and_fails_on_the_broken_version(
    notebooks_copy: Path, sign: Sign, kernel_of: Callable[[str], KernelSession]
) -> None:
    check_sign(kernel_of(sign.notebook), sign, notebooks_copy / sign.notebook)


def check_sign(kernel: KernelSession, sign: Sign, notebook: Path) -> None:
    """Fail unless `sign` holds on the cells as they are and does not on the broken ones."""
    intact, broken = intact_cells(sign, notebook), broken_cells(sign, notebook)
    if not holds(kernel, intact, sign.true):
        pytest.fail(f"{sign}: not true: {sign.true}\n{values(kernel, sign.true)}", pytrace=False)
    if holds(kernel, broken, sign.true):
        text = f"{sign}: still true when broken: {sign.true}\n{values(kernel, sign.true)}"
        pytest.fail(text, pytrace=False)


EXAMPLE = '''
setup = ["cell-1"]

[[sign]]
name = "three awaits in a row wait three times"
cells = ["cell-2"]
true = "waits == 3 and type(waits) is int"
broken = { cell = "cell-2", old = "range(3)", new = "range(1)" }

[[sign]]
name = "gather starts all before the first ends"
cells = ["cell-3"]
true = """order == ["start", "start", "end", "end"]"""
broken = { cell = "cell-3", old = "await asyncio.gather(job(), job())", new = """
await job()
await job()
""" }
'''
EXAMPLE_CELLS = (
    "import asyncio",
    "waits = 0\nfor _ in range(3):\n    await asyncio.sleep(0)\n    waits += 1",
    "order = []\nasync def job():\n    order.append('start')\n    await asyncio.sleep(0.01)\n    order.append('end')\n"
    "await asyncio.gather(job(), job())",
)


@pytest.fixture
def example(make_notebook: Callable[..., Path]) -> tuple[Path, list[Sign]]:
    """A notebook of three cells and its two signs."""
    notebook = make_notebook(*EXAMPLE_CELLS)
    toml = notebook.with_suffix(".toml")
    toml.write_text(EXAMPLE, encoding="utf-8")
    return notebook, read_signs(toml)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[KernelSession]:
    (tmp_path / "kernel").mkdir()
    with KernelSession(tmp_path, tmp_path / "kernel") as session:
        yield session


def test_example_signs_hold_and_fail_when_broken(kernel: KernelSession, example: tuple[Path, list[Sign]]) -> None:
    notebook, signs = example
    for sign in signs:
        check_sign(kernel, sign, notebook)


def test_a_useless_sign_is_found_out(kernel: KernelSession, example: tuple[Path, list[Sign]]) -> None:
    notebook, (sign, _) = example
    with pytest.raises(pytest.fail.Exception, match=r"(?s)still true when broken.*waits is 1"):
        check_sign(kernel, replace(sign, true="waits > 0"), notebook)
    with pytest.raises(pytest.fail.Exception, match=r"(?s)not true.*waits is 3"):
        check_sign(kernel, replace(sign, true="waits == 4\nand waits > 1"), notebook)
    with pytest.raises(AssertionError, match="NameError"):
        check_sign(kernel, replace(sign, new="no_such_name"), notebook)
    with pytest.raises(ValueError, match="does not occur"):
        check_sign(kernel, replace(sign, old="not there"), notebook)
    with pytest.raises(ValueError, match="NameError"):
        check_sign(kernel, replace(sign, true="order"), notebook)  # a name of another section


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text("setup = []\nsing = []\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd.toml: the keys must be \['setup', 'sign'\]"):
        read_signs(path)


def test_every_sign_file_names_a_notebook(notebooks_copy: Path) -> None:
    assert [path.stem for path in FOLDER.glob("*.toml") if not (notebooks_copy / f"{path.stem}.ipynb").exists()] == []
