"""The exercises of 10 Real time."""

import asyncio
import inspect
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import as_plain
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.exercises.support.feed_readers import SOON, HandlerUnderWatch, Reader
from helpers.exercises.support.seeded_streams import seed_with_a_late_second, seed_with_a_text_twice, texts_of
from helpers.page.words import count

OWN = "A server is coroutines, too"
FOUR = "Four ways to hear the same news"
RESUME = "A feed that breaks loses nothing, if the client says what it has"
SILENT = "A silent connection looks like a quiet one"
PROCESSES = "A room over two processes needs somebody between them"
STALLS = "One slow reader stalls everybody"
POLLING = "Polling: ask, and ask again"
LONG_POLLING = "Long polling: ask once, and let the server wait"
EVENTS = "Server-sent events: one answer that does not end"
WEBSOCKET = "WebSocket: one connection, both ways"

GIVEN = """\
import asyncio
import json
import time
from contextlib import asynccontextmanager, suppress
import aiohttp
from aiohttp import web
from helpers import practice_api

api = practice_api()
"""


async def _called(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function comes to, a plain one as well."""
    result = function(*arguments)
    return await result if inspect.isawaitable(result) else result


def what_was_heard(attempt: Attempt) -> Judgement:
    """Shows the right answer of `who-hears` by a run."""
    seen = attempt.run()
    yield None
    again = ": the second message was never begun" if seen.result == ["one", "one"] else ""
    return f"It returned {seen.result}{again}."


who_hears = Choice(
    name="who-hears",
    title="Who hears what?",
    judge=what_was_heard,
    question="What does `who_hears` return?",
    code="""\
async def who_hears():
    heard, never = [], asyncio.Event()

    async def quick(text):
        heard.append(text)

    async def stuck(text):
        await never.wait()

    async def broadcast(text):
        await asyncio.gather(*(send(text) for send in (quick, stuck, quick)))

    with suppress(TimeoutError):
        async with asyncio.timeout(0.2):
            await broadcast("one")
            await broadcast("two")
    return heard
""",
    given="import asyncio\nfrom contextlib import suppress",
    answers={
        "a": "“one” once: the second quick one waits behind the stuck one",
        "b": "“one” twice, and “two” never",
        "c": "“one” twice and “two” twice: the stuck one only misses its own",
    },
    right="b",
    replies={
        "a": Finding(
            "That would be so if they were served one after another.",
            "gather begins all of them before it waits for any.",
            STALLS,
        ),
        "c": Finding(
            "That would need the second broadcast to begin.",
            "What does gather wait for before it returns, and so before the next line is reached?",
            STALLS,
        ),
    },
    hints=[
        "Who of the three has its turn at the first broadcast?",
        "When does gather return? And what comes after it?",
    ],
    solution="b: all begin with the first message, gather waits for the stuck one, and the second is never begun.",
)


def most_inside(attempt: Attempt) -> Judgement:
    """Shows the right answer of `three-visitors` by a run."""
    seen = attempt.run()
    yield None
    return f"At most {seen.result} of the three calls of the handler had begun and not ended."


three_visitors = Choice(
    name="three-visitors",
    title="How many are served at once?",
    judge=most_inside,
    question="Three visitors come to your server at the same moment. How many are in `greet` at once, at most?",
    code="""\
async def three_visitors():
    inside = most = 0

    async def greet(request):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.1)  # works on the answer
        inside -= 1
        return web.Response(text="hello")

    async def visit():
        async with session.get(address) as response:
            await response.read()

    async with serving([web.get("/", greet)]) as address, aiohttp.ClientSession() as session:
        await asyncio.gather(visit(), visit(), visit())
    return most
""",
    given=GIVEN
    + """
@asynccontextmanager
async def serving(routes):
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
""",
    answers={
        "a": "3: it is a server, its handler is a coroutine, and three requests are gathered",
        "b": "1: the next call begins when the one before has ended",
        "c": "0: visitors and server share this kernel, so nobody is ever answered",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the handler to let go of the loop while it works.",
            "Three connections are open at once, and two tabs of a browser would show as much. But a handler that does "
            "not await holds the thread, however many have come.",
            OWN,
        ),
        "c": Finding(
            "That would need a visitor who holds the thread until the answer comes, as `requests` does.",
            "These visitors await: while they wait, the server has the loop.",
            OWN,
        ),
    },
    hints=[
        "Where does `greet` let go of the loop, so that another call of it could begin?",
        "A server in a kernel has one thread, and its visitors in cells use the same one.",
    ],
    solution="b: 1. `time.sleep` holds the loop, so the calls come one after another. With `await asyncio.sleep(0.1)` "
    "it would be three.",
)

TEXTS = ("sun", "rain", "fog: patches", "wind: 7", "snow", "hail", "frost", "a: b: c")


def a_feed_is_read(attempt: Attempt) -> Judgement:
    """`parse_events(lines)` returns pairs of id and data, in whichever of the standard's forms they were sent."""
    chance = attempt.chance
    texts = chance.sample(TEXTS, 6)
    first = chance.randint(3, 90)
    wanted = [(str(first + at), text) for at, text in enumerate(texts)]
    several, without_id = chance.sample(range(1, 6), 2)
    wanted[several] = (wanted[several][0], f"{texts[several]}\n  and more")
    wanted[without_id] = (wanted[without_id - 1][0], texts[without_id])
    lines: list[str] = ["retry: 500", ""]
    for at, (number, data) in enumerate(wanted):
        lines += [": still here", ""] * (1 if at == 1 else chance.randint(0, 2))
        space = "" if at % 2 else " "
        lines += [] if at == without_id else [f"id:{space}{number}"]
        parts = [f"data: {line}" if line.startswith(" ") else f"data:{space}{line}" for line in data.split("\n")]
        lines += [parts[0], *(line for part in parts[1:] for line in (": still here", part)), ""]
    lines += [f"id: {first + 6}", "data: not at its end"]
    seen = attempt.run(lines)
    result = seen.result
    if not isinstance(result, list):
        yield judges.values(seen, wanted, "a list of pairs of id and data", FOUR)
        return ""
    if not result:
        yield Finding(
            "It returned an empty list.", "An event is over at the empty line after it. What is to be done there?", FOUR
        )
        return ""
    if strange := [pair for pair in result if not isinstance(pair, tuple | list) or len(pair) != 2]:
        yield Finding(f"In the list is {judges.shown(strange[0])}.", "Each event is a pair: its id and its data.", FOUR)
        return ""
    pairs = [tuple(pair) for pair in result]
    if any(not isinstance(part, str) for pair in pairs for part in pair):
        yield Finding(
            "There are ids or data that are not texts.",
            "What comes over a line is text. Several lines of data make one text, with the end of a line between them.",
            FOUR,
        )
        return ""
    yield _wrong_with(pairs, wanted, several, without_id)
    return f"All {len(wanted)} events, with their ids, and none of the signs of life."


