"""Run All in a scratch kernel, awaitable, with a card that is kept up to date meanwhile."""

import asyncio
import threading
from collections.abc import Iterable
from types import EllipsisType

from helpers.page.checked import check_number
from helpers.page.live_output import LiveOutput

from .cell import ScratchCell
from .cells import ScratchRun

REDRAW_EVERY = 0.1  # seconds


async def run_all(
    label: str,
    cells: Iterable[str],
    *,
    first: str = "",
    predict: int | EllipsisType | None = None,
    go_on: bool = False,
    within: float = 8.0,
    interrupt_after: float | None = None,
) -> ScratchRun:
    """Start a fresh kernel, send it all cells at once as JupyterLab's Run All does, and tell what became of each.

    In a notebook a card shows it while it happens. Several may be awaited together; each has a kernel of its own.
    The kernel is ended with the last cell, when the awaiting task is cancelled, and when this process ends.

    Args:
        label: what to call it on the card.
        cells: the source of each cell.
        first: source of a cell that is run, and has to succeed, before the others are sent.
        predict: how many cells you expect to run. A blank, `...`, is no guess.
        go_on: run the cells after one that raises an error too, instead of skipping them.
        within: seconds that the cells may take together.
        interrupt_after: seconds after which each cell that still runs is interrupted, as by the Stop button. Each is
            interrupted once. On Windows, whose kernels take no such request, none is.

    Raises:
        TypeError: `cells` is one string, or holds something that is none; `predict` is no whole number.
        ValueError: there is no cell, `within` or `interrupt_after` is not positive, or `predict` is below 0.
        ScratchKernelFailed: the kernel did not answer, or `first` raised an error or ended it.
        ServerFailed: the kernel did not start.
    """
    sources, within = _checked(cells), check_number("within", within, 0, unit="seconds", above=True)
    if interrupt_after is not None:
        interrupt_after = check_number("interrupt_after", interrupt_after, 0, unit="seconds", above=True)
    guess = None
    if predict is not None and predict is not ...:
        guess = check_number("predict", predict, 0, unit="cells", whole=True)
    run = ScratchRun(label, [ScratchCell(source) for source in sources], guess, within, interrupt_after)
    card = _LiveCard(run)
    stop = threading.Event()
    # A thread, since jupyter_client's asynchronous client warns on Windows, where the notebook's loop is another.
    from .talk import send_all

    talking = asyncio.create_task(asyncio.to_thread(send_all, run, first, go_on, stop))
    try:
        while not talking.done():
            await asyncio.wait({talking}, timeout=REDRAW_EVERY)
            card.redraw()
        await talking
        run.over = True
    finally:
        stop.set()
        if not talking.done():  # this task was cancelled; wait until the kernel has gone
            await asyncio.wait({talking})
            if not talking.cancelled():
                talking.exception()  # it says that it was stopped, which is no news
        card.redraw()
    return run


def _checked(cells: Iterable[str]) -> list[str]:
    if isinstance(cells, str):
        raise TypeError("cells is one string; pass a list of cells, such as [source]")
    sources = list(cells)
    if not sources:
        raise ValueError("there is no cell to run; pass at least one")
    for source in sources:
        if not isinstance(source, str):
            raise TypeError(f"a cell is a string of source, not {source!r}")
    return sources


class _LiveCard:
    """The run's card in the notebook's output, replaced when it has changed; nothing elsewhere."""

    def __init__(self, run: ScratchRun) -> None:
        self._run = run
        self._drawn = ""
        self._output = LiveOutput()
        self.redraw()

    def redraw(self) -> None:
        """Show how far the run has come."""
        now = self._run._repr_html_()
        if now != self._drawn:
            self._drawn = now
            self._output.show({"text/html": now, "text/plain": repr(self._run)})
