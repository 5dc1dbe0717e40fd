"""Run variants of the same work in turns, so that what they take can be compared."""

import asyncio
import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from helpers.archive import StoredRun
from helpers.page.checked import check_function, check_number, check_text
from helpers.page.words import count, listing
from helpers.repeated_trials.plan import Turn, plan
from helpers.repeated_trials.progress_line import TrialsProgress
from helpers.repeated_trials.same_code import VariantsCode
from helpers.runs import Run, measure
from helpers.runs.call_and_wait import call

if TYPE_CHECKING:
    import pandas

    from helpers.charts import Chart

Variants = Mapping[str, Callable[[], object]]

MOST_VARIANTS = 6
"""As many as other charts show."""
MOST_ROUNDS = 1000
TURNS = 0.001
"""Seconds: enough for several turns of the loop."""


class Trials:
    """What `trials` has measured. As the last line of a cell it shows the chart of `compare` over these runs.

    Attributes:
        series: the id under which the history keeps these runs.
        variants: their names.
    """

    def __init__(self, variants: list[str]) -> None:
        self.series = uuid4().hex[:12]
        self.variants = variants
        self._runs: list[tuple[Turn, StoredRun]] = []

    @property
    def runs(self) -> "pandas.DataFrame":
        """One row per run, in the order in which they were run; those that failed or were stopped too.

        Columns: variant, round (from 1; warm-up rounds are counted apart), warm_up, wall and cpu (seconds), outcome,
        when, number (in the history).
        """
        import pandas

        columns = ["variant", "round", "warm_up", "wall", "cpu", "outcome", "when", "number"]
        rows = [
            (turn.variant, turn.round, turn.warm_up, run.wall, run.cpu, run.outcome, run.when, run.number)
            for turn, run in self._runs
        ]
        return pandas.DataFrame(rows, columns=columns)

    def chart(self) -> "Chart":
        """Every run as a dot, the medians, and their ratio with its interval, as a matplotlib figure."""
        from helpers.reruns.compare import compare_groups

        return compare_groups(
            {name: [run for turn, run in self._runs if turn.variant == name] for name in self.variants}
        )

    def __repr__(self) -> str:
        return f"<trials of {listing(self.variants)}: {count(len(self._runs), 'run')}>"

    def _repr_html_(self) -> str:
        return self.chart().html()


@dataclass
class _Course:
    """Trials on their way: what has to be run, how much of it has been, and what must be the same to go on with it."""

    code: VariantsCode
    numbers: tuple[int, int]
    turns: list[Turn]
    trials: Trials
    done: int = 0


_stopped: dict[frozenset[str], _Course] = {}
"""By the names of the variants. In the kernel's memory only: a restarted kernel is another one to measure."""


async def trials(variants: Variants, rounds: int = 10, warm_up: int = 1) -> Trials:
    """Run the variants in turns, ``await trials({"threads": with_threads, "tasks": with_tasks})``, and compare them.

    Each round runs every variant once, in shuffled order (see `helpers.repeated_trials.plan.plan`), so that a machine
    which is slower for a while slows them all. Each call is a measured block with the variant's name as its label, and
    is kept in the history. Stopped, by the Stop button or an error, and run again with the same code, it goes on with
    the run that was stopped; with other code or arguments it starts anew.

    Args:
        variants: two to six functions without arguments, plain or asynchronous, by name.
        rounds: how often each is run and counted, 1 to 1000. A verdict takes 5.
        warm_up: rounds before those, which are drawn in grey and not counted.

    Raises:
        TypeError, ValueError: the variants are not such functions, or a number is not what it may be.
        Whatever a variant raises, with a note that says which one it was; what was measured until then is kept.
    """
    functions = _checked(variants)
    rounds = check_number("rounds", rounds, 1, MOST_ROUNDS, whole=True)
    warm_up = check_number("warm_up", warm_up, 0, MOST_ROUNDS, whole=True)
    names, numbers = frozenset(functions), (rounds, warm_up)
    course = _stopped.pop(names, None)
    if course is None or course.numbers != numbers or not course.code.is_code_of(functions):
        turns = plan(list(functions), rounds, warm_up)
        course = _Course(VariantsCode(functions), numbers, turns, Trials(list(functions)))
    try:
        await _go_on(course, functions)
    except BaseException:
        course.code.stopped()
        _stopped[names] = course
        raise
    return course.trials


async def _go_on(course: _Course, functions: Variants) -> None:
    progress = TrialsProgress(course.trials.variants, course.turns, course.done)
    turn = course.turns[course.done]
    try:
        gc.collect()
        for turn in course.turns[course.done :]:
            # The Stop button cancels this task in the loop's next turns, which plain code alone would not let it have.
            await asyncio.sleep(TURNS)
            # The garbage of one run must not be collected in the next. It is young: to look through everything that the
            # kernel holds, pandas and all, takes 0.1 s each time, and is done once.
            gc.collect(1)
            await _measure(turn, functions[turn.variant], course.trials)
            course.done += 1
            progress.one_more()
    except (KeyboardInterrupt, asyncio.CancelledError):
        progress.stopped("Stopped")
        raise
    except BaseException as error:
        error.add_note(f"It was raised in trials, by the variant {turn.variant!r} in {turn.place}.")
        progress.stopped(type(error).__name__)
        raise
    progress.over()


async def _measure(turn: Turn, function: Callable[[], object], trials: Trials) -> None:
    run: Run | None = None
    try:
        block = measure(turn.variant, warm_up=turn.warm_up).about(function, series=trials.series)
        with block as run:
            await call(function)
    finally:
        if run is not None and run.stored is not None:
            trials._runs.append((turn, run.stored))
    if run.stored is None:
        raise RuntimeError(run.trouble)


def _checked(variants: object) -> dict[str, Callable[[], object]]:
    if not isinstance(variants, Mapping):
        raise TypeError(f'variants is a dictionary such as {{"threads": with_threads}}, not {variants!r}')
    if not 2 <= len(variants) <= MOST_VARIANTS:
        raise ValueError(f"trials compares 2 to {MOST_VARIANTS} variants, and was given {len(variants)}")
    for name, function in variants.items():
        if check_text("a variant's name", name, "threads") != name:
            raise ValueError(f"a variant's name is a text without spaces around it, not {name!r}")
        check_function(f"the variant {name!r}", function)
    return dict(variants)
