"""Which idioms each answer is given in, and what becomes of them.

python tests/exercises/generated.py                     all of the plan once, side by side
python tests/exercises/generated.py --times 3           three times: lists where the verdicts differ
python tests/exercises/generated.py --every NAME ...    all idioms of all answers to these exercises
python tests/exercises/generated.py --fresh             solutions only, each the first of a bench
taskset --cpu-list 0 python tests/exercises/generated.py --times 3        the same on one core
"""

import argparse
import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

if __name__ == "__main__":
    HERE = Path(__file__).resolve()
    sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[2] / "tools"), str(HERE.parents[1])]

from cases import Answer, Right, given, headings_of, outcome_of, right_answers, wrong_answers
from idioms import IDIOMS, INSIDE, OUTSIDE, Written, defined, rewritten
from side_by_side import in_a_fresh_bench, side_by_side

from helpers.exercises import catalogue, check
from helpers.exercises.panels.outcome import Outcome

SEED = 19
BENCHES = 10
"""So many checks at a time: most of a check is waiting."""

ALIKE = (
    ("partial of a first", "partial by keyword"),
    ("instance with __call__", "instance with slots"),
    ("class method", "static method"),
    ("helper in a cell", "helper in a class"),
)
"""An exercise meets one of each pair: there is not the time for both."""

CHANGE_THE_WORDS = {
    "renamed": "names of the function's own may be in a finding",
    "names of modules": "a line of the function may be in a finding",
    "modules by other names": "a line of the function may be in a finding",
    "numbers by name": "a line of the function may be in a finding",
    "TaskGroup for gather": "what it raises is a group, and the others are cancelled",
    "tasks in a list": "a task is there where a coroutine object was",
}
"""After these the first finding may have other words, and why."""

NOT_THE_SAME = {
    ("no-further-than-needed", "arguments copied and emptied"): "its urls are no list: who makes one takes too many",
    ("a-region-for-everyone", "arguments copied and emptied"): "its codes are a function",
    ("patience-for-answers", "TaskGroup for gather"): "a timeout is to come out, and no group with one in it",
    ("all-or-none", "tasks in a list"): "the exercise is about this difference",
    ("all-or-none", "TaskGroup for gather"): "the exercise is about this difference",
}
"""Where an idiom makes another answer, and why."""


@dataclass(frozen=True, eq=False)
class Case:
    """An answer in some idioms, at most one inside the function and one around it; in none it is as written."""

    answer: Answer
    number: int
    idioms: tuple[str, ...] = ()
    written: Written | None = None

    @property
    def title(self) -> str:
        kind = "right" if isinstance(self.answer, Right) else "wrong"
        return f"{self.answer.name}, {kind} answer {self.number}, {' + '.join(self.idioms) or 'as written'}"

    def __str__(self) -> str:
        return f"{self.title}\n{self.written or self.answer.answer}"

    @property
    def is_the_solution(self) -> bool:
        """Whether it is what the exercise hands out, as it is."""
        return not self.idioms and self.answer.answer == catalogue.find(self.answer.name).solution

    def outcome(self) -> Outcome:
        """Check it."""
        if self.written is None:
            return outcome_of(self.answer)
        return check(self.answer.name, defined(self.written, given(catalogue.find(self.answer.name))))

    def wrong_with(self, outcome: Outcome) -> str:
        """What is not as it should be, or ""."""
        found = "".join(f"\n    - {finding}" for finding in outcome.findings) or f"\n    {outcome.sentence}"
        if isinstance(self.answer, Right):
            right = outcome.state == "done" and outcome.sentence and outcome.run is not None
            return "" if right else f"{outcome.state}, and it is right:{found}"
        if outcome.state != "again" or not 1 <= len(outcome.findings) <= 2:
            return f"{outcome.state}, and it is wrong:{found}"
        if not CHANGE_THE_WORDS.keys() & {*self.idioms} and not self.answer.is_told(str(outcome.findings[0])):
            return f"not what it should say, {self.answer.says!r}:{found}"
        looks = {finding.look for finding in outcome.findings} - headings_of(catalogue.find(self.answer.name))
        return f"no headings of its notebook: {looks}" if looks else ""


@cache
def names() -> list[str]:
    """The exercises that have answers, in the order of the course."""
    given_to = {answer.name for answer in (*right_answers(), *wrong_answers())}
    exercises = [exercise.name for chapter in catalogue.chapters().values() for exercise in chapter]
    return [name for name in exercises if name in given_to]


@cache
def cases(name: str, every: bool = False) -> list[Case]:
    """The plan of an exercise: right answers in all idioms in turn, wrong ones as written or in two idioms.

    With `every` each answer is given in every idiom that fits it.
    """
    right, wrong = ([one for one in answers() if one.name == name] for answers in (right_answers, wrong_answers))
    as_written = [[Case(one, number) for number, one in enumerate(those, start=1)] for those in (right, wrong)]
    if every:
        return [*itertools.chain(*as_written), *_every(right), *_every(wrong)]
    found = list(_all_idioms(name, right))
    met = {case.number for case in found}
    found += [case for case in as_written[0] if case.number not in met or case.is_the_solution]
    two = _two_idioms(name, wrong)
    return found + [two.get(case.number, case) if case.number % 2 == 0 else case for case in as_written[1]]