Pairs = Sequence[tuple[str, str]]


def _wrong_with(pairs: Pairs, wanted: Pairs, several: int, without_id: int) -> Finding | None:
    """The finding about events that are not those of the feed, whose `several` and `without_id` are special."""
    if any(data == "not at its end" for _, data in pairs):
        return Finding(
            "It found an event that was not at its end.",
            "The feed broke before the empty line. More lines of it may have been on their way.",
            FOUR,
        )
    if len(pairs) > len(wanted):
        return Finding(
            f"It found {count(len(pairs), 'event')}; {len(wanted)} were sent.",
            "Signs of life and lines without data are no events and end none; what is over must not be found again.",
            FOUR,
        )
    late = [at for at in range(1, len(pairs)) if pairs[at][0] == wanted[at - 1][0] != wanted[at][0]]
    if len(late) > 2:
        at = late[0]
        return Finding(
            f"Events came with the id of the one before them: {pairs[at][1]!r} with {pairs[at][0]!r}.",
            "The id is read before the data of its own event. When is it kept, and when is the pair made?",
            FOUR,
        )
    if len(pairs) < len(wanted) and list(pairs) == list(wanted[: len(pairs)]):
        return Finding(
            f"It returned the first {len(pairs)} of {len(wanted)} events.", "Is `return` reached too early?", FOUR
        )
    different = [at for at, pair in enumerate(wanted) if at >= len(pairs) or pairs[at] != pair]
    if not different:
        return None
    at = different[0]
    if at < len(pairs) and at and pairs[at][1].startswith(wanted[at - 1][1]):
        return Finding(
            f"Where {wanted[at]!r} was sent, it returned {pairs[at]!r}.",
            "Data of the event before is still in it: what is over must not be found again.",
            FOUR,
        )
    if different == [several] and pairs[several][1].split() == wanted[several][1].split():
        return Finding(
            f"One event has the data {wanted[several][1]!r}; it found {pairs[several][1]!r}.",
            "The lines of one event belong together, with the end of a line between them. One space after the colon "
            "goes; what comes after it belongs to the text.",
            FOUR,
        )
    if different == [several]:
        return Finding(
            f"One event has two lines of data; it found {pairs[several][1]!r}.",
            "The lines of one event belong together, with the end of a line between them.",
            FOUR,
        )
    if different == [without_id]:
        return Finding(
            f"One event has no id of its own; it found {pairs[without_id][0]!r}, and the one before it has "
            f"{wanted[without_id][0]!r}.",
            "The last id goes on holding until another comes: a client that comes back says it.",
            FOUR,
        )
    got = f"it returned {pairs[at]!r}" if at < len(pairs) else "nothing came back"
    return Finding(f"Where {wanted[at]!r} was sent, {got}.", "Pairs of id and data, in order.", FOUR)


read_a_feed = Coding(
    name="read-a-feed",
    title="Complete: read a feed",
    judge=a_feed_is_read,
    start="""\
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, ...))
    return found
""",
    hints=[
        "The gap is reached at an empty line, when data has been collected since the last event.",
        "An event may have several lines of data: they are in the list, and make one text.",
        "Join the lines, and begin with an empty `data` for the next event. The id stays until another comes.",
    ],
    solution="""\
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "\\n".join(data)))
            data = []
    return found
""",
)


TURNS = 100
"""Turns of the loop: far more than tasks need that do not wait."""


