"""Solutions are copied, so they are exemplary: also when a page fails, when cancelled, when left in the middle."""

import ast
import difflib
import gc
from collections.abc import Iterator

import pytest
from cases import by_chapter
from trouble import CANCELLED, FAILURES, LEFT, Tested, faults, in_trouble

from helpers.exercises import catalogue
from helpers.exercises.exercise import Choice, Coding, Exercise, Order

EXERCISES = [exercise for exercises in catalogue.chapters().values() for exercise in exercises]
WITH_CODE = [exercise for exercise in EXERCISES if isinstance(exercise, Coding | Order)]

TASKS_OF_THE_CALLER = "the task is what it hands back"
STAYS = {
    ("one-poller", CANCELLED): TASKS_OF_THE_CALLER,
    ("one-poller", ""): TASKS_OF_THE_CALLER,
    ("keep-and-tell", CANCELLED): TASKS_OF_THE_CALLER,
    ("library-in-the-way", CANCELLED): "no thread can be stopped from outside, and `report` opens its sessions in one",
    ("notice-silence", CANCELLED): "its judge has two of them read side by side, whose tasks are the judge's own",
    ("follow-a-feed", FAILURES[1]): "it comes back to a feed that breaks for as long as somebody wants its messages",
}
"""What may be left, and why: by exercise and trouble."""

RETRIES = {
    "five-attempts", "when-told", "permit-in-hand", "worth-another-try", "ordered-once", "follow-a-feed",
    "notice-silence", "not-in-step",
}  # fmt: skip
"""They ask again where a page fails: that is what they are about."""

SEED = 19


@pytest.fixture(scope="module", autouse=True)
def _what_is_here_is_frozen() -> Iterator[None]:
    """After each run the garbage is collected and all things are looked through. Those of pytest take long."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("exercise", by_chapter(WITH_CODE))
def test_a_solution_leaves_nothing_behind(exercise: Tested) -> None:
    calm = in_trouble(exercise, "", SEED)
    assert calm.run is not None
    found = {}
    for trouble in ("", *FAILURES, CANCELLED, LEFT):
        seen = in_trouble(exercise, trouble, SEED) if trouble else calm
        if seen.run is not None and (exercise.name, trouble) not in STAYS:
            of_it = faults(seen, calm)
            if exercise.name in RETRIES and trouble in FAILURES:
                of_it = [fault for fault in of_it if "requests; without trouble" not in fault]
            if of_it:
                found[trouble or "without trouble"] = of_it
    assert not found, f"{exercise.name}:\n{exercise.solution}\n{found}"


def test_what_is_said_of_exercises_here_is_of_exercises_that_there_are() -> None:
    assert {*RETRIES, *(name for name, _ in STAYS)} <= {exercise.name for exercise in EXERCISES}


# --- hints ---

SHORT = 20
"""Characters: a hint with fewer helps nobody."""

NEARLY_ALL = 0.6
"""A hint with more of what the solution adds to the start is no hint."""

PIECE = 8
"""Characters of code: shorter ones are in any text."""


def lines_of(source: str) -> list[str]:
    """The lines of a source as Python would write them, without comments; none where it cannot be read."""
    try:
        return [line.strip() for line in ast.unparse(ast.parse(source)).splitlines() if line.strip()]
    except SyntaxError:
        return []


def added(exercise: Tested) -> list[str]:
    """The lines that the solution has and the start has not."""
    before = lines_of(exercise.start)
    return [line for line in lines_of(exercise.solution) if line not in before and not line.startswith(('"""', "#"))]


def code_in(hint: str) -> str:
    """A hint without its spaces and quotes, to be searched for code."""
    return "".join(hint.replace("'", '"').replace("`", "").split())


@pytest.mark.parametrize("exercise", by_chapter(EXERCISES))
def test_a_hint_helps_and_is_not_the_solution(exercise: Exercise) -> None:
    short = [hint for hint in exercise.hints if len(hint) < SHORT]
    assert not short
    if isinstance(exercise, Choice):
        return
    assert isinstance(exercise, Coding | Order)
    lines = [code_in(line) for line in added(exercise)]
    for hint in exercise.hints:
        held = sum(_held(line, code_in(hint)) for line in lines)
        assert not lines or held <= NEARLY_ALL * sum(map(len, lines)), hint


def _held(line: str, hint: str) -> int:
    """How many characters of a line a hint holds, in pieces that say something."""
    blocks = difflib.SequenceMatcher(None, line, hint, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= PIECE or block.size == len(line))
