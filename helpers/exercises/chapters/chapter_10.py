"""The exercises of 10 Real time."""

import asyncio
import json
from typing import Any
from urllib.request import urlopen

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.page.words import count

FOUR = "Four ways to hear the same news"
RESUME = "A feed that breaks loses nothing, if the client says what it has"
SILENT = "A silent connection looks like a quiet one"
STALLS = "One slow reader stalls everybody"


def what_was_heard(attempt: Attempt) -> Judgement:
    """Shows the right answer of `who-hears` by a run."""
    seen = attempt.run()
    yield None
    return f"It returned {seen.result}: the second message was never begun."


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
        lines += [": still here", ""] * chance.randint(0, 2)
        space = "" if at % 2 else " "
        lines += [] if at == without_id else [f"id:{space}{number}"]
        lines += [f"data: {line}" if line.startswith(" ") else f"data:{space}{line}" for line in data.split("\n")]
        lines += [""]
    lines += [f"id: {first + 6}", "data: not at its end"]
    seen = attempt.run(lines)
    if seen.result == []:
        yield Finding(
            "It returned an empty list.", "An event is over at the empty line after it. What is to be done there?", FOUR
        )
    result = seen.result if isinstance(seen.result, list) else []
    pairs = [tuple(pair) for pair in result if isinstance(pair, tuple | list) and len(pair) == 2]
    if any(not isinstance(part, str) for pair in pairs for part in pair):
        yield Finding(
            "There are ids or data that are not texts.",
            "What comes over a line is text. Several lines of data make one text, with the end of a line between them.",
            FOUR,
        )
    if any(data == "not at its end" for _, data in pairs):
        yield Finding(
            "It found an event that was not at its end.",
            "The feed broke before the empty line. More lines of it may have been on their way.",
            FOUR,
        )
    if len(result) > len(wanted):
        yield Finding(
            f"It found {count(len(result), 'event')}; {len(wanted)} were sent.",
            "Signs of life and lines without data are no events, and what is over must not be found again.",
            FOUR,
        )
    if len(pairs) == len(wanted) and pairs[several][1] != wanted[several][1]:
        yield Finding(
            f"One event has two lines of data; it found {pairs[several][1]!r}.",
            "The lines of one event belong together, with the end of a line between them.",
            FOUR,
        )
    if len(pairs) == len(wanted) and pairs[without_id][0] != wanted[without_id][0]:
        yield Finding(
            f"One event has no id of its own; it found {pairs[without_id][0]!r}, and the one before it has "
            f"{wanted[without_id][0]!r}.",
            "The last id goes on holding until another comes: a client that comes back says it.",
            FOUR,
        )
    if pairs != wanted:
        at = next((at for at, pair in enumerate(pairs[: len(wanted)]) if pair != wanted[at]), len(pairs))
        got = repr(pairs[at]) if at < len(pairs) else "nothing"
        yield Finding(
            f"Where {wanted[min(at, 5)]!r} was sent, it returned {got}.", "Pairs of id and data, in order.", FOUR
        )
    return f"All {len(wanted)} events, with their ids, and none of the signs of life."


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


def the_newest_counts(attempt: Attempt) -> Judgement:
    """`broadcast(queues, text)` never waits, and a full queue loses its oldest message."""
    place = attempt.chance.randint(0, 2)
    text = attempt.chance.choice(TEXTS)
    contents: list[list[str]] = []

    async def play(broadcast: Any) -> bool:
        queues: list[asyncio.Queue[str]] = [asyncio.Queue(3) for _ in range(4)]
        for number, queue in enumerate(queues):
            for old in ["oldest", "middle", "newest"][: 3 if number == place else number % 2]:
                queue.put_nowait(old)
        try:
            async with asyncio.timeout(1):
                await broadcast(queues, text)
            waited = False
        except TimeoutError:
            waited = True
        contents.extend([queue.get_nowait() for _ in range(queue.qsize())] for queue in queues)
        return waited

    seen = attempt.run(through=play)
    full = contents[place]
    if seen.result:
        yield Finding(
            "It still waited, after a second, for a queue that nobody empties.",
            "`put` waits while a queue is full, and whoever comes after it waits along.",
            STALLS,
        )
    if missed := [number for number, content in enumerate(contents) if number != place and content[-1:] != [text]]:
        yield Finding(
            f"{count(len(missed), 'queue')} with room did not get the message.",
            "A full queue is one client's trouble, and the others should not notice.",
            STALLS,
        )
    if full == ["oldest", "middle", "newest"]:
        yield Finding("The full queue has not got the message.", "What is it that may be lost, the newest?", STALLS)
    if full != ["middle", "newest", text]:
        yield Finding(
            f"The full queue holds {', '.join(full) or 'nothing'}.",
            "One message makes room for one: the oldest, which is the next that would be taken out.",
            STALLS,
        )
    yield judges.nothing_left(seen, STALLS)
    return "Nobody waited, and the full queue lost its oldest message only."


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