def the_newest_counts(attempt: Attempt) -> Judgement:
    """`broadcast(queues, text)` never waits, and a full queue loses its oldest message."""
    text = attempt.chance.choice(TEXTS)
    sizes = attempt.chance.sample([2, 3, 4, 5, 6], 5)
    olds = [[f"old {number}" for number in range(1, size + 1)] for size in sizes]
    full, also_full, one_short, empty = attempt.chance.sample(
        range(4), 4
    )  # and the last has room: it is served as well
    olds[one_short].pop()
    olds[empty].clear()
    del olds[4][1:]
    contents: list[list[Any]] = []

    async def play(broadcast: Callable[..., Any]) -> str:
        queues: list[asyncio.Queue[str]] = [asyncio.Queue(size) for size in sizes]
        for queue, old in zip(queues, olds, strict=True):
            for message in old:
                queue.put_nowait(message)
        call = asyncio.ensure_future(_called(broadcast, list(queues), text))
        for _ in range(TURNS):
            await asyncio.sleep(0)
        waited = not call.done()
        _, pending = await asyncio.wait([call], timeout=1)
        contents.extend([queue.get_nowait() for _ in range(queue.qsize())] for queue in queues)
        for one in pending:
            one.cancel()
            await asyncio.wait([one], timeout=1)
        if not pending:
            await call  # raises what it has raised
        return "for ever" if pending else "for a while" if waited else ""

    seen = attempt.run(through=play, meanings=NOT_IN_TURN)
    if seen.never_awaited:
        yield judges.nothing_left(seen, STALLS)
        return ""
    if seen.result == "for ever":
        yield Finding(
            "It still waited after a second, in which nobody touched the queues.",
            "`put` waits while a queue is full, and `get` while one is empty. Whoever comes after it waits along.",
            STALLS,
        )
        return ""
    roomy = [at for at in range(5) if at not in (full, also_full)]
    if missed := [at for at in roomy if set(contents[at]) <= set(olds[at])]:
        yield Finding(
            f"{count(len(missed), 'queue')} with room did not get the message.",
            "A full queue is one client's trouble, and the others should not notice.",
            STALLS,
        )
    elif lost := [at for at in roomy if contents[at] != [*olds[at], text]]:
        yield Finding(
            f"A queue with room held {_in_words(olds[lost[0]])}, and then {_in_words(contents[lost[0]])}.",
            "Where there is room nothing has to be lost, and the new one comes last.",
            STALLS,
        )
    for at in (full, also_full):
        if set(contents[at]) <= set(olds[at]):
            yield Finding("A full queue has not got the message.", "What is it that may be lost, the newest?", STALLS)
            break
        if contents[at] != [*olds[at][1:], text]:
            yield Finding(
                f"A full queue held {_in_words(olds[at])}, and then {_in_words(contents[at])}.",
                "One message makes room for one: the oldest, which is the next that would be taken out.",
                STALLS,
            )
            break
    if seen.result:
        yield Finding(
            "It waited before it went on.",
            "A queue that nobody empties is full for as long as you like: waiting a little brings nothing.",
            STALLS,
        )
    yield judges.nothing_left(seen, STALLS)
    return "Nobody waited, and the two queues that were full lost their oldest message only."


NOT_IN_TURN = {
    "QueueEmpty": ("`get_nowait` raises where there is nothing to get: not each of the queues is full.", STALLS),
    "QueueFull": ("`put_nowait` raises where there is no room. Not all queues have the same size.", STALLS),
    "TypeError: can't be used in 'await'": ("What does not wait has nothing to be awaited.", STALLS),
}


def _in_words(messages: Sequence[Any]) -> str:
    return ", ".join(map(str, messages)) or "nothing"


newest_counts = Coding(
    name="newest-counts",
    title="Repair: news for those who read",
    judge=the_newest_counts,
    start="""\
async def broadcast(queues, text):
    for queue in queues:
        await queue.put(text)
""",
    hints=[
        "A queue can say whether it is full, and there is a put that does not wait.",
        "The oldest message is the one that `get_nowait` hands out.",
    ],
    solution="""\
async def broadcast(queues, text):
    for queue in queues:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(text)
""",
)


def what_twenty_hellos_took(attempt: Attempt) -> Judgement:
    """Shows the right answer of `twenty-hellos` by a run."""
    seen = attempt.run()
    yield None
    return (
        f"It said twenty and heard {seen.result}. The server counted {count(seen.server.requests, 'request')} over "
        f"{count(seen.server.connections, 'connection')}."
    )


twenty_hellos = Choice(
    name="twenty-hellos",
    title="What do twenty hellos cost?",
    judge=what_twenty_hellos_took,
    question="In the chat of the practice API everybody hears what is said. What does the server count here?",
    code="""\
async def twenty_hellos():
    heard = []
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(api.url("/chat", room="twenty", name="Ada")) as ws:
            for number in range(20):
                await ws.send_json({"text": f"hello {number}"})
            while len(heard) < 20:
                heard.append(await ws.receive_json())
    return len(heard)
""",
    given=GIVEN,
    answers={
        "a": "20 requests over one connection, which is kept",
        "b": "40 requests: one for each message, either way",
        "c": "1 request",
        "d": "1 request, and one more for each message that is heard, as with long polling",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need each message to be a request with an answer of its own.",
            "The connection is kept, but after its first request it speaks no HTTP any more: what goes over it are "
            "frames, and nobody has to answer one.",
            WEBSOCKET,
        ),
        "b": Finding(
            "That would need a request for whatever is said.",
            "A WebSocket begins with one. After that either side sends when it likes.",
            WEBSOCKET,
        ),
        "d": Finding(
            "That would need the client to ask for what it is to hear.",
            "It does not ask. The server sends over the connection that is open.",
            LONG_POLLING,
        ),
    },
    hints=[
        "How many requests did the server count for the clients with a WebSocket, further up?",
        "`ws_connect` makes a request. Is `send_json` one?",
    ],
    solution="c: 1. The request opens the connection, and then both sides send over it as they like.",
)


HASTE = 0.04
"""Seconds between the end of a request and the next one. Who sleeps for a tenth of a second leaves more on any machine;
who does not, a few thousandths, and some more where the machine is busy.
"""

WHILE = 1.2


