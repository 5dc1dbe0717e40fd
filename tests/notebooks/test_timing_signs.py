"""The pass signs that compare two times, measured: nothing else runs, and a sample with a stall is void."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from canary import Sample, seen_never, seen_once, the_canary
from cells import Cell
from kernel_session import KernelSession
from signs import Sign, all_signs, broken_cells, intact_cells, run_soundly

SIGNS = [sign for sign in all_signs() if sign.timing]


@pytest.fixture(scope="module")
def kernel(notebooks_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelSession]:
    """One kernel for all signs: starting it, and what it imports, takes longer than most of them."""
    with KernelSession(notebooks_copy, tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


@pytest.mark.timing
@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.id)
def test_sign_about_times_holds_and_fails_on_the_broken_version(
    notebooks_copy: Path, sign: Sign, kernel: KernelSession
) -> None:
    measure_sign(kernel, sign, notebooks_copy / sign.notebook)


def measure_sign(kernel: KernelSession, sign: Sign, notebook: Path) -> None:
    """Fail unless `sign.timing` is true in a valid sample of its cells, and false once one of them is broken."""
    intact, broken = intact_cells(sign, notebook), broken_cells(sign, notebook)
    at = next(at for at, cell in enumerate(intact) if cell != broken[at])
    kernel.forget_names()
    run_soundly(kernel, intact[:at])
    kernel.keep_names()
    why: list[str] = []

    def sample(cells: Sequence[Cell], wanted: bool) -> Sample:
        kernel.restore_names()
        run_soundly(kernel, cells)
        judged = kernel.judge(sign.timing, wanted)
        why.append(judged.why)
        return Sample(judged.holds, judged.margin or 0.0)

    if not seen_once(the_canary(), lambda: sample(intact[at:], wanted=True)):
        pytest.fail(f"{sign}: not true: {sign.timing}\n{why[-1]}", pytrace=False)
    if not seen_never(the_canary(), lambda: sample(broken[at:], wanted=False)):
        pytest.fail(f"{sign}: still true when broken: {sign.timing}\n{why[-1]}", pytrace=False)
