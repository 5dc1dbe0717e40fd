"""What a learner may define in a notebook: values, modules, and what libraries have made.

The cells of each case define `answer`, which says the same on the bench as in the notebook.
"""

CELLS = {
    "values of the standard library": r"""
import re, datetime, decimal, fractions, pathlib, uuid, collections, array, random, types, zoneinfo
pattern = re.compile(r"(\d+)")
day = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
path = pathlib.Path("a") / "b"
counts = collections.Counter("aab")
groups = collections.defaultdict(lambda: [0])
last = collections.deque([1, 2], maxlen=2)
chain = collections.ChainMap({"a": 1}, {"b": 2})
ordered = collections.OrderedDict(b=1, a=2)
chance = random.Random(3)
simple = types.SimpleNamespace(a=1)
odd = [
    decimal.Decimal("1.5"),
    fractions.Fraction(1, 3),
    uuid.UUID(int=5),
    array.array("i", [1]),
    1j,
    b"x",
    bytearray(b"y"),
    range(3),
    slice(1, 2),
    ...,
    NotImplemented,
    frozenset({1}),
    None,
    memoryview(b"z").tobytes(),
]
proxy = types.MappingProxyType({"a": 1})
zone = zoneinfo.ZoneInfo("UTC")
def answer():
    groups["x"].append(1)
    last.append(3)
    return (
        pattern.findall("a1b22"),
        day.isoformat(),
        str(path.name),
        counts.most_common(1),
        dict(groups),
        list(last),
        chain["b"],
        list(ordered),
        chance.randint(1, 1000),
        simple.a,
        odd,
        proxy["a"],
        str(zone),
    )
""",
    "dictionary views": """
table = {"a": 1, "b": 2}
keys, values, items = table.keys(), table.values(), table.items()
def answer():
    return list(keys), list(values), list(items)
""",
    "iterators": """
import itertools
numbers = itertools.count(5, 2)
tens = itertools.count(10)
next(numbers)
part = iter([1, 2, 3])
next(part)
def answer():
    return next(numbers), next(tens), list(part)
""",
    "numpy and pandas": """
import numpy as np, pandas as pd
array = np.arange(4).reshape(2, 2)
one = np.float64(1.5)
frame = pd.DataFrame({"a": [1, 2]})
from numpy import sum as total
missing = pd.NA
hidden = np.ma.masked
def answer():
    return (
        array.tolist(),
        float(one),
        frame["a"].sum().item(),
        total(array).item(),
        missing is pd.NA,
        hidden is np.ma.masked,
    )
""",
    "modules": """
import concurrent.futures, xml.etree.ElementTree, os.path as places, json as js, math
from xml.dom import minidom
import importlib
def answer():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        out = pool.submit(len, "ab").result()
    return (
        out,
        xml.etree.ElementTree.fromstring("<a><b/></a>")[0].tag,
        places.basename("a/b"),
        js.loads("[1]"),
        math.pi,
        minidom.__name__,
    )
""",
    "bound methods of a library's own objects": """
import random, os, time, math
from random import randint, seed
from os import environ, getcwd
from math import floor
def answer():
    seed(1)
    first = randint(1, 10**9)
    random.seed(1)
    return first == random.randint(1, 10**9), environ is os.environ, floor(2.5)
""",
    "library function and class": """
from json import dumps
from collections import OrderedDict
from operator import itemgetter, attrgetter, methodcaller
first = itemgetter(1)
shout = methodcaller("upper")
join = ",".join
add = [].append
def answer():
    return dumps({"a": OrderedDict(b=1)}), first("ab"), shout("a"), join("ab")
""",
    "a library's decorator": """
import stamina, asyncio
from asgiref.sync import sync_to_async, async_to_sync
tries = []
@stamina.retry(on=ValueError, attempts=3, wait_initial=0.001, wait_jitter=0, wait_max=0.001)
async def flaky():
    tries.append(1)
    if len(tries) < 3:
        raise ValueError
    return len(tries)
@sync_to_async
def slow(n):
    return n * 2
async def answer():
    return await flaky(), await slow(4)
""",
    "sentinel of the notebook": """
MISSING = object()
def get(key, default=MISSING):
    return "missing" if default is MISSING else default
def answer():
    return get("a"), get("a", 1), MISSING is get.__defaults__[0]
""",
    "sentinel class": """
class _Missing:
    def __repr__(self):
        return "MISSING"
MISSING = _Missing()
table = {"a": MISSING}
def answer():
    return table["a"] is MISSING, repr(MISSING)
""",
    "logger": """
import logging
log = logging.getLogger("of.a.test")
def answer():
    return log.name, log is logging.getLogger("of.a.test")
""",
    "session of requests": """
import requests, aiohttp, ssl
s = requests.Session()
s.headers["x"] = "y"
t = aiohttp.ClientTimeout(total=3)
def answer():
    return s.headers["x"], t.total
""",
    "numpy's functions and random numbers": """
import numpy as np
v = np.vectorize(lambda x: x + 1)
add = np.add
dt = np.dtype("f4")
rng = np.random.default_rng(3)
def answer():
    return v([1, 2]).tolist(), add(1, 2).item(), str(dt), rng.integers(100).item()
""",
    "main thread": """
import threading
main = threading.main_thread()
def answer():
    return threading.current_thread() is main
""",
    "recursive structures": """
a = []
a.append(a)
d = {}
d["d"] = d
t = ([],)
t[0].append(t)
def answer():
    return a[0] is a, d["d"] is d, t[0][0] is t
""",
}
