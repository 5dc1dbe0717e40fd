"""The bench's own process: it runs learners' functions, one after another, and says what was seen.

    python -m helpers.exercises.bench.worker FOLDER

FOLDER is where it works, and where it writes the stack of a function that does not end.
"""

import gc
import os
import pickle
import random
import sys
import threading
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from helpers.archive.location import VARIABLE
from helpers.exercises.bench.check_result import STACK_FILE, CheckResult
from helpers.exercises.exercise import Exercise
from helpers.exercises.finding import Finding, Telling
from helpers.servers.child_connection import orders

if TYPE_CHECKING:
    from helpers.exercises.bench.attempt import Attempt

MOST_FINDINGS = 2
MOST_PRINTED = 2000  # characters


def main(folder: Path) -> None:
    """Listen for one caller, and judge what it sends until it hangs up."""
    os.chdir(folder)
    os.environ[VARIABLE] = str(folder / "history.sqlite")  # no check belongs to the learner's history
    with orders(_get_ready) as line, (folder / STACK_FILE).open("w", encoding="utf-8") as stack_file:
        while True:
            try:
                name, sent = line.recv()
            except EOFError:
                return
            try:
                check_result, as_before = _judge(name, sent, line, stack_file)
            except (Exception, SystemExit) as error:
                traceback.print_exc()
                check_result, as_before = CheckResult([_not_judged(error)]), False
            line.send(("over", _picklable(check_result)))
            line.send(("ready" if as_before else "spent", None))


def _get_ready() -> None:
    """Do before the first check what takes a while: start the practice API, and meanwhile import."""
    from helpers.servers.practice_api import practice_api

    starting = threading.Thread(target=practice_api)
    starting.start()
    import helpers.exercises.bench.attempt
    import helpers.runs.build_activity
    import helpers.runs.tables  # noqa: F401
    from helpers.exercises.catalogue import chapters

    chapters()
    starting.join()
    # After each run the garbage is collected, to find what was thrown away without having run. What is here by now is
    # none: looking through all of pandas would take longer than most runs do.
    gc.collect()
    gc.freeze()


def _judge(name: str, sent: bytes, line: "Connection[object, object]", stack_file: TextIO) -> tuple[CheckResult, bool]:
    """The result of a check, and whether the process is as it was before: else no other check may have it."""
    from helpers.exercises.bench.attempt import Attempt
    from helpers.exercises.bench.serialising import NotSent, deserialise
    from helpers.exercises.catalogue import find
    from helpers.servers.practice_api import practice_api

    exercise = find(name)
    try:
        function = deserialise(sent)
    except NotSent as error:
        return CheckResult([error.finding]), True
    attempt = Attempt(
        exercise, function, practice_api(), lambda *news: line.send(news), stack_file, random.randrange(2**32)
    )
    check_result = _listen(exercise, attempt)
    run = attempt.last_run()
    if run is not None:
        # The recorders hold hooks and locks of this process; the tables are all that is needed of them.
        run._recording = replace(run._recording, threads=None, loop=None)  # type: ignore[type-var]
        check_result.run = run
    if attempt.runs:
        check_result.printed = attempt.runs[-1].printed[:MOST_PRINTED]
    if attempt.altered:
        print("altered or left at work:", ", ".join(attempt.altered), file=sys.stderr, flush=True)  # for the log
    return check_result, not attempt.altered


def _picklable(check_result: CheckResult) -> CheckResult:
    """The result as it can be sent: without its run where something of the learner's in that cannot be pickled."""
    try:
        pickle.dumps(check_result)
    except Exception:
        traceback.print_exc()
        check_result.run = None
    return check_result


def _listen(exercise: Exercise, attempt: "Attempt") -> CheckResult:
    """Run the judge until it has said enough."""
    findings: list[Finding] = []
    judgement = exercise.judge(attempt)
    while True:
        try:
            finding = next(judgement)
        except StopIteration as end:
            return CheckResult(findings=findings, sentence="" if findings else end.value)
        except Telling as telling:
            return CheckResult(findings=[*findings, telling.finding][:MOST_FINDINGS])
        except Exception as error:  # a learner must not see our error instead of a result
            traceback.print_exc()
            return CheckResult(findings=[*findings, _not_judged(error)][:MOST_FINDINGS])
        if finding is not None:
            findings.append(finding)
        if len(findings) == MOST_FINDINGS:
            return CheckResult(findings=findings)


def _not_judged(error: BaseException) -> Finding:
    return Finding(
        f"The check could not make out what it saw: {type(error).__name__}.",
        "That is a fault of the check. What a function returns is best made of lists, texts and numbers.",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
