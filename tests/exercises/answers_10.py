"""What learners answer to the exercises of chapter 10."""

from cases import Right, Wrong

GIVEN = '''\
import asyncio
import json
from contextlib import suppress
import aiohttp


async def events(response):
    """The events of a text/event-stream: pairs of id, as text, and data."""
    last_id, data = "", []
    async for line in response.content:
        name, colon, value = line.decode(errors="replace").rstrip("\\r\\n").partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not name and not colon and data:
            yield last_id, json.loads("\\n".join(data))
            data = []
'''

WRONG = [
    # --- read-a-feed
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, data))
            data = []
    return found
""",
        says="not texts",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((int(last_id), "\\n".join(data)))
            data = []
    return found
""",
        says="not texts",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "".join(data)))
            data = []
    return found
""",
        says="One event has two lines of data",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line:
            found.append((last_id, "\\n".join(data)))
            data = []
    return found
""",
        says="were sent",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "\\n".join(data)))
            data = []
    if data:
        found.append((last_id, "\\n".join(data)))
    return found
""",
        says="It found an event that was not at its end",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            data = []
    return found
""",
        says="empty list",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "\\n".join(data)))
            last_id, data = "", []
    return found
""",
        says="One event has no id of its own",
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
    texts, last = [], "0"
    while len(texts) < count:
        with suppress(aiohttp.ClientPayloadError):
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
    return texts
""",
        says="results",
    ),
    # --- notice-silence
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=None, sock_read=0.8)
    while len(texts) < count:
        headers = {"Last-Event-ID": last}
        async with session.get(url, headers=headers, timeout=timeout) as response:
            async for number, message in events(response):
                texts.append(message["text"])
                last = number
                if len(texts) == count:
                    break
    return texts
""",
        says="SocketTimeoutError",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=300)
    while len(texts) < count:
        headers = {"Last-Event-ID": last}
        with suppress(TimeoutError):
            async with session.get(url, headers=headers, timeout=timeout) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        break
    return texts
""",
        says="It had not ended after 6 s",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=0.7)
    while len(texts) < count:
        headers = {"Last-Event-ID": last}
        with suppress(TimeoutError):
            async with session.get(url, headers=headers, timeout=timeout) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        break
    return texts
""",
        says="of a feed that was well all the time",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=None, sock_read=0.8)
    while len(texts) < count:
        headers = {"Last-Event-ID": last}
        with suppress(TimeoutError):
            async with session.get(url, headers=headers, timeout=timeout) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    if len(texts) == count:
                        break
    return texts
""",
        says="The first messages came again",
    ),
]

RIGHT = [
    Right(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "\\n".join(data)))
            data.clear()
    return found
""",
    ),
    Right(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", None
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data = value if data is None else f"{data}\\n{value}"
        elif not line and data is not None:
            found.append([last_id, data])
            data = None
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
                    known[int(number)] = message["text"]
    return [known[number] for number in sorted(known)][:count]
""",
    ),
    Right(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=0.5)
    while len(texts) < count:
        headers = {"Last-Event-ID": last}
        with suppress(aiohttp.ClientError, TimeoutError):
            async with session.get(url, headers=headers, timeout=timeout) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        break
    return texts
""",
    ),
    Right(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        request = session.get(url, headers={"Last-Event-ID": last}, timeout=aiohttp.ClientTimeout(total=None))
        with suppress(TimeoutError):
            async with request as response:
                while len(texts) < count:
                    async with asyncio.timeout(0.8):
                        line = await response.content.readline()
                    name, _, value = line.decode().strip().partition(":")
                    if name == "id":
                        number = value.strip()
                    elif name == "data":
                        texts.append(json.loads(value)["text"])
                        last = number
    return texts
""",
    ),
]
