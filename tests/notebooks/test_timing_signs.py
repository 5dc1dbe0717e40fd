"""The pass signs that compare two times, measured: little else runs, and a sample with a stall is void."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from canary import Sample, seen_never, seen_once, the_canary
from cells import Cell
from kernel_session import KernelSession
from signs import Sign, all_signs, broken_cells, intact_cells, run_soundly

SIGNS = [
    pytest.param(sign, id=sign.id, marks=pytest.mark.xdist_group(f"times of {sign.notebook}"))
    for sign in all_signs()
    if sign.timing
]
LEAST_SHARE = 0.05
"""By how much two sides must differ, as a share of the greater one, to be told apart: a sign of 06 once compared 150 ms
to half of 300, and the last millisecond decided."""


@pytest.fixture(scope="module")
def kernel(notebooks_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelSession]:
    """One kernel for all signs of a worker: starting it, and what it imports, takes longer than most of them."""
    with KernelSession(notebooks_copy, tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


@pytest.mark.timing
@pytest.mark.parametrize("sign", SIGNS)
def test_sign_about_times_holds_and_fails_on_the_broken_version(
    notebooks_copy: Path, sign: Sign, kernel: KernelSession
) -> None:
    measure_sign(kernel, sign, notebooks_copy / sign.notebook)


def measure_sign(kernel: KernelSession, sign: Sign, notebook: Path) -> None:
    """Fail unless `sign.timing` is clearly true in a valid sample of its cells, and false with one of them broken."""
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
        if judged.holds is None or judged.margin is None or judged.share is None:
            pytest.fail(f"{sign}: it compares no two times: {sign.timing}\n{judged.why}", pytrace=False)
        only_just = judged.holds and wanted and judged.share < LEAST_SHARE
        why.append(f"only just true, by {judged.share:.1%}" if only_just else judged.why)
        return Sample(judged.holds and not only_just, judged.margin)

    if not seen_once(the_canary(), lambda: sample(intact[at:], wanted=True)):
        pytest.fail(f"{sign}: not true: {sign.timing}\n{why[-1]}", pytrace=False)
    if not seen_never(the_canary(), lambda: sample(broken[at:], wanted=False)):
        pytest.fail(f"{sign}: still true when broken: {sign.timing}\n{why[-1]}", pytrace=False)


TOOK = """
import time
def took(seconds):
    begin = time.perf_counter()
    time.sleep(seconds)
    return time.perf_counter() - begin
"""
EXAMPLE = (TOOK, "long = took(0.2)", "short = took(0.01)")


class Quiet:
    """A canary on a machine that never stands still."""

    def worst(self, begin: float, end: float) -> float:
        """No stall at all."""
        return 0.0


@pytest.mark.parametrize(
    ("timing", "says"),
    [
        ("short < long", ""),
        ("short > long", r"not true: short > long\n.*short is 0\.\d+"),
        ("short < long and 0.98 * long < long", r"not true: .*\nonly just true, by 2\.0%"),
        ("short < long + 9", "still true when broken"),
        ("short < lang", r"(?s)compares no two times.*NameError"),
        ("short == short", "compares no two times"),
    ],
)
def test_a_useless_sign_about_times_is_found_out(
    make_notebook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, kernel: KernelSession, timing: str, says: str
) -> None:
    monkeypatch.setattr(f"{__name__}.the_canary", Quiet)
    notebook = make_notebook(*EXAMPLE)
    sign = Sign(notebook.name, "an example", ("cell-1", "cell-2", "cell-3"), "", timing, "cell-3", "0.01", "0.4")
    if not says:
        measure_sign(kernel, sign, notebook)
        return
    with pytest.raises(pytest.fail.Exception, match=says):
        measure_sign(kernel, sign, notebook)
