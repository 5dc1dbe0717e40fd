"""What learners answer to the exercises of chapter 10."""

from cases import Right, Wrong

GIVEN = '''\
import asyncio
import json
from contextlib import suppress
import aiohttp


async def events(response):
    """The events of a text/event-stream: pairs of id and data."""
    event = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\\n").partition(": ")
        if name:
            event[name] = value
        elif "data" in event:
            yield int(event["id"]), json.loads(event["data"])
            event = {}
'''

WRONG = [
    # --- read-a-feed
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif event:
            found.append((event["id"], event["data"]))
            event = {}
    return found
""",
        says="KeyError",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif "data" in event:
            found.append((event["id"], event["data"]))
            event = {}
    return found
""",
        says="The ids are texts",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif "data" in event:
            found.append((int(event["id"]), event["data"]))
    return found + found
""",
        says="were sent",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif event:
            event = {}
    return found
""",
        says="empty list",
    ),
    # --- newest-counts
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    await asyncio.gather(*(queue.put(text) for queue in queues))
""",
        says="still waited",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for queue in queues:
        if not queue.full():
            queue.put_nowait(text)
""",
        says="has not got the message",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for queue in queues:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
        queue.put_nowait(text)
""",
        says="The full queue holds",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for queue in queues:
        try:
            queue.put_nowait(text)
        except asyncio.QueueFull:
            queue.get_nowait()
            queue.put_nowait(text)
            return
""",
        says="did not get the message",
    ),
    # --- follow-a-feed
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts = []
    async with session.get(url) as response:
        async for number, message in events(response):
            texts.append(message["text"])
    return texts
""",
        says="ClientPayloadError",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts = []
    with suppress(aiohttp.ClientPayloadError):
        async with session.get(url) as response:
            async for number, message in events(response):
                texts.append(message["text"])
    return texts
""",
        says="It returned 4 texts of 14",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts = []
    while len(texts) < count:
        with suppress(aiohttp.ClientPayloadError):
            async with session.get(url) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
    return texts[:count]
""",
        says="The first messages came again",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], 0
    while len(texts) < count:
        with suppress(aiohttp.ClientPayloadError):
            async with session.get(url, headers={"Last-Event-ID": str(last)}) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
    return texts
""",
        says="results",
    ),
]

RIGHT = [
    Right(
        "read-a-feed",
        """
def parse_events(lines):
    found, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif event:
            if "id" in event:
                found.append((int(event["id"]), event["data"]))
            event.clear()
    return found
""",
    ),
    Right(
        "newest-counts",
        """
async def broadcast(queues, text):
    for queue in queues:
        while True:
            try:
                queue.put_nowait(text)
                break
            except asyncio.QueueFull:
                queue.get_nowait()
""",
    ),
    Right(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    known = {}
    while len(known) < count:
        headers = {"Last-Event-ID": str(max(known, default=0))}
        with suppress(aiohttp.ClientPayloadError):
            async with session.get(url, headers=headers) as response:
                async for number, message in events(response):
                    known[number] = message["text"]
    return [known[number] for number in sorted(known)][:count]
""",
    ),
]
