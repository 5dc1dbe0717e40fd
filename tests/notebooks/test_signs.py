"""A pass sign must not hold on its broken version, and the scheme for signs catches what it must.

That it holds on the notebook as it is, test_notebooks.py and test_timing_signs.py show.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from cells import code_cells, once
from kernel_runner import run_notebook
from kernel_session import KernelSession
from signs import FOLDER, Sign, all_signs, asked_at, broken_cells, intact_cells, read_signs, run_soundly

CHAPTERS_OF_A_KERNEL = 3


def _group(sign: Sign) -> str:
    """The signs that share a kernel, and so a worker: starting it, and what it imports, takes longer than most signs.

    Always the same ones, so that none is judged after others today and alone tomorrow.
    """
    first = int(sign.notebook[:2]) // CHAPTERS_OF_A_KERNEL * CHAPTERS_OF_A_KERNEL
    return f"broken signs from {first:02}"


SIGNS = [
    pytest.param(sign, id=sign.id, marks=pytest.mark.xdist_group(_group(sign))) for sign in all_signs() if sign.true
]


@pytest.fixture(scope="module")
def kernel_of(
    notebooks_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Sign], KernelSession]]:
    """The kernel in which a sign is judged."""
    kernels: dict[str, KernelSession] = {}
    with ExitStack() as open_kernels:

        def kernel_of(sign: Sign) -> KernelSession:
            group = _group(sign)
            if group not in kernels:
                kernel = KernelSession(notebooks_copy, tmp_path_factory.mktemp("kernel"))
                kernels[group] = open_kernels.enter_context(kernel)
            return kernels[group]

        yield kernel_of


@pytest.mark.parametrize("sign", SIGNS)
def test_sign_fails_on_the_broken_version(
    notebooks_copy: Path, sign: Sign, kernel_of: Callable[[Sign], KernelSession]
) -> None:
    check_broken(kernel_of(sign), sign, notebooks_copy / sign.notebook)


def check_broken(kernel: KernelSession, sign: Sign, notebook: Path) -> None:
    """Fail unless `sign` is false once its cells have run, from no names, with one of them broken.

    An expression that raises tells nothing of the experiment.
    """
    kernel.forget_names()
    run_soundly(kernel, broken_cells(sign, notebook))
    judged = kernel.judge(sign.true, wanted=False)
    if judged.holds is not False:
        pytest.fail(f"{sign}: not false when broken: {sign.true}\n{judged.why}", pytrace=False)


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


def test_example_signs_are_seen_in_run_all(example: tuple[Path, list[Sign]]) -> None:
    notebook, signs = example
    false = replace(signs[0], true="waits == 4\nand waits > 1")
    unknown = replace(signs[0], true="order")  # a name of a later section
    asked = asked_at([*signs, false, unknown], code_cells(notebook))
    assert {position: len(expressions) for position, expressions in asked.items()} == {1: 3, 2: 1}
    executions = run_notebook(notebook, once, asked=asked).executions
    judged = {expression: said for execution in executions for expression, said in execution.judged.items()}
    assert [judged[sign.true].holds for sign in (*signs, false, unknown)] == [True, True, False, None]
    assert "waits is 3" in judged[false.true].why
    assert "NameError" in judged[unknown.true].why
    assert (judged[false.true].margin, judged[false.true].share) == (2.0, 2 / 3)


def test_nothing_is_asked_of_a_cell_that_failed(make_notebook: Callable[..., Path]) -> None:
    report = run_notebook(make_notebook("x = 1\n1 / 0"), once, asked={0: ["x == 1"]})
    assert report.executions[0].judged == {}


def test_example_signs_fail_when_broken(kernel: KernelSession, example: tuple[Path, list[Sign]]) -> None:
    notebook, signs = example
    for sign in signs:
        check_broken(kernel, sign, notebook)


def test_a_useless_sign_is_found_out(kernel: KernelSession, example: tuple[Path, list[Sign]]) -> None:
    notebook, (sign, _) = example
    with pytest.raises(pytest.fail.Exception, match=r"(?s)not false when broken.*waits is 1"):
        check_broken(kernel, replace(sign, true="waits > 0"), notebook)
    with pytest.raises(pytest.fail.Exception, match=r"(?s)not false when broken.*NameError"):
        check_broken(kernel, replace(sign, true="order"), notebook)  # a name of another section
    with pytest.raises(AssertionError, match="NameError"):
        check_broken(kernel, replace(sign, new="no_such_name"), notebook)
    with pytest.raises(ValueError, match="does not occur"):
        check_broken(kernel, replace(sign, old="not there"), notebook)


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text("setup = []\nsing = []\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd.toml: the keys must be \['setup', 'sign'\]"):
        read_signs(path)


def test_every_sign_file_names_a_notebook(notebooks_copy: Path) -> None:
    assert [path.stem for path in FOLDER.glob("*.toml") if not (notebooks_copy / f"{path.stem}.ipynb").exists()] == []


@pytest.mark.parametrize("claims", [{}, {"true": ""}])
def test_a_sign_without_a_claim_is_refused(tmp_path: Path, claims: dict[str, str]) -> None:
    path = tmp_path / "odd.toml"
    lines = [f'{key} = "{value}"' for key, value in claims.items()]
    path.write_text("\n".join(["setup = []", "[[sign]]", 'name = "odd"', *lines]), encoding="utf-8")
    with pytest.raises(ValueError, match="it needs `true` or `timing`"):
        read_signs(path)


@pytest.mark.parametrize("sign", all_signs(), ids=lambda sign: sign.id)
def test_cells_of_a_sign_are_there_to_be_broken(notebooks_copy: Path, sign: Sign) -> None:
    notebook = notebooks_copy / sign.notebook
    assert broken_cells(sign, notebook) != intact_cells(sign, notebook)
