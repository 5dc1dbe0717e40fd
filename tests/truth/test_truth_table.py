"""Programs of many shapes: what a run says of each is what the servers' logs say.

A failure here tells what the recorder said and what is true. The servers are the judge: the practice API, and a server
of the learner's own. What no server can know, such as how many tasks a program makes, stands beside the program.
"""

import pytest
from blocks import Room, run
from drawn import draw
from judge import judge
from program import Program
from programs_bodies import BODIES
from programs_failures import FAILURES
from programs_never_sent import NEVER_SENT
from programs_odd_uses import ODD_USES
from programs_open_close import EDGES
from programs_other_clients import OTHERS
from programs_redirects import REDIRECTS
from programs_retries import RETRIES
from programs_tasks import TASKS
from programs_threads import THREADS
from words import judge_words, sentences

TABLES = {
    "retries": RETRIES, "redirects": REDIRECTS, "bodies": BODIES, "odd uses": ODD_USES, "failures": FAILURES,
    "never sent": NEVER_SENT, "threads": THREADS, "tasks": TASKS, "other clients": OTHERS, "edges": EDGES,
}  # fmt: skip
SEEDS, IN_ONE_TEST = 200, 50

pytestmark = pytest.mark.evidence


def complaints(program: Program, room: Room) -> list[str]:
    """All that is wrong with what is said of it."""
    done, truth = run(program, room)
    return [*judge(program, done, truth, room.api.base), *judge_words(done, *sentences(done))]


@pytest.mark.parametrize(
    "program",
    [
        # The programs of one table stay in one worker, and the tables spread.
        pytest.param(program, id=program.function.__name__, marks=pytest.mark.xdist_group(f"truth: {name}"))
        for name, table in TABLES.items()
        for program in table
    ],
)
def test_what_is_said_of_a_program_is_true(program: Program, room: Room) -> None:
    found = complaints(program, room)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "first", [pytest.param(at, marks=pytest.mark.xdist_group(f"truth: {at}")) for at in range(0, SEEDS, IN_ONE_TEST)]
)
def test_what_is_said_of_programs_that_are_drawn_is_true(first: int, room: Room) -> None:
    wrong = []
    for seed in range(first, first + IN_ONE_TEST):
        drawn = draw(seed)
        found = complaints(drawn.program(), room)
        wrong += ["\n  ".join([f"{drawn}:", *found, *map(repr, drawn.met)])] if found else []
    assert not wrong, "\n".join(wrong)


def test_the_charts_say_these_sentences(room: Room) -> None:
    """The other tests ask for the sentences alone, which is quicker than to draw."""
    for program in (RETRIES[0], BODIES[0], THREADS[1], TASKS[1], OTHERS[0], EDGES[-1]):
        done, _ = run(program, room)
        assert (done.timeline("tasks").sentence, done.timeline("requests").sentence) == sentences(done)