def _every(answers: Sequence[Answer]) -> Iterator[Case]:
    for number in range(1, len(answers) + 1):
        yield from filter(None, (_case(answers, number, idiom) for idiom in IDIOMS))


def _shuffled(name: str) -> tuple[list[str], list[str]]:
    """The idioms inside a function and those around it. The seed is the exercise's: a new one changes no other."""
    chance = random.Random(f"{SEED} {name}")
    return chance.sample(sorted(INSIDE), len(INSIDE)), chance.sample(sorted(OUTSIDE), len(OUTSIDE))


def _two_idioms(name: str, answers: Sequence[Answer]) -> dict[int, Case]:
    """By its number, each second answer in an idiom inside its function and one around it, others for each."""
    inside, outside = _shuffled(name)
    found = {}
    for number in range(2, len(answers) + 1, 2):
        keep_the_words_first = sorted(inside, key=lambda one: one in CHANGE_THE_WORDS)
        if case := _first(answers, [number], itertools.product(keep_the_words_first, outside)):
            found[number] = case
            for idioms, used in zip((inside, outside), case.idioms, strict=True):
                idioms.remove(used)  # to the end: the next answers are given others
                idioms.append(used)
    return found


def _all_idioms(name: str, answers: Sequence[Answer]) -> Iterator[Case]:
    """Pairs of an idiom inside a function and one around it, until each that fits has met the exercise."""
    inside, outside = _shuffled(name)
    left_out = {max(pair, key=outside.index) for pair in ALIKE}
    outside = [idiom for idiom in outside if idiom not in left_out]
    numbers = itertools.cycle(range(1, len(answers) + 1))
    while inside or outside:
        order = [next(numbers) for _ in range(len(answers) + 1)]  # another one is the first each time
        pairs = [(one, other) for one in inside[:1] for other in outside] or [(other,) for other in outside]
        case = _first(answers, order, pairs) or _first(answers, order, [(one,) for one in inside[:1]])
        used = case.idioms if case is not None else (inside or outside)[:1]
        if case is not None:
            yield case
        inside = [idiom for idiom in inside if idiom not in used]
        outside = [idiom for idiom in outside if idiom not in used]


def _first(answers: Sequence[Answer], numbers: Sequence[int], pairs: Iterable[tuple[str, ...]]) -> Case | None:
    """The first of these idioms that fits one of the answers with these numbers."""
    found = (_case(answers, number, *idioms) for idioms in pairs for number in numbers)
    return next(filter(None, found), None)


def _case(answers: Sequence[Answer], number: int, *idioms: str) -> Case | None:
    answer = answers[number - 1]
    if "def " not in answer.answer or any((answer.name, idiom) in NOT_THE_SAME for idiom in idioms):
        return None
    written = rewritten(answer.answer, given(catalogue.find(answer.name)), idioms)
    return written and Case(answer, number, idioms, written)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="exercises; all where none is named")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--benches", type=int, default=BENCHES)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--idiom", default="")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--source", action="store_true", help="show the source of what fails")
    chosen = parser.parse_args()
    if unknown := sorted({*chosen.names} - {*names()}):
        parser.error(f"no exercises with answers: {', '.join(unknown)}; there are {', '.join(names())}")
    planned = [case for name in chosen.names or names() for case in cases(name, chosen.every)]
    planned = [case for case in planned if not chosen.idiom or chosen.idiom in case.idioms]
    if chosen.fresh:
        planned = [case for case in planned if case.is_the_solution]
    os.environ["WAITING_MEASURED_HISTORY"] = str(Path(tempfile.mkdtemp()) / "history.sqlite")
    said: dict[Case, list[str]] = {case: [] for case in planned}
    for _ in range(chosen.times):
        begun = time.monotonic()
        with side_by_side(chosen.benches) as running:
            futures = {
                running.submit(in_a_fresh_bench, case.outcome) if chosen.fresh else running.submit(case.outcome): case
                for case in planned
            }
            for future in as_completed(futures):
                case = futures[future]
                try:
                    said[case].append(case.wrong_with(future.result()))
                except Exception as error:
                    said[case].append(f"check raised {type(error).__name__}: {error}")
                if said[case][-1]:
                    print(f"\n{case if chosen.source else case.title}: {said[case][-1]}", flush=True)
        used = os.times()
        print(
            f"{len(planned):,} checks in {time.monotonic() - begun:.0f} s; CPU so far "
            f"{used.user + used.system:.0f} s here, {used.children_user + used.children_system:.0f} s in the benches"
        )
    for case, wrong in said.items():
        if any(wrong) and not all(wrong):
            print(f"\nWAVERS, {sum(map(bool, wrong))} of {len(wrong)} times: {case}")
    print(f"\n{sum(any(wrong) for wrong in said.values())} of {len(planned):,} fail")


if __name__ == "__main__":
    main()