def a_broken_feed_is_followed(attempt: Attempt) -> Judgement:
    """`follow_feed(session, url, count)` reads all messages of a feed that breaks, each once, and asks no more often
    than it has to.
    """
    wanted, every = 14, 4
    seed = seed_with_a_text_twice(attempt.chance, wanted)
    url = attempt.api.url("/feed", rate=200, messages=20, drop_after=every, seed=seed)
    seen = attempt.run(url, wanted, with_session=True, meanings=BROKEN)
    yield judges.ran(seen, RESUME)
    texts = seen.result if isinstance(seen.result, list) else None
    asked = seen.server.requests
    if texts is not None and len(texts) < wanted:
        yield Finding(
            f"It returned {count(len(texts), 'text')} of {wanted}, after {count(asked, 'request')}.",
            "The connection breaks every few events: who comes back gets the rest.",
            RESUME,
        )
        return ""
    if texts is not None and texts[every : 2 * every] == texts[:every]:
        yield Finding(
            "The first messages came again after the first break.",
            "The server cannot know what you have, unless the request says it.",
            RESUME,
        )
        return ""
    known = texts_of(seed, wanted)
    if texts is not None and len(texts) > wanted and texts[:wanted] == known:
        yield Finding(
            f"It returned {len(texts)} texts; the first {wanted} were asked for.",
            "A connection may bring more than is needed.",
            RESUME,
        )
    elif texts and isinstance(texts[0], dict):
        yield Finding("It returned messages, each with its id and its time.", "Their texts are asked for.", RESUME)
    else:
        yield _first_difference(texts, texts_of(seed, 20)) or judges.values(
            seen, known, "the texts, each once, in order", RESUME
        )
    if asked > wanted - every:
        yield Finding(
            f"It asked {asked} times. A connection brings {every} messages, so {-(-wanted // every)} would have done.",
            "Each connection is read to where it breaks, and the next one goes on from there.",
            RESUME,
        )
    yield judges.never_blocked(seen, RESUME)
    yield judges.nothing_left(seen, RESUME)
    short = attempt.api.url("/feed", rate=200, messages=6, drop_after=every, seed=seed)
    breaking = attempt.api.url("/feed", rate=1000, messages=1000, drop_after=1, seed=seed)
    in_trouble = attempt.api.url("/flaky", rate=1)
    patient = attempt.run([short, breaking, in_trouble], with_session=True, through=_for_a_while)
    for url, words in {
        short: "A feed that had no more to say",
        in_trouble: "A server that answered 503 to everything",
        breaking: "A feed that broke after each message",
    }.items():
        requests = _to(url, patient)
        pauses = requests["start"].iloc[1:].to_numpy() - requests["end"].iloc[:-1].to_numpy()
        if (pauses < HASTE).sum() > 3:
            yield Finding(
                f"{words} was asked {len(requests):,} times within {WHILE:g} s.",
                "Whoever comes back at once asks as fast as the server can answer. A connection may end with an error, "
                "or without one.",
                RESUME,
            )
            break
    if isinstance(patient.result, list) and patient.result != texts_of(seed, 6):
        yield Finding(
            f"From a feed that was over after 6 messages it returned {count(len(patient.result), 'text')}.",
            "Each once, and all that there were.",
            RESUME,
        )
    yield judges.nothing_left(patient, RESUME)
    return f"{wanted} messages over {count(asked, 'connection')}: none lost, none heard twice, and no haste."


def _first_difference(texts: Sequence[Any] | None, feed: Sequence[str]) -> Finding | None:
    """Where a message came again, or is missing: the finding about texts that are all in the feed."""
    if texts is None or any(text not in feed for text in texts):
        return None
    for at, (text, right) in enumerate(zip(texts, feed, strict=False)):
        if text != right:
            again = text == feed[at - 1]
            return Finding(
                f"Text {at + 1} is {text!r}, and in the feed {right!r} comes there.",
                "The one before it came again: which id says what you have?"
                if again
                else "One was left out, or is in another place. What tells two messages apart is their id: a text may "
                "come twice.",
                RESUME,
            )
    return None


async def _for_a_while(follow: Callable[..., Any], session: Any, urls: Sequence[str]) -> Any:
    """Let it follow feeds that have not what it wants, for a while: what the first has come to, or None."""
    calls = [asyncio.ensure_future(_called(follow, session, url, 1000)) for url in urls]
    await asyncio.wait(calls, timeout=WHILE)
    first = calls[0]
    ended = first.done() and not first.cancelled() and first.exception() is None
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)  # it may well say with an error that there is no more
    return first.result() if ended else None


_NOT_TEXT = ("The value of a header is text.", RESUME)
BROKEN = {
    "ClientPayloadError": ("That is how a broken connection shows. It is no reason to give up.", RESUME),
    "TypeError: non-str": _NOT_TEXT,
    "TypeError: Cannot serialize": _NOT_TEXT,
    "TypeError: indices must be": ("Is it the text that is asked for, or the message?", RESUME),
    "TypeError: is not iterable": ("Each event has to be waited for, so an ordinary `for` cannot bring it.", RESUME),
    "TypeError: async_generator can't be used in 'await'": (
        "`events` brings one event after another: an `async for` goes through them.",
        RESUME,
    ),
}

follow_a_feed = Coding(
    name="follow-a-feed",
    title="Write: follow a feed that breaks",
    judge=a_broken_feed_is_followed,
    start='''\
async def follow_feed(session, url, count):
    """The texts of the first `count` messages of the feed, each once, in order."""
    ...
''',
    hints=[
        "Two loops: one over connections, and inside it one over the events of this connection.",
        'The header is {"Last-Event-ID": last}, with the id of the last message that you have.',
        "Catch `aiohttp.ClientPayloadError` around one connection, and return when there are enough texts. Where is "
        "the one place through which each way to the next connection leads? The pause belongs there.",
    ],
    solution='''\
async def follow_feed(session, url, count):
    """The texts of the first `count` messages of the feed, each once, in order."""
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                response.raise_for_status()
                if response.status == 204:  # there will be no more
                    return texts
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.1)  # a moment, or a feed in trouble is asked as fast as it can answer
    return texts
''',
)