def a_broken_feed_is_followed(attempt: Attempt) -> Judgement:
    """`follow_feed(session, url, count)` reads all messages of a feed that breaks, each of them once."""
    wanted, every = 14, 4
    url = attempt.api.url("/feed", rate=200, messages=20, drop_after=every, seed=attempt.chance.randint(1, 10**6))
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
    if texts is not None and texts[every : 2 * every] == texts[:every]:
        yield Finding(
            "The first messages came again after the first break.",
            "The server cannot know what you have, unless the request says it.",
            RESUME,
        )
    with urlopen(url.replace("/feed", "/poll").replace("&drop_after=4", ""), timeout=10) as answer:
        known = [message["text"] for message in json.load(answer)][:wanted]
    yield judges.values(seen, known, "the texts, each once, in order", RESUME)
    yield judges.nothing_left(seen, RESUME)
    return f"{wanted} messages over {count(asked, 'connection')}, and none of them lost or heard twice."


BROKEN = {
    "ClientPayloadError": ("That is how a broken connection shows. It is no reason to give up.", RESUME),
    "TypeError": ("Is it the text that is asked for, or the message?", RESUME),
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
        "Catch `aiohttp.ClientPayloadError` around one connection, and return when there are enough texts.",
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


def silence_is_noticed(attempt: Attempt) -> Judgement:
    """`follow_silent(session, url, count)` comes back where a feed falls silent, and stays where it has no news."""
    wanted, every = 14, 6
    seed = attempt.chance.randint(1, 10**6)
    seen = attempt.run(
        attempt.api.url("/feed", rate=200, messages=20, silent_after=every, heartbeat=0.1, seed=seed),
        wanted,
        with_session=True,
        meanings=SILENCE,
    )
    yield judges.ran(seen, SILENT)
    texts = seen.result if isinstance(seen.result, list) else []
    if texts and texts[every : 2 * every] == texts[:every]:
        yield Finding(
            "The first messages came again after the first silence.",
            "The server cannot know what you have, unless the request says it.",
            RESUME,
        )
    # Asked beside the measurement.
    with urlopen(attempt.api.url("/poll", rate=200, messages=20, seed=seed), timeout=10) as answer:
        known = [message["text"] for message in json.load(answer)][:wanted]
    yield judges.values(seen, known, "the texts, each once, in order", SILENT)
    asked = seen.server.requests
    yield judges.nothing_left(seen, SILENT)
    url = attempt.api.url("/feed", rate=0.8, messages=9, heartbeat=0.1, seed=attempt.chance.choice(SLOW_SEEDS))
    quiet = attempt.run(url, 2, with_session=True, meanings=SILENCE)
    yield judges.ran(quiet, SILENT)
    if quiet.server.requests > 2:
        yield Finding(
            f"It asked {quiet.server.requests} times for two messages of a feed that was well all the time.",
            "No news is not silence, and nor is a connection that lasts. Which clock starts anew with every byte, the "
            "signs of life among them?",
            SILENT,
        )
    yield judges.nothing_left(quiet, SILENT)
    return f"The silent feed took {count(asked, 'connection')}, the quiet one {quiet.server.requests}."


SLOW_SEEDS = (3, 6, 12, 17, 21, 24, 35, 40, 47, 53)
"""With these the second message of the quiet feed is born 2.4 s to 3.4 s after the first request."""

SILENCE = {
    "SocketTimeoutError": ("That is how silence shows. It is no reason to give up.", SILENT),
    "TimeoutError": ("That is how silence shows. It is no reason to give up.", SILENT),
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
