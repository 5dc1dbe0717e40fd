"""What a learner may define in a notebook: functions, their names and their closures.

The cells of each case define `answer`, which says the same on the bench as in the notebook.
"""

CELLS = {
    "value": """
LIMIT = 10
def answer():
    return LIMIT
""",
    "lambda": """
answer = lambda: [n * 2 for n in range(3)]
""",
    "defaults": """
def answer(first=1, *, second={"a": [2]}):
    return first, second
""",
    "attributes, name and docstring": '''
def answer():
    """What it says."""
    return (
        answer.calls,
        answer.__name__,
        answer.__qualname__,
        answer.__module__,
        answer.__doc__,
        answer.__annotations__,
    )
answer.calls = 3
''',
    "name of the module": """
def answer():
    return __name__
""",
    "builtins only": """
def answer():
    return sorted(map(abs, [-2, 1])), isinstance(3, int)
""",
    "recursion": """
def answer(n=5):
    return 1 if n == 0 else n * answer(n - 1)
""",
    "mutual recursion": """
def even(n):
    return n == 0 or odd(n - 1)
def odd(n):
    return n != 0 and even(n - 1)
def answer():
    return even(10), odd(7), even(7)
""",
    "name defined later": """
def answer():
    return later()
def later():
    return "later"
""",
    "name not defined": """
def answer():
    try:
        return missing
    except NameError as error:
        return str(error)
""",
    "global counter": """
hits = 5
def hit():
    global hits
    hits += 1
def answer():
    hit()
    hit()
    return hits
""",
    "global deleted": """
hits = 5
def forget():
    global hits
    del hits
def answer():
    forget()
    return "hits" in globals()
""",
    "two functions share a list": """
seen = []
def note(n):
    seen.append(n)
def answer():
    note(1)
    seen.append(2)
    return seen
""",
    "nonlocal counter": """
def counting():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    return count
count = counting()
count()
def answer():
    return count(), count()
""",
    "two closures share a variable": """
def account():
    balance = 10
    def pay(n):
        nonlocal balance
        balance += n
    def look():
        return balance
    return pay, look
pay, look = account()
def answer():
    pay(5)
    return look()
""",
    "recursive closure": """
def make():
    def down(n):
        return [n] if n == 0 else [n, *down(n - 1)]
    return down
answer_of = make()
def answer():
    return answer_of(3)
""",
    "closure with an empty cell": """
def make():
    def inner():
        try:
            return value
        except NameError:
            return "empty"
    return inner
    value = 1
answer = make()
""",
    "name used in a class body in the function": """
LIMIT = 10
def answer():
    class Local:
        limit = LIMIT
    return Local.limit
""",
    "name used in a nested function only": """
LIMIT = 10
def answer():
    def inner():
        return (lambda: LIMIT)()
    return inner()
""",
    "decorator with a name of its own": '''
import sys, types
decorators = types.ModuleType("decorators_of_a_test")
exec(
    """
import functools
LIMIT = 1
def limited(function):
    @functools.wraps(function)
    def wrapper(*arguments): return LIMIT, function(*arguments)
    return wrapper
""",
    decorators.__dict__,
)
LIMIT = 10
@decorators.limited
def helper():
    return LIMIT
def answer():
    return helper(), LIMIT, helper.__name__, helper.__wrapped__()
''',
    "decorator of the notebook": """
import functools
def twice(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return [function(*arguments), function(*arguments)]
    return wrapper
@twice
def answer():
    return len("abc")
""",
    "decorated with arguments": """
import functools
def times(n):
    def decorate(function):
        @functools.wraps(function)
        def wrapper():
            return [function() for _ in range(n)]
        wrapper.n = n
        return wrapper
    return decorate
@times(3)
def answer():
    return answer.n
""",
    "context manager": """
from contextlib import contextmanager, asynccontextmanager
events = []
@contextmanager
def noting(name):
    events.append(f"in {name}")
    yield name
    events.append("out")
def answer():
    with noting("block") as name:
        events.append(name)
    return events
""",
    "partial": """
from functools import partial
def power(base, exponent=2):
    return base**exponent
cube = partial(power, exponent=3)
answer = partial(cube, 2)
""",
    "partialmethod": """
from functools import partialmethod
class Lamp:
    def set(self, state):
        return f"lamp {state}"
    on = partialmethod(set, "on")
def answer():
    return Lamp().on()
""",
    "singledispatch": """
from functools import singledispatch
@singledispatch
def kind(thing):
    return "thing"
@kind.register
def _(thing: int):
    return "int"
@kind.register(list)
def _(thing):
    return "list"
def answer():
    return kind(1), kind([]), kind("a"), kind(True), sorted(str(key) for key in kind.registry)
""",
    "lru_cache": """
from functools import lru_cache
@lru_cache(maxsize=7)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
fib.note = "kept"
def answer():
    first = fib(20)
    return first, fib.cache_info(), fib.cache_parameters(), fib.note, fib.__name__, fib.__wrapped__.__name__
""",
    "cache": """
from functools import cache
calls = []
@cache
def slow(n):
    calls.append(n)
    return n * 2
def answer():
    return slow(1), slow(1), slow(2), calls
""",
    "cache over a partial": """
from functools import cache, partial
length = cache(partial(max, 3))


def answer():
    return length(2), length(5), length.cache_info()
""",
    "cached method": """
from functools import lru_cache
class Squares:
    calls = 0
    @lru_cache(maxsize=None)
    def of(self, n):
        Squares.calls += 1
        return n * n
squares = Squares()
def answer():
    return squares.of(3), squares.of(3), Squares.calls
""",
    "callable instance": """
class Answer:
    def __init__(self, value):
        self.value = value
    def __call__(self):
        return self.value
answer = Answer(42)
""",
    "asynchronous callable instance": """
import asyncio
class Answer:
    async def __call__(self):
        await asyncio.sleep(0)
        return "awaited"
answer = Answer()
""",
    "bound method": """
class Counter:
    def __init__(self):
        self.n = 4
    def up(self):
        self.n += 1
        return self.n
counter = Counter()
up = counter.up
def answer():
    up()
    return counter.n
""",
    "coroutine functions and generators": """
import asyncio
async def double(n):
    return n * 2
async def numbers():
    for n in range(3):
        yield await double(n)
def squares():
    yield from (n * n for n in range(3))
async def answer():
    return [n async for n in numbers()], list(squares())
""",
    "annotations as text": """
from __future__ import annotations
def answer(value: NotThere | None = None) -> AlsoNot:
    return answer.__annotations__
""",
    "functions in a dict": """
handlers = {"double": lambda n: n * 2, "half": lambda n: n / 2}
def answer():
    return {name: handler(4) for name, handler in handlers.items()}
""",
    "source and traceback": """
import inspect, traceback
def fails():
    raise ValueError("x")
def answer():
    try:
        fails()
    except ValueError as e:
        return [
            (f.filename, f.lineno, f.line) for f in traceback.extract_tb(e.__traceback__)
        ], inspect.getsource(fails)
""",
    "decorators on one another": """
import functools
registry = {}
def register(f):
    registry[f.__name__] = f
    return f
@register
@functools.cache
@functools.wraps(len)
def f(x):
    return x + 1
@register
def g():
    return registry["len"](1)
def answer():
    return g(), sorted(registry)
""",
    "function that gives a library as its module": """
def f():
    return 3
f.__module__ = "json"
f.__qualname__ = "dumps"
def answer():
    return f()
""",
    "names in comprehensions": """
N = 3
def answer():
    return [N + i for i in range(2)], {k: N for k in "a"}, (lambda: [N for _ in range(1)])()
""",
}
