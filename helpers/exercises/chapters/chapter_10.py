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
    """`parse_events(lines)` returns pairs of id and data, of whatever was sent between them."""
    texts = attempt.chance.sample(TEXTS, 5)
    first = attempt.chance.randint(3, 90)
    lines: list[str] = ["retry: 500", ""]
    for number, text in enumerate(texts, start=first):
        lines += [": still here", ""] * attempt.chance.randint(0, 2)
        lines += [f"id: {number}", f"data: {text}", ""]
    seen = attempt.run(lines)
    if seen.result == []:
        yield Finding(
            "It returned an empty list.", "An event is over at the empty line after it. What is to be done there?", FOUR
        )
    wanted = list(enumerate(texts, start=first))
    result = seen.result if isinstance(seen.result, list) else []
    if result and all(isinstance(pair, tuple | list) and isinstance(pair[0], str) for pair in result):
        yield Finding(
            "The ids are texts.", "All that comes over a line is text, until somebody makes a number of it.", FOUR
        )
    if len(result) > len(wanted):
        yield Finding(
            f"It found {count(len(result), 'event')}; {len(wanted)} were sent.",
            "Signs of life and lines without data are no events, and what is over must not be found again.",
            FOUR,
        )
    seen.result = [tuple(pair) if isinstance(pair, list) else pair for pair in result] if result else seen.result
    yield judges.values(seen, wanted, "the pairs of id and data, in order", FOUR)
    return f"All {len(wanted)} events, with their ids, and none of the signs of life."


read_a_feed = Coding(
    name="read-a-feed",
    title="Complete: read a feed",
    judge=a_feed_is_read,
    start="""\
def parse_events(lines):
    found, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif event:
            ...
    return found
""",
    hints=[
        "The gap is reached at an empty line, when something has been collected since the last one.",
        'Not all that is collected is an event: is there an "id" and a "data" in it?',
        "Append the pair, and begin with an empty `event` for the next one, event or not.",
    ],
    solution="""\
def parse_events(lines):
    found, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif event:
            if "data" in event:
                found.append((int(event["id"]), event["data"]))
            event = {}
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
    with urlopen(url.replace("/feed", "/poll").replace("&drop_after=4", "")) as answer:  # asked beside the measurement
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
        'The header is {"Last-Event-ID": str(number)}, with the id of the last message that you have.',
        "Catch `aiohttp.ClientPayloadError` around one connection, and return when there are enough texts.",
    ],
    solution='''\
async def follow_feed(session, url, count):
    """The texts of the first `count` messages of the feed, each once, in order."""
    texts, last = [], 0
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": str(last)}) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        break
        except aiohttp.ClientPayloadError:
            pass
    return texts
''',
)