BEFORE_SILENCE = 6
ALL = 10
HELD = 2.1
"""Seconds that a connection lasts which falls silent, by who gives it up a second later, and half a second more."""
IN_VAIN = 3.2
"""Seconds after which nothing more is to be expected."""


def silence_is_noticed(attempt: Attempt) -> Judgement:
    """`follow_silent(session, url, count)` comes back where a feed falls silent, and stays where it has no news."""
    seen, silent, quiet = _two_feeds(attempt)
    hasty, slow = len(_to(quiet, seen)) > 1, _longest(silent, seen) > HELD
    if hasty or (slow and seen.result[0][0]):  # a machine that stood still for a moment makes either of any answer
        seen, silent, quiet = _two_feeds(attempt)
    ended, found = seen.result[0]
    texts = found if isinstance(found, list) else []
    known = texts_of(_seed(silent), ALL)
    if ended and texts and texts[BEFORE_SILENCE:ALL] == texts[: ALL - BEFORE_SILENCE]:
        yield Finding(
            "The first messages came again after the first silence.",
            "The server cannot know what you have, unless the request says it.",
            RESUME,
        )
        return ""
    if not ended and len(_to(silent, seen)) == 1:
        yield Finding(
            f"The feed had fallen silent after {BEFORE_SILENCE} messages, and {IN_VAIN:g} s after it was asked its "
            "connection was still held.",
            "Nothing says that a connection is silent. Which clock does?",
            SILENT,
        )
        return ""
    if not ended:
        yield Finding(
            f"After {IN_VAIN:g} s it had not got {ALL} messages, and had asked {len(_to(silent, seen))} times.",
            "Who comes back gets the rest, if the request says what there is already.",
            SILENT,
        )
        return ""
    yield judges.ran(replace(seen, result=found), SILENT)
    yield judges.values(replace(seen, result=found), known, "the texts, each once, in order", SILENT)
    if _longest(silent, seen) > HELD:
        yield Finding(
            f"A connection that fell silent about half a second after it was asked for was held for "
            f"{_longest(silent, seen):.1f} s.",
            "Silence is to be noticed within a second.",
            SILENT,
        )
    ended, found = seen.result[1]
    if isinstance(found, TimeoutError):
        yield Finding(f"It gave up a feed that was well all the time: {type(found).__name__}.", NO_NEWS, SILENT)
    elif len(_to(quiet, seen)) > 1:
        yield Finding(
            f"It asked {len(_to(quiet, seen))} times for two messages of a feed that was well all the time.",
            NO_NEWS,
            SILENT,
        )
    elif not ended:
        yield Finding(
            f"It had not returned the two messages of a quiet feed after {IN_VAIN:g} s.",
            "The second comes two seconds after the feed was asked for.",
            SILENT,
        )
    else:
        wanted = texts_of(_seed(quiet), 2)
        yield judges.values(replace(seen, result=found), wanted, "the two texts of a quiet feed", SILENT)
    yield judges.nothing_left(seen, SILENT)
    connections = count(len(_to(silent, seen)), "connection")
    return f"The silent feed took {connections}, and the quiet one kept the one that it had."


NO_NEWS = (
    "No news is not silence, and nor is a connection that lasts. Which clock starts anew with every byte, the signs of "
    "life among them?"
)


def _two_feeds(attempt: Attempt) -> tuple[Observation, str, str]:
    """Let it follow both at the same time: what was seen, and their addresses."""
    chance, api = attempt.chance, attempt.api
    silent = api.url(
        "/feed", rate=200, messages=20, silent_after=BEFORE_SILENCE, heartbeat=0.1, seed=chance.randint(1, 10**6)
    )
    quiet = api.url("/feed", rate=1, messages=9, heartbeat=0.1, seed=seed_with_a_late_second(chance))
    return attempt.run(silent, quiet, with_session=True, through=_both, meanings=SILENCE), silent, quiet


async def _both(follow: Callable[..., Any], session: Any, silent: str, quiet: str) -> list[tuple[bool, Any]]:
    """Whether each has ended, and what it has come to. A timeout of the quiet one is for the judge to look at."""
    calls = [
        asyncio.ensure_future(_called(follow, session, url, number)) for url, number in ((silent, ALL), (quiet, 2))
    ]
    await asyncio.wait(calls, timeout=IN_VAIN)
    ended = [call.done() for call in calls]
    for call in calls:
        call.cancel()
    await asyncio.wait(calls, timeout=1)
    found: list[Any] = []
    for call, in_time in zip(calls, ended, strict=True):
        error = call.exception() if in_time and not call.cancelled() else None
        if error is not None and not (call is calls[1] and isinstance(error, TimeoutError)):
            raise error
        # Each as plain data, lest one that is too large make the whole of it unreadable to the judge.
        found.append(error or (as_plain(call.result()) if in_time and not call.cancelled() else None))
    return list(zip(ended, found, strict=True))


def _to(url: str, seen: Observation) -> Any:
    """The requests to one address."""
    return seen.run.requests[seen.run.requests["url"] == url]


def _longest(url: str, seen: Observation) -> float:
    return float(_to(url, seen)["latency"].max())


def _seed(url: str) -> int:
    return int(url.rpartition("seed=")[2])


SILENCE = {
    "SocketTimeoutError": ("That is how silence shows. It is no reason to give up.", SILENT),
    "TimeoutError": ("That is how silence shows. It is no reason to give up.", SILENT),
    **BROKEN,
}

