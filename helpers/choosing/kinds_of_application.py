"""Kinds of application, what to take for each, and the runs of the course that this rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Of = Literal["wall", "requests"]


@dataclass(frozen=True)
class Figure:
    """What the history may hold: the median of the learner's own runs under a label.

    Attributes:
        words: what the figure is of, as the table has it.
        label: as given to `measure` or `trials`.
        of: the runs' wall time, or the requests that the server counted.
    """

    words: str
    label: str
    of: Of = "wall"


@dataclass(frozen=True)
class Section:
    """A section of the course whose cells make the runs.

    Attributes:
        notebook: the file's name without its ending.
        heading: without its mark.
        cell: the id of the cell that the heading stands in. JupyterLab finds no heading with a sign such as "·" in it.
        figures: what its runs tell. Empty where `when_to_use` is given the measurement itself, or no run can tell.
        seen: what its cells show where no run can tell: a sentence.
    """

    notebook: str
    heading: str
    cell: str
    figures: Sequence[Figure] = ()
    seen: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of application; a text between backquotes is code.

    Attributes:
        name: the kind, in the words of those who ask.
        take: what to take for it.
        sections: where that was measured.
        otherwise: what would change one's mind.
    """

    name: str
    take: str
    sections: Sequence[Section]
    otherwise: str


ONE_CALL = Section("13_choosing", "For one call, all models are equal", "one-call")
MANY_WAITS = Section("13_choosing", "Many waits: tasks, or threads if the library only blocks", "many-waits")
LIMIT = Section("13_choosing", "A limit makes models equal", "limit")
COMPUTING = Section("13_choosing", "Computing in Python wants processes", "computing")
FOUR_WAYS = ("10_realtime", "Four ways to hear the same news", "four-ways")

KINDS = (
    Kind(
        "CRUD and admin",
        "`def` views and the ORM under WSGI. Leave them as they are.",
        (
            ONE_CALL,
            Section(
                "12_django",
                "Leave a plain page alone",
                "crud",
                (
                    Figure("ten lists, `def` under WSGI", "list: def, WSGI"),
                    Figure("`async def` under ASGI", "list: async def, ASGI"),
                ),
            ),
        ),
        "A page that asks several others before it can answer.",
    ),
    Kind(
        "Dashboard: many answers for one page",
        "Ask together: a pool of threads in the view, or `gather` in an `async def`.",
        (
            LIMIT,
            Section(
                "12_django",
                "Ten answers for one page: the adapter alone does not help",
                "fan-out",
                (
                    Figure("ten answers, one by one", "fan-out: one-by-one"),
                    Figure("in threads", "fan-out: threads"),
                    Figure("gathered", "fan-out: gathered"),
                ),
            ),
        ),
        "A pool of connections with few places: then its size decides, not the model. Or one query that brings it all.",
    ),
    Kind(
        "An API that asks others",
        "`async def`, and one session for the process. Threads where the library only blocks.",
        (
            MANY_WAITS,
            Section(
                "12_django",
                "A burst takes rounds: as many at once as there are places",
                "burst",
                (
                    Figure("a burst, `async def`", "ASGI, async def"),
                    Figure("`async def` with a blocking call in it", "ASGI, async def that blocks"),
                    Figure("eight threads", "WSGI, 8 threads"),
                ),
            ),
        ),
        "A call that blocks and cannot be replaced. Or a thread for everyone who waits: then WSGI does as well.",
    ),
    Kind(
        "Real time: a chat",
        "asyncio and WebSockets: a task and a bounded queue for each reader.",
        (
            Section(
                "10_realtime",
                "A hundred in a room",
                "two-hundred",
                (Figure("all have heard all", "a hundred in a room"),),
            ),
            Section(
                "10_realtime",
                "A room over two processes needs somebody between them",
                "processes",
                seen="Two processes that share nothing are two rooms.",
            ),
        ),
        "A server of more than one process: its rooms have to be outside of it.",
    ),
    Kind(
        "Real time: a live feed",
        "asyncio and server-sent events: plain HTTP, one answer for each reader.",
        (
            Section(
                *FOUR_WAYS,
                (
                    Figure("server-sent events", "server-sent events", "requests"),
                    Figure("polling every 50 ms", "polling every 0.05 s", "requests"),
                ),
            ),
        ),
        "Readers who also talk: WebSockets. News once in some minutes: plain polling.",
    ),
    Kind(
        "Real time: long polling",
        "asyncio: whoever waits for news holds a task, and no thread.",
        (
            Section(
                *FOUR_WAYS,
                (
                    Figure("long polling", "long polling", "requests"),
                    Figure("a WebSocket", "WebSocket", "requests"),
                ),
            ),
        ),
        "News that comes often: each message costs a request. Then keep one connection open.",
    ),
    Kind(
        "Background I/O without threads",
        "Tasks in one loop, held in a `TaskGroup` or by workers of a bounded queue.",
        (
            Section(
                "09_thousands_at_once",
                "Ten thousand waits fit into one thread",
                "waiters",
                (Figure("ten thousand waits", "ten thousand sleeps"),),
            ),
            Section(
                "05_asyncio_in_jupyter",
                "It stops dead in a cell that blocks",
                "blocking-cell",
                seen="A task beside a blocking call takes no step.",
            ),
        ),
        "One call in it that blocks: that call wants a thread.",
    ),
    Kind(
        "Must survive a restart",
        "A queue that is kept outside of the process.",
        (
            Section(
                "13_choosing",
                "What must survive a restart is written down",
                "restart",
                (
                    Figure("ten jobs, the process killed after four: held in memory", "ten jobs in memory", "requests"),
                    Figure("in a file", "ten jobs in a file", "requests"),
                ),
            ),
            Section(
                "12_django",
                "A background task is cancelled when its view's loop ends",
                "background",
                seen="A view's task ends with its loop under WSGI, with its process under ASGI.",
            ),
        ),
        "Work that may be lost, or is asked for again anyway: a task will do.",
    ),
    Kind(
        "Computing in Python",
        "Processes.",
        (
            COMPUTING,
            Section(
                "03_threads",
                "Computing in Python gains nothing in threads",
                "cpu",
                (
                    Figure("one after another", "computing, one after another"),
                    Figure("four threads", "computing, four threads"),
                ),
            ),
        ),
        "Few cores or little to compute: plain sync. C code that lets go of Python's lock: threads.",
    ),
)
