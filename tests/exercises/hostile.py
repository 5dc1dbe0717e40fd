"""What functions return, raise and do that no judge would think of, for any exercise.

python tests/exercises/hostile.py [NAME ...]      each of them against each of these exercises, or against all
python tests/exercises/hostile.py --seed 19       the pairs that are drawn
"""

import argparse
import itertools
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    HERE = Path(__file__).resolve()
    sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[2] / "tools"), str(HERE.parents[1])]

from cases import given
from idioms import Written, defined
from side_by_side import side_by_side

from helpers.exercises import catalogue, check
from helpers.exercises.exercise import Coding, head_of

CELL = """
import asyncio, builtins, concurrent.futures, enum, gc, itertools, json, math, numpy, os, pandas, random, signal, socket
import sys, threading, time, types, warnings

def no(*arguments):
    raise ValueError("no")

class EqRaises:
    __eq__ = no
    __hash__ = None
class EqualsAll:
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = lambda self: 0
class EqualsAllList(list):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = None
class ReprRaises:
    __repr__ = __str__ = no
class ReprIsHuge:
    def __repr__(self):
        return "x" * 10_000_000
class LenRaises(list):
    __len__ = no
class LenLies(list):
    def __len__(self):
        return 10**9
class IterRaises(list):
    __iter__ = no
class IterEndless(list):
    def __iter__(self):
        return itertools.count()
class HashRaises:
    __hash__ = no
class ClassLies:
    __class__ = list
class ClassRaises:
    __class__ = property(no)
class AttributesRaise:
    __getattribute__ = no
class BoolRaises:
    __bool__ = no
class OddText(str):
    __eq__ = lambda self, other: no()
    __hash__ = str.__hash__
    __repr__ = __str__ = no
class OddNumber(float):
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = no
    __hash__ = float.__hash__
class StrRaises(Exception):
    __str__ = __repr__ = no
class Base(BaseException):
    pass
class Colour(enum.Enum):
    RED = object()
class NotPickled(list):
    __reduce_ex__ = no

def endless():
    while True:
        yield 1

async def coroutine():
    return 1

def deep(times):
    made = []
    for _ in range(times):
        made = [made]
    return made

def itself():
    made = []
    made.append(made)
    return made

def recursion():
    return recursion()

def in_a_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join(1)
"""

RETURNED = {
    "None": "None",
    "endless generator": "endless()",
    "count": "itertools.count()",
    "huge list": "[0] * 3_000_000",
    "range": "range(10**12)",
    "huge text": "'x' * 20_000_000",
    "huge number": "10**5000",
    "DataFrame": "pandas.DataFrame({'a': [1, 2], 'b': [3, 4]})",
    "Series": "pandas.Series([1, 2])",
    "array": "numpy.arange(6).reshape(2, 3)",
    "array of one": "numpy.array([1])",
    "list of arrays": "[numpy.arange(3), numpy.arange(3)]",
    "__eq__ raises": "EqRaises()",
    "list of what raises": "[EqRaises(), ReprRaises(), HashRaises(), BoolRaises(), AttributesRaise()]",
    "equals everything": "EqualsAll()",
    "list of what equals everything": "[EqualsAll()] * 5",
    "list that equals everything": "EqualsAllList()",
    "__repr__ raises": "ReprRaises()",
    "__repr__ is huge": "[ReprIsHuge()]",
    "__len__ raises": "LenRaises([1, 2])",
    "__len__ lies": "LenLies([1, 2])",
    "__iter__ raises": "IterRaises([1, 2])",
    "__iter__ is endless": "IterEndless([1, 2])",
    "__hash__ raises": "HashRaises()",
    "__class__ lies": "ClassLies()",
    "__class__ raises": "ClassRaises()",
    "attributes raise": "AttributesRaise()",
    "NaN": "math.nan",
    "list of NaN": "[math.nan] * 4",
    "tuple of two lists of odd things": "([OddText('a'), None, 3], [OddNumber(2), object()])",
    "list in itself": "itself()",
    "deep list": "deep(5000)",
    "coroutine in a dict": "{'a': coroutine(), 'b': [coroutine()]}",
    "odd text": "OddText('a')",
    "odd number": "OddNumber(1)",
    "Enum": "Colour.RED",
    "class": "EqRaises",
    "lambda": "lambda: 1",
    "lock": "threading.Lock()",
    "module": "sys",
    "frame": "sys._getframe()",
    "not pickled": "NotPickled([1])",
    "bytes": "b'abc'",
    "dict with odd keys": "{1: 2, None: 3, (1, 2): OddText('a')}",
    "set": "{1, 2, 3}",
    "exception": "ValueError('no')",
    "NotImplemented": "NotImplemented",
}
"""Expressions, by what they are."""