notice_silence = Coding(
    name="notice-silence",
    title="Repair: a feed that falls silent",
    judge=silence_is_noticed,
    limit=6.0,
    start="""\
async def follow_silent(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        headers = {"Last-Event-ID": last}
        async with session.get(url, headers=headers) as response:
            async for number, message in events(response):
                texts.append(message["text"])
                last = number
                if len(texts) == count:
                    break
    return texts
""",
    hints=[
        "What arrives on a connection that is well, even without news? And what on one that has fallen silent?",
        "`session.get` takes a `timeout=`. Of its clocks one starts anew with every byte; the total must not cut.",
        "`aiohttp.ClientTimeout(total=None, sock_read=0.8)`, and `except TimeoutError` around one connection.",
    ],
    solution="""\
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=0.8)
    while len(texts) < count:
        headers = {"Last-Event-ID": last}
        try:
            async with session.get(url, headers=headers, timeout=timeout) as response:
                response.raise_for_status()
                if response.status == 204:  # there will be no more
                    return texts
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        return texts
        except TimeoutError:
            pass  # silent: come back
        await asyncio.sleep(0.1)  # a moment, or a feed in trouble is asked as fast as it can answer
    return texts
""",
)


def counted_by_path(attempt: Attempt) -> Judgement:
    """Shows the right answer of `which-way` by a run."""
    seen = attempt.run()
    yield None
    asked = Counter(urlsplit(url).path for url in seen.urls)
    return (
        f"Five boards, the same news: {asked['/poll']} requests by long polling, {asked['/feed']} for server-sent "
        f"events, {asked['/socket']} for WebSockets. And a feed is told by Last-Event-ID what is missing."
    )


which_way = Choice(
    name="which-way",
    title="Which way for the boards?",
    judge=counted_by_path,
    question=(
        "Boards in trains show in a browser what the control room says, at once. They say nothing themselves. In "
        "tunnels they lose their connection, and nothing may be lost. Which way is made for that?"
    ),
    code="""\
async def three_ways():
    for way in (long_poll, server_sent, websocket):
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(way(session, lambda message: None) for _ in range(5)))
""",
    given=GIVEN
    + """
news = {"rate": 10, "messages": 15}

async def long_poll(session, heard):
    last = 0
    while last < news["messages"]:
        async with session.get(api.url("/poll", after=last, wait=5, **news)) as response:
            for message in await response.json():
                heard(message)
                last = message["id"]

async def server_sent(session, heard):
    async with session.get(api.url("/feed", **news)) as response:
        async for line in response.content:
            if line.startswith(b"data:"):
                heard(json.loads(line[5:]))

async def websocket(session, heard):
    async with session.ws_connect(api.url("/socket", **news)) as ws:
        async for frame in ws:
            heard(frame.json())
""",
    answers={
        "a": "polling every 50 ms: often enough is at once",
        "b": "long polling: the server answers when there is news",
        "c": "server-sent events",
        "d": "a WebSocket: real time needs one",
    },
    right="c",
    replies={
        "a": Finding(
            "That would buy promptness with requests, twenty a second from each board, and most bring nothing.",
            "Polling is right for news that comes once in some minutes.",
            POLLING,
        ),
        "b": Finding(
            "That would pay a request for each message, and all boards ask again at the same moment.",
            "It loses nothing, and needs nothing but plain requests. But one answer need not end with one message.",
            LONG_POLLING,
        ),
        "d": Finding(
            "It would be as prompt. But it is for those who also talk.",
            "What the boards need, an id for each message and a browser that comes back with the last one by itself, "
            "would be yours to write.",
            EVENTS,
        ),
    },
    hints=[
        "Two of the ways pay once for all messages. Which of these is there for talking as well?",
        "Which of them has ids, and clients that come back with the last one?",
    ],
    solution="c: server-sent events. One request, plain HTTP, and Last-Event-ID for what was missed in the tunnel.",
)


def heard_by_each(attempt: Attempt) -> Judgement:
    """Shows the right answer of `a-short-cut` by a run."""
    seen = attempt.run()
    yield None
    return f"It returned {seen.result}."


a_short_cut = Choice(
    name="a-short-cut",
    title="A room with a short cut",
    judge=heard_by_each,
    question="How often does each of the three hear Ada's hello?",
    code="""\
from collections import Counter


async def hello_from_ada():
    members = [["Ada", "Bo"], ["Cy"]]  # who is connected to the first process, and to the second
    notes = [asyncio.Queue(), asyncio.Queue()]  # what each of them hears by LISTEN
    heard = Counter()

    def tell_members(process, text):
        heard.update(members[process])

    def say(process, text):
        tell_members(process, text)  # at once: they need not wait for the database
        for queue in notes:
            queue.put_nowait(text)  # NOTIFY goes to all that listen

    say(0, "hello")
    for process, queue in enumerate(notes):
        tell_members(process, await queue.get())
    return dict(heard)
""",
    given="import asyncio",
    answers={
        "a": "each once: a process does not hear its own note",
        "b": "Ada and Bo twice, Cy once",
        "c": "each twice",
        "d": "Ada and Bo once, Cy never: the two processes share no memory",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need a note that goes to all listeners but one.",
            "PostgreSQL tells each connection that listens, and so does the loop over `notes`. Which of these is the "
            "first process's?",
            PROCESSES,
        ),
        "c": Finding(
            "That would need somebody to tell the second process's members at once as well.",
            "The short cut is a call in the process of the one who speaks. Cy is connected to the other.",
            PROCESSES,
        ),
        "d": Finding(
            "That would be the room in memory.",
            "Here a note goes to each process, and each tells its own members.",
            PROCESSES,
        ),
    },
    hints=[
        "By which two ways can a hello come to Ada? And to Cy?",
        "How many queues are there in `notes`, and is one of them that of the process in which `say` was called?",
    ],
    solution="b: Ada and Bo twice, by the short cut and by the note; Cy once, by the note. Without the short cut it is "
    "once for each: what is said goes one way, for all.",
)


