"""What a learner may define in a notebook: classes.

The cells of each case define `answer`, which says the same on the bench as in the notebook.
"""

CELLS = {
    "class": """
class Page:
    kind = "page"
    def __init__(self, url):
        self.url = url
    def __repr__(self):
        return f"Page({self.url!r})"
    def __eq__(self, other):
        return type(self) is type(other) and self.url == other.url
    def __hash__(self):
        return hash(self.url)
page = Page("/a")
def answer():
    return repr(page), page == Page("/a"), isinstance(page, Page), {page: 1}[Page("/a")], Page.__qualname__
""",
    "property, classmethod, staticmethod, cached_property": """
from functools import cached_property
class Thing:
    def __init__(self):
        self.n = 2
    @property
    def double(self):
        return self.n * 2
    @double.setter
    def double(self, value):
        self.n = value // 2
    @classmethod
    def make(cls):
        return cls()
    @staticmethod
    def three():
        return 3
    @cached_property
    def slow(self):
        return self.n * 100
thing = Thing()
def answer():
    thing.double = 10
    return thing.double, Thing.make().n, thing.three(), thing.slow, "slow" in vars(thing)
""",
    "super": """
class Base:
    def __init__(self):
        self.names = ["base"]
class Derived(Base):
    def __init__(self):
        super().__init__()
        self.names.append(__class__.__name__)
def answer():
    return Derived().names, Derived.__mro__[1] is Base
""",
    "slots": """
class Point:
    __slots__ = ("x", "__hidden", "__weakref__")
    def __init__(self, x):
        self.x, self.__hidden = x, -x
    def hidden(self):
        return self.__hidden
class Three(Point):
    __slots__ = "z"
    def __init__(self, x, z):
        super().__init__(x)
        self.z = z
point = Three(1, 2)
def answer():
    try:
        point.unknown = 1
    except AttributeError:
        return point.x, point.z, point.hidden(), hasattr(point, "__dict__")
    return "slots are lost"
""",
    "class counter": """
from typing import ClassVar
class Job:
    made: ClassVar[int] = 3
    def __init__(self):
        type(self).made += 1
def answer():
    Job()
    Job()
    return Job.made
""",
    "metaclass": """
class Registry(type):
    known = {}
    def __new__(meta, name, bases, names, *, key, **options):
        made = super().__new__(meta, name, bases, names)
        made.size = len([name for name in names if not name.startswith("__")])
        return made
    def __init__(cls, name, bases, names, *, key, **options):
        super().__init__(name, bases, names)
        Registry.known[key] = cls
    def __call__(cls, *arguments):
        made = super().__call__(*arguments)
        made.by = "metaclass"
        return made
class Feed(metaclass=Registry, key="feed"):
    one, two = 1, 2
def answer():
    return Feed().by, Feed.size, list(Registry.known), Registry.known["feed"] is Feed, type(Feed).__name__
""",
    "__init_subclass__": """
class Plugin:
    known = []
    def __init_subclass__(cls, *, tag, **options):
        super().__init_subclass__(**options)
        cls.tag = tag
        Plugin.known.append(cls.__name__)
class One(Plugin, tag="one"):
    pass
class Two(Plugin, tag="two"):
    pass
def answer():
    return Plugin.known, One.tag, Two.tag
""",
    "__init_subclass__ that keeps the classes": """
class Plugin:
    known = {}
    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        Plugin.known[cls.__name__] = cls
class One(Plugin):
    pass
class Two(One):
    pass
def answer():
    return (
        list(Plugin.known),
        Plugin.known["Two"] is Two,
        Two.__mro__[1] is One,
        Plugin.__subclasses__() == [One],
    )
""",
    "descriptor": """
class Positive:
    names = []
    def __set_name__(self, owner, name):
        self.name = name
        Positive.names.append(name)
    def __get__(self, instance, owner):
        return self if instance is None else vars(instance)[self.name]
    def __set__(self, instance, value):
        if value < 0:
            raise ValueError(self.name)
        vars(instance)[self.name] = value
class Order:
    amount = Positive()
    def __init__(self, amount):
        self.amount = amount
def answer():
    try:
        Order(-1)
    except ValueError as error:
        return Order(3).amount, str(error), Positive.names
""",
    "abstract class": """
from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
class Square(Shape):
    def area(self):
        return 4
@Shape.register
class Odd:
    pass
def answer():
    try:
        Shape()
    except TypeError:
        return (
            Square().area(),
            isinstance(Square(), Shape),
            isinstance(Odd(), Shape),
            sorted(Shape.__abstractmethods__),
        )
""",
    "Protocol": """
from typing import Protocol, runtime_checkable
@runtime_checkable
class HasName(Protocol):
    name: str
    def rename(self, name: str) -> None: ...
class Cat:
    name = "cat"
    def rename(self, name):
        self.name = name
class Named(HasName):
    name = "own"
def answer():
    try:
        HasName()
    except TypeError:
        return isinstance(Cat(), HasName), isinstance(3, HasName), Named().name
""",
    "Generic": """
from typing import Generic, TypeVar
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value
class IntBox(Box[int]):
    pass
def answer():
    return Box[int](3).value, IntBox(4).value, Box.__parameters__ == (T,), str(Box[str])
""",
    "generic alias of the notebook": """
Pages = dict[str, list[int]]
from typing import Optional, Union, Callable
Maybe = Optional[int] | None
def answer():
    return str(Pages), str(Maybe), str(Callable[[int], str])
""",
    "Enum": """
from enum import Enum, auto
class State(Enum):
    NEW = auto()
    DONE = auto()
    OLD = 1
    def shout(self):
        return self.name + "!"
    @classmethod
    def first(cls):
        return cls.NEW
state = State.DONE
def answer():
    return (
        state is State.DONE,
        State(2) is state,
        State["DONE"].shout(),
        [str(one) for one in State],
        State.first().value,
        State.OLD is State.NEW,
        list(State.__members__),
    )
""",
    "Flag, IntEnum and StrEnum": """
from enum import Flag, IntEnum, StrEnum, IntFlag, auto
class Right(Flag):
    READ = auto()
    WRITE = auto()
    BOTH = READ | WRITE
class Level(IntEnum):
    LOW = 1
    HIGH = 5
class Kind(StrEnum):
    JSON = auto()
both = Right.READ | Right.WRITE
def answer():
    return (
        both is Right.BOTH,
        Right.READ in both,
        Level.HIGH > 2,
        f"{Kind.JSON}",
        Kind("json") is Kind.JSON,
        str(Right.BOTH),
        max(Level).name,
    )
""",
    "Enum with values of its own": """
from enum import Enum, unique
class Planet(Enum):
    EARTH = (5.9, 6.3)
    MARS = (0.6, 3.3)
    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius
    @property
    def density(self):
        return round(self.mass / self.radius, 3)
class Code(int, Enum):
    OK = (200, "fine")
    GONE = (410, "gone")
    def __new__(cls, value, words):
        made = int.__new__(cls, value)
        made._value_, made.words = value, words
        return made
class Colour(Enum):
    RED = "r"
    @classmethod
    def _missing_(cls, value):
        return cls.RED
def answer():
    return (
        Planet.EARTH.density,
        Planet((0.6, 3.3)) is Planet.MARS,
        Code(410).words,
        Code.OK + 1,
        Colour("x") is Colour.RED,
    )
""",
    "dataclass": """
from dataclasses import dataclass, field, asdict, fields, replace, astuple
@dataclass
class Page:
    url: str
    tags: list = field(default_factory=list)
    size: int = 0
    shown: str = field(init=False, default="yes", repr=False)
    def __post_init__(self):
        self.size = self.size or len(self.url)
page = Page("/abc", ["x"])
def answer():
    return (
        repr(page),
        asdict(page),
        [one.name for one in fields(Page)],
        replace(page, url="/b") == page,
        astuple(Page("/q")),
        Page("/a").tags is Page("/a").tags,
        [one.default for one in fields(Page)][2:],
    )
""",
    "dataclass, frozen and ordered, keyword only": """
from dataclasses import dataclass, field, KW_ONLY, InitVar, FrozenInstanceError, MISSING, fields
from typing import ClassVar
@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0
    _: KW_ONLY
    label: str = field(default="", compare=False)
    scale: InitVar[int] = 1
    known: ClassVar[list] = []
    def __post_init__(self, scale):
        object.__setattr__(self, "minor", self.minor * scale)
one = Version(1, 2, label="one")
def answer():
    try:
        one.major = 3
    except FrozenInstanceError as error:
        return (
            str(error),
            one < Version(1, 3),
            {one: 1}[Version(1, 2)],
            Version(1, 2, scale=2).minor,
            fields(Version)[0].default is MISSING,
        )
""",
    "dataclass with slots": """
from dataclasses import dataclass, field, asdict
@dataclass(slots=True)
class Point:
    x: int
    y: int = 2
@dataclass(slots=True, kw_only=True)
class Far(Point):
    z: list = field(default_factory=list)
point = Point(1)
far = Far(x=1, z=[3])
def answer():
    try:
        point.unknown = 1
    except AttributeError:
        return repr(point), asdict(far), far == Far(x=1, z=[3]), hasattr(point, "__dict__")
    return "slots are lost"
""",
    "dataclass, frozen with slots": """
from dataclasses import dataclass
@dataclass(frozen=True, slots=True)
class Key:
    name: str
    size: int = 1
key = Key("a")
def answer():
    return {key: 3}[Key("a")], repr(key)
""",
    "dataclass made in the function from one of the notebook": """
from dataclasses import dataclass, fields
@dataclass
class Base:
    one: int
def answer():
    @dataclass
    class Derived(Base):
        two: int = 2
    return repr(Derived(1)), [one.name for one in fields(Derived)]
""",
    "NamedTuple": """
from typing import NamedTuple
class Timing(NamedTuple):
    name: str
    seconds: float = 1.5
    def shout(self):
        return self.name.upper()
timing = Timing("a")
def answer():
    name, seconds = timing
    return (
        repr(timing),
        timing.shout(),
        timing._replace(name="b"),
        Timing._fields,
        Timing._field_defaults,
        timing == ("a", 1.5),
        name,
        timing._asdict(),
    )
""",
    "namedtuple": """
from collections import namedtuple
Row = namedtuple("Row", "code name", defaults=["?"])
row = Row("FR")
def answer():
    return repr(row), Row._make(["a", "b"]).name, row._asdict(), isinstance(row, tuple), Row._fields
""",
    "TypedDict": """
from typing import TypedDict, NotRequired
class Country(TypedDict):
    code: str
    name: NotRequired[str]
class Big(Country, total=False):
    size: int
def answer():
    return (
        Country(code="FR"),
        sorted(Big.__required_keys__),
        sorted(Big.__optional_keys__),
        Big.__total__,
        list(Big.__annotations__),
    )
""",
    "NewType and Literal": """
from typing import NewType, Literal
Code = NewType("Code", str)
Mode = Literal["a", "b"]
def answer():
    return Code("x"), Code.__name__, str(Mode)
""",
    "exception with arguments": """
class NoAnswer(Exception):
    def __init__(self, url, status):
        super().__init__(f"{url}: {status}")
        self.url, self.status = url, status
class Gone(NoAnswer):
    pass
known = [NoAnswer("/a", 404), Gone("/c", 411), KeyError("k"), ValueError("a", "b")]
def answer():
    assert [(type(one).__name__, str(one), vars(one)) for one in known][0][2] == {"url": "/a", "status": 404}
    assert known[1].status == 411 and known[2].args == ("k",) and known[3].args == ("a", "b")
    try:
        raise Gone("/b", 410)
    except NoAnswer as error:
        return str(error), error.status, type(error).__name__, isinstance(error, Gone), error.__cause__
""",
    "context manager classes": """
class Both:
    def __enter__(self):
        return "entered"
    def __exit__(self, *details):
        return True
    async def __aenter__(self):
        return "awaited"
    async def __aexit__(self, *details):
        return False
async def answer():
    with Both() as one:
        raise ValueError
    async with Both() as two:
        pass
    return one, two
""",
    "iterator and operators": """
class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n
    def __add__(self, other):
        return Countdown(self.n + other.n)
    def __len__(self):
        return self.n
    def __getitem__(self, at):
        return at * self.n
    def __contains__(self, thing):
        return thing == "in"
    def __bool__(self):
        return True
down = Countdown(2)
def answer():
    return list(Countdown(3)), len(down + down), down[3], "in" in down, bool(down)
""",
    "class that refers to itself": """
class Node:
    root = None
    def __init__(self, parent=None):
        self.parent, self.children = parent, []
Node.root = Node()
Node.root.children.append(Node(Node.root))
def answer():
    return Node.root.children[0].parent is Node.root, type(Node.root) is Node, isinstance(Node.root, Node)
""",
    "nested class": """
class Outer:
    class Inner:
        def name(self):
            return type(self).__qualname__
    def make(self):
        return self.Inner()
def answer():
    return Outer().make().name()
""",
    "class made by a function": """
def make(name):
    class Made:
        def who(self):
            return name
    return Made
One, Two = make("one"), make("two")
def answer():
    return One().who(), Two().who(), One is Two
""",
    "class of a library as base": """
import collections, threading, asyncio
class Counted(dict):
    def __missing__(self, key):
        return f"no {key}"
class Mine(threading.local):
    def __init__(self):
        self.items = ["fresh"]
mine = Mine()
counted = Counted(a=1)
class Worker(threading.Thread):
    def __init__(self):
        super().__init__()
        self.out = None
    def run(self):
        self.out = len(mine.items)
def answer():
    worker = Worker()
    worker.start()
    worker.join()
    return counted["a"], counted["b"], mine.items, worker.out
""",
    "thread-local data that is told something": """
import threading
class Mine(threading.local):
    def __init__(self, first, *, step=1):
        self.items = [first, first + step]
mine = Mine(4, step=3)
def answer():
    heard = []
    worker = threading.Thread(target=lambda: heard.append(mine.items))
    worker.start()
    worker.join()
    return mine.items, heard
""",
    "__getstate__ and __reduce__": """
class Kept:
    def __init__(self):
        self.kept, self.gone = 1, (n for n in "ab")
    def __getstate__(self):
        return {"kept": self.kept}
    def __setstate__(self, state):
        vars(self).update(state)
class Made:
    def __init__(self, *parts):
        self.parts = parts
    def __reduce__(self):
        return Made, ("a", "b")
kept, made = Kept(), Made("a", "b")
def answer():
    return kept.kept, made.parts
""",
    "subclass of int, str and tuple": """
class Seconds(float):
    def __str__(self):
        return f"{float(self):.1f} s"
class Path(str):
    def joined(self, other):
        return Path(self + "/" + other)
class Pair(tuple):
    def __new__(cls, one, two):
        return super().__new__(cls, (one, two))
    def __getnewargs__(self):
        return tuple(self)
wait, path, pair = Seconds(1.25), Path("a"), Pair(1, 2)
def answer():
    return str(wait), path.joined("b"), type(pair).__name__, pair[1]
""",
    "pickle and deepcopy of own class": """
import pickle, copy
from dataclasses import dataclass
from enum import Enum
@dataclass
class P:
    x: int
class E(Enum):
    A = 1
p = P(3)
def answer():
    return (
        pickle.loads(pickle.dumps(p)) == p,
        copy.deepcopy(p) == p,
        pickle.loads(pickle.dumps(E.A)) is E.A,
        pickle.loads(pickle.dumps(answer)) is answer,
    )
""",
    "metaclass of abstract classes": """
from abc import ABCMeta, ABC, abstractmethod
class M(ABCMeta):
    def __new__(m, n, b, ns, **k):
        c = super().__new__(m, n, b, ns)
        c.mark = n
        return c
class A(metaclass=M):
    @property
    @abstractmethod
    def x(self): ...
class B(A):
    x = 3
def answer():
    return A.mark, B.mark, B().x, sorted(A.__abstractmethods__), isinstance(B(), A), issubclass(int, A)
""",
    "singledispatchmethod, total_ordering, cmp_to_key": """
from functools import singledispatchmethod, total_ordering, cmp_to_key
@total_ordering
class V:
    def __init__(s, n):
        s.n = n
    def __eq__(s, o):
        return s.n == o.n
    def __lt__(s, o):
        return s.n < o.n
    @singledispatchmethod
    def k(self, x):
        return "any"
    @k.register
    def _(self, x: int):
        return "int"
def answer():
    return V(1) >= V(0), V(1).k(3), V(1).k("a"), sorted([2, 1], key=cmp_to_key(lambda a, b: a - b))
""",
    "ParamSpec and Protocol": """
from typing import Protocol, TypeVar, Generic, ParamSpec, Callable, Concatenate
T = TypeVar("T", bound="Base")
P = ParamSpec("P")
C = TypeVar("C", int, str)
class Base:
    pass
class Repo(Protocol[T]):
    def get(self) -> T: ...
class Impl(Repo[Base]):
    def get(self):
        return Base()
class Two(Generic[T, C]):
    pass
def deco(f: Callable[P, C]) -> Callable[P, C]:
    def w(*a: P.args, **k: P.kwargs):
        return f(*a, **k)
    return w
@deco
def h(x):
    return x
def answer():
    return type(Impl().get()).__name__, str(Two[Base, int]), h(3)
""",
    "Enum, its odder sides": """
import enum
class Base(enum.Enum):
    def hi(self):
        return self.name.lower()
    @staticmethod
    def _generate_next_value_(name, start, count, last):
        return name * 2
class E(Base):
    A = enum.auto()
    B = enum.auto()
    @enum.nonmember
    class Helper:
        z = 3
    @property
    def twice(self):
        return self.value * 2
class L(enum.Enum):
    X = [1]
    Y = {"a": 2}
class M(tuple, enum.Enum):
    P = (1, 2)
class D(enum.IntFlag, boundary=enum.KEEP):
    A = 1
    B = 2
class Meta(enum.EnumMeta):
    def __getitem__(cls, n):
        return super().__getitem__(n.upper())
class W(enum.Enum, metaclass=Meta):
    ONE = 1
def answer():
    return (
        E.A.value,
        E.B.hi(),
        E.Helper.z,
        E.A.twice,
        L([1]) is L.X,
        L.Y.value,
        M.P[1],
        D(7).value,
        (D.A | D.B).name,
        W["one"].value,
        E("AA") is E.A,
        M((1, 2)) is M.P,
    )
""",
    "dataclass, its odder sides": """
from dataclasses import dataclass, field, make_dataclass
@dataclass
class A:
    x: list = field(default_factory=lambda: [1])
    def __post_init__(self):
        self.y = 2
@dataclass(unsafe_hash=True, weakref_slot=True, slots=True)
class B:
    n: int
    other: "B | None" = None
b = B(1)
b.other = b
C = make_dataclass("C", [("q", int, 5)])
class S:
    __slots__ = ("a", "b")
s = S()
s.a = 3
def answer():
    import weakref
    return (
        A().x,
        A().y,
        weakref.ref(b)() is b,
        b.other is b,
        C().q,
        hasattr(s, "b"),
        s.a,
        isinstance(hash(B(1)), int),
    )
""",
    "what a class may define about itself": """
class A:
    __match_args__ = ("x",)
    def __init__(self, x):
        self.x = x
    def __class_getitem__(cls, k):
        return k
    __hash__ = None
    def __eq__(self, o):
        return True
    def __init_subclass__(cls):
        cls.sub = True
    def __new__(cls, *a):
        o = super().__new__(cls)
        o.new = 1
        return o
class B(A):
    pass
def answer():
    match A(3):
        case A(x):
            got = x
    class C(B):
        pass
    try:
        hash(A(1))
    except TypeError:
        h = "no"
    return got, A[4], h, B.sub, C.sub, A(1).new
""",
    "classes that cannot be hashed": """
class M(type):
    def __eq__(c, o):
        return type.__eq__(c, o)
class A(metaclass=M):
    x = 1
def answer():
    return A.x
""",
    "generic syntax of Python 3.12": '''
SOURCE = """
LIMIT = 3
class Box[T: int]:
    def __init__(self, value: T): self.value = value
    def get(self) -> T: return self.value
def first[K](things: list[K]) -> K: return things[0]
def within():
    class Inner[Q]:
        limit = LIMIT
    return Inner.limit
"""
import sys
if sys.version_info >= (3, 12):
    exec(SOURCE)
    def answer():
        return Box[int](3).get(), first([1]), str(first.__type_params__), within(), str(Box.__type_params__)
else:
    def answer():
        return "not yet"
''',
}