DONE = {
    "raises an error whose __str__ raises": "raise StrRaises()",
    "raises a BaseException": "raise Base('no')",
    "raises SystemExit": "raise SystemExit(3)",
    "exit": "sys.exit()",
    "raises KeyboardInterrupt": "raise KeyboardInterrupt",
    "raises GeneratorExit": "raise GeneratorExit",
    "raises StopIteration": "raise StopIteration(3)",
    "raises CancelledError": "raise asyncio.CancelledError",
    "raises a group": "raise ExceptionGroup('a', [ValueError('b'), ExceptionGroup('c', [StrRaises()])])",
    "raises a group of BaseExceptions": "raise BaseExceptionGroup('a', [Base('b'), SystemExit(2)])",
    "raises a class that is none": "raise 3",
    "raises MemoryError": "raise MemoryError",
    "recursion": "recursion()",
    "closes stdout": "sys.stdout.close()",
    "stdout is None": "sys.stdout = sys.stderr = None",
    "prints a lot": "print('x' * 3_000_000)",
    "prints odd signs": "print('\\ud800 \\x00 \\x1b[31m')",
    "exit in a thread": "in_a_thread(sys.exit)",
    "error in a thread": "in_a_thread(no)",
    "thread stays": "threading.Thread(target=time.sleep, args=(3,), daemon=True).start()",
    "os._exit": "os._exit(0)",
    "abort": "os.abort()",
    "warnings are errors": "warnings.simplefilter('error')",
    "filters reset": "warnings.resetwarnings()",
    "asyncio.sleep": "asyncio.sleep = no",
    "asyncio.gather": "asyncio.gather = no",
    "time.perf_counter": "time.perf_counter = lambda: 0.0",
    "time.monotonic": "time.monotonic = no",
    "time.sleep": "time.sleep = no",
    "builtins.len": "builtins.len = no",
    "builtins.print": "builtins.print = no",
    "builtins deleted": "del builtins.isinstance, builtins.list",
    "json.loads": "json.loads = no",
    "random": "random.random = random.Random.random = no",
    "recursion limit": "sys.setrecursionlimit(40 + len(__import__('inspect').stack()))",
    "gc.disable": "gc.disable()",
    "gc.collect": "gc.collect = no",
    "signal": "signal.signal = no",
    "chdir": "os.chdir('/')",
    "environ": "os.environ.clear()",
    "excepthooks": "threading.excepthook = sys.excepthook = sys.unraisablehook = no",
    "trace": "sys.settrace(lambda *arguments: None)",
    "profile": "sys.setprofile(lambda *arguments: None)",
    "default timeout": "socket.setdefaulttimeout(0.001)",
    "socket": "socket.socket = no",
    "modules": "sys.modules.pop('json'); sys.modules.pop('asyncio.events', None)",
    "path": "sys.path.clear()",
    "new loop": "asyncio.set_event_loop(asyncio.new_event_loop())",
    "loop stopped": "asyncio.get_event_loop_policy().get_event_loop().stop()",
    "policy": "asyncio.set_event_loop_policy(None)",
    "thread start": "threading.Thread.start = no",
    "stack size": "threading.stack_size(65536)",
    "switch interval": "sys.setswitchinterval(5)",
    "stdin": "input()",
}
"""Statements, by what they do; the function returns None after them."""