def a_feed_is_served(attempt: Attempt) -> Judgement:
    """`feed(request, readers)` serves several readers what is put into their queues, and ends when they leave."""
    texts = attempt.chance.sample(TEXTS, 4)
    seen = attempt.run(texts, with_session=True, through=_three_readers, meanings=NOT_SERVED)
    yield _held_by_calls(seen)
    yield seen.result if isinstance(seen.result, Finding) else None
    yield judges.nothing_left(seen, OWN)
    return "Three readers heard each text at once, and signs of life; of those who left no queue and no handler stayed."


def _held_by_calls(seen: Observation) -> Finding | None:
    """The finding about a loop that stood still in calls: they happen in a task of aiohttp's, in no row of a chart."""
    held = sum(end - start for start, end in seen.calls_that_wait)
    if held < 0.15:
        return None
    return Finding(
        f"The loop stood still for {held:.1f} s in calls that wait.",
        "A handler that waits without an `await` stops the server, and all its other readers.",
        OWN,
    )


async def _three_readers(handler: Callable[..., Any], session: Any, texts: Sequence[str]) -> Finding | None:
    """Let three come, hear, and leave one after another, the last with the server: what is wrong, if anything is."""
    watched = HandlerUnderWatch(handler)
    readers: list[Reader] = []
    try:
        async with watched.serving() as address:
            await _come(watched, readers, session, address)
            finding = await _served(watched, readers, texts) or await _left(watched, readers[1], 1)
            if finding is not None:
                return finding
    finally:
        for reader in readers:
            await reader.leave()
    if watched.readers:
        return Finding(
            "The server was stopped, and a queue was still in `readers`.",
            "A handler may be cancelled as well. What is done on every way out?",
            OWN,
        )
    return None


async def _come(watched: HandlerUnderWatch, readers: list[Reader], session: Any, address: str) -> None:
    """Let three come, one after another, so that it is known whose queue is whose. The last to leave is the one whose
    queue `pop` would take first.
    """
    began = time.monotonic()
    for _ in range(3):
        before = set(watched.readers)
        readers.append(Reader(session, address))
        if len(before) < len(readers) - 1 or time.monotonic() > began + A_WHILE:
            continue  # a handler that puts none in, or holds the loop: that is told without knowing
        if await watched.becomes(lambda: len(watched.readers) == len(readers)):
            (readers[-1].queue,) = watched.readers - before
    first = next(iter(watched.readers), None)
    readers.sort(key=lambda reader: reader.queue is first)


async def _served(watched: HandlerUnderWatch, readers: Sequence[Reader], texts: Sequence[str]) -> Finding | None:
    """What is wrong while the three are there, and when the first of them leaves."""
    if not await watched.becomes(lambda: len(watched.readers) == 3):
        return _too_few(watched, readers)
    tellings: list[_Told] = []
    for told in (texts[:1], texts[1:3]):
        tellings.append(await _tell(watched, told))
        so_far = texts[: texts.index(told[-1]) + 1]
        if not await watched.becomes(partial(_all_heard, readers, so_far)):
            return _not_heard(readers, so_far)
    if all(telling.held for telling in tellings):
        return Finding(
            f"The loop stood nearly still: twice it had not made three turns in {A_WHILE:g} s.",
            "A handler that computes, or waits without an `await`, stops the server and all its other readers.",
            OWN,
        )
    if kinds := {reader.kind for reader in readers} - {"text/event-stream"}:
        return Finding(
            f"The Content-Type was {min(kinds)}.",
            "A browser's EventSource takes text/event-stream, and no other.",
            EVENTS,
        )
    if finding := await _wrong_with_signs(watched, readers):
        return finding
    if finding := await _left(watched, readers[0], 2):
        return finding
    tellings.append(await _tell(watched, texts[3:]))
    if not await watched.becomes(partial(_all_heard, readers[1:], texts)):
        return _not_heard(readers[1:], texts)
    if sum(telling.late for telling in tellings) > 1:
        return Finding(
            f"{TURNS} turns of the loop after texts were put into the queues, some still lay there.",
            "Who looks into a queue from time to time is late, and who waits for the queue itself is not.",
            STALLS,
        )
    return None


A_WHILE = 0.3
"""Seconds in which a loop that nobody holds makes thousands of turns, and dozens on a busy machine."""

QUIET = 14
"""Pauses of half a tenth of a second: at least seven times as long as it takes until a sign of life is due."""


async def _wrong_with_signs(watched: HandlerUnderWatch, readers: Sequence[Reader]) -> Finding | None:
    """What is wrong with the signs of life while there is no news."""

    def more(than: Sequence[int]) -> int:
        return min(reader.signs - old for reader, old in zip(readers, than, strict=True))

    before = [reader.signs for reader in readers]
    if not await watched.becomes(lambda: more(before) > 0):
        return Finding(
            f"There was no news for {SOON:g} s, and no sign of life.",
            "A silent connection looks like a quiet one, to both sides.",
            SILENT,
        )
    before = [reader.signs for reader in readers]
    for _ in range(QUIET):  # counted, so that a machine that stands still for a moment takes one of them at most
        await asyncio.sleep(0.05)
        if more(before) > 1:
            break
    else:
        return Finding(
            f"In {0.05 * QUIET:.1f} s or more without news a reader got {count(more(before), 'sign')} of life.",
            "One is due whenever a tenth of a second has brought no news.",
            SILENT,
        )
    reader = max(readers, key=lambda one: one.signs / one.seconds)
    if reader.signs > 5 + 20 * reader.seconds:
        return Finding(
            f"A reader got {reader.signs:,} signs of life within {reader.seconds:.1f} s.",
            "One is due where a tenth of a second has brought no news, and not before.",
            SILENT,
        )
    if alone := re.search(rb"^:.*\n(?=.)", readers[0].raw.replace(b"\r\n", b"\n"), re.MULTILINE):
        return Finding(
            f"After the sign of life {alone[0]!r} came no empty line.",
            "What goes over the connection comes in blocks, and an empty line ends each of them.",
            EVENTS,
        )
    return None