BY_FORCE = {"sleeps for ever": "time.sleep(60)", "computes for ever": "while True: pass"}
"""These take seconds: the process is ended."""

HOSTILE = {**{name: f"return {value}" for name, value in RETURNED.items()}, **DONE, **BY_FORCE}
OUR_FAULT = ("fault of the check", "could not make out", "The check itself")


@dataclass(frozen=True, eq=False)
class Pair:
    """An exercise, and what is done to it."""

    exercise: Coding
    hostile: str

    def written(self) -> Written:
        """The function that does it."""
        name, parameters, is_async = head_of(self.exercise.start)
        head = f"{'async ' if is_async else ''}def {name}({', '.join(parameters)}):"
        return Written([CELL, f"{head}\n    {HOSTILE[self.hostile]}\n"], name)

    def faults(self) -> str:
        """What is wrong with what the check says of it, and of the solution after it; "" where nothing is."""
        earlier = given(self.exercise)
        try:
            outcome = check(self.exercise.name, defined(self.written(), earlier))
        except BaseException as error:
            return f"check raised {type(error).__name__}: {str(error)[-1500:]}"
        said = "\n".join(map(str, outcome.findings))
        if outcome.state != "again" or not said:
            return f"{outcome.state}: {outcome.sentence}"
        if any(words in said for words in OUR_FAULT) or len(said) > 2000:
            return f"said {said[:500]}"
        solution = Written([self.exercise.solution], head_of(self.exercise.solution)[0])
        try:
            after = check(self.exercise.name, defined(solution, earlier))
        except BaseException as error:
            return f"the check after it raised {type(error).__name__}: {str(error)[-1500:]}"
        return "" if after.state == "done" else f"after it the solution was {after.state}: {after.findings}"


def coding() -> list[Coding]:
    """All exercises that a function is written for."""
    return [one for chapter in catalogue.chapters().values() for one in chapter if isinstance(one, Coding)]


def pairs(seed: int) -> list[Pair]:
    """Each exercise with something that is returned or something that is done; all of these come up."""
    chance = random.Random(seed)
    exercises = coding()
    chance.shuffle(exercises)
    quick = [*RETURNED, *DONE]
    chance.shuffle(quick)
    times = max(len(exercises), len(quick))
    drawn = [Pair(one, what) for one, what, _ in zip(itertools.cycle(exercises), itertools.cycle(quick), range(times))]
    return drawn + [Pair(one, what) for one, what in zip(exercises, BY_FORCE, strict=False)]


def every(exercises: Sequence[Coding]) -> Iterator[Pair]:
    """All pairs of these."""
    return (Pair(one, what) for one in exercises for what in HOSTILE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="exercises; all where none is named")
    parser.add_argument("--benches", type=int, default=6)
    parser.add_argument("--seed", type=int, help="only the pairs that are drawn with it, as the tests draw them")
    chosen = parser.parse_args()
    os.environ["WAITING_MEASURED_HISTORY"] = str(Path(tempfile.mkdtemp()) / "history.sqlite")
    wanted = [one for one in coding() if not chosen.names or one.name in chosen.names]
    planned = list(every(wanted)) if chosen.seed is None else pairs(chosen.seed)
    failed = 0
    with side_by_side(chosen.benches) as running:
        futures = {running.submit(pair.faults): pair for pair in planned}
        for future in as_completed(futures):
            if fault := future.result():
                failed += 1
                print(f"{futures[future].exercise.name}, {futures[future].hostile}: {fault}\n", flush=True)
    print(f"{failed} of {len(planned):,} pairs fail")


if __name__ == "__main__":
    main()