class _Told(NamedTuple):
    """What was seen when texts had been put into the queues.

    Attributes:
        late: some still lay there many turns of the loop later.
        held: the loop had hardly made a turn in a while.
    """

    late: bool
    held: bool


async def _tell(watched: HandlerUnderWatch, texts: Sequence[str]) -> _Told:
    """Put texts into each queue that has room for them."""
    queues = [queue for queue in watched.readers if isinstance(queue, asyncio.Queue)]
    for text in texts:
        for queue in queues:
            if not queue.full():
                queue.put_nowait(text)
    began = time.monotonic()
    for turn in range(TURNS):
        await asyncio.sleep(0)
        if time.monotonic() > began + A_WHILE:
            return _Told(late=False, held=turn < 3)
        if all(queue.empty() for queue in queues):
            return _Told(late=False, held=False)
    return _Told(late=True, held=False)


def _all_heard(readers: Sequence[Reader], texts: Sequence[str]) -> bool:
    return all(reader.heard == list(texts) for reader in readers)


def _too_few(watched: HandlerUnderWatch, readers: Sequence[Reader]) -> Finding:
    number = len(watched.readers)
    if any(reader.over for reader in readers):
        return Finding(
            "A reader had come, and its answer was over at once.",
            "A feed lasts: the handler ends when its reader leaves, and not before.",
            EVENTS,
        )
    queues = f"{count(number, 'queue')} {'was' if number == 1 else 'were'}" if number else "no queue was"
    return Finding(
        f"Three readers had come, and {queues} in `readers`.",
        "What is taken out of a queue is gone from it: each reader needs one of its own, in `readers`.",
        OWN,
    )


def _not_heard(readers: Sequence[Reader], texts: Sequence[str]) -> Finding:
    """The finding about readers who have not heard these texts."""
    reader = next(reader for reader in readers if reader.heard != list(texts))
    told = f"{SOON:g} s after {texts[-1]!r} was put into each queue, {{}}"
    if len(reader.heard) > len(texts) or reader.heard[: len(texts)] != list(texts[: len(reader.heard)]):
        return Finding(
            f"A reader was told {', '.join(map(repr, texts))}, and heard {', '.join(map(repr, reader.heard))}.",
            "Each text is the data of one event, once, and an empty line ends it.",
            EVENTS,
        )
    if reader.over:
        return Finding(
            told.format("the answer to a reader was over."),
            "A feed lasts: the handler ends when its reader leaves, and not before.",
            EVENTS,
        )
    at = reader.raw.find(texts[-1].encode())
    if at >= 0:
        return Finding(
            told.format(f"a reader had got {reader.raw[max(0, at - 10) : at + 30]!r}: no event."),
            "An event is `data:` and the text in a line, and an empty line after it.",
            EVENTS,
        )
    return Finding(
        told.format("a reader had heard nothing of it."),
        "What is collected is sent when the handler ends, and what waits for something else is not sent meanwhile.",
        EVENTS,
    )


async def _left(watched: HandlerUnderWatch, reader: Reader, others: int) -> Finding | None:
    """Let a reader leave, so that so many others are there: what has stayed, if anything has."""
    await reader.leave()
    if await watched.becomes(lambda: len(watched.readers) == others) and reader.queue not in watched.readers:
        return None
    if len(watched.readers) <= others:
        return Finding(
            "A reader had left, and a queue was gone from `readers` whose reader was still there.",
            "Each handler takes out the queue that it has put in, and no other.",
            STALLS,
        )
    if watched.running > others:
        return Finding(
            f"A reader had left, and {SOON:g} s later the handler still ran for it.",
            "That somebody has left shows when something is written to them, and nothing else ends the handler.",
            SILENT,
        )
    return Finding(
        f"A reader had left and its handler had ended, but {SOON:g} s later its queue was still in `readers`.",
        "Writing to one who has left raises an error. What is done on every way out?",
        STALLS,
    )


NOT_SERVED = {
    "RuntimeError: before prepare": ("The head has to be sent before anything of the body.", EVENTS),
    "AssertionError: byte-ish": ("What goes over a connection is bytes: a text has to be encoded.", EVENTS),
    "TimeoutError": ("A tenth of a second without news is no reason to end.", SILENT),
    "QueueEmpty": ("`get_nowait` does not wait for news: it raises where there is none.", STALLS),
}

a_feed_of_your_own = Coding(
    name="a-feed-of-your-own",
    title="Complete: a feed of your own",
    judge=a_feed_is_served,
    limit=10.0,
    start="""\
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    ...
""",
    hints=[
        "The handler has a loop without an end: wait for a text, send it. `finally` is around the loop.",
        "`asyncio.timeout(0.1)` around `queue.get()` ends the wait for news; that is when a sign of life is due.",
        '`await response.write(f"data: {text}\\n\\n".encode())` sends an event, and raises where the reader has left. '
        "`readers.add(queue)` comes before `try:`, `readers.discard(queue)` after `finally:`.",
    ],
    solution="""\
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                async with asyncio.timeout(0.1):
                    text = await queue.get()
            except TimeoutError:
                await response.write(b": still here\\n\\n")
            else:
                await response.write(f"data: {text}\\n\\n".encode())
    except ConnectionResetError:
        return response  # the reader has left
    finally:
        readers.discard(queue)
""",
)
