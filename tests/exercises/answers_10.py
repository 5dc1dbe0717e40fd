"""What learners answer to the exercises of chapter 10."""

from cases import Right, Wrong

GIVEN = '''\
import asyncio
import json
import time
from contextlib import suppress
import aiohttp
from aiohttp import web


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
        says="it found",
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
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data, before = [], "", [], ""
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            before, last_id = last_id, value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((before, "\\n".join(data)))
            data = []
    return found
""",
        says="Events came with the id of the one before them",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data, new = [], "", [], ""
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            new = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "\\n".join(data)))
            last_id = new
            data = []
    return found
""",
        says="Events came with the id of the one before them",
    ),
    Wrong(
        "read-a-feed",
        """
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
    return found
""",
        says="what is over must not be found again",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.strip()
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "\\n".join(data)))
            data = []
    return found
""",
        says="One space after the colon goes",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, value = (line.split(":") + [""])[:2]
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
        says="was sent, it returned",
    ),
    Wrong(
        "read-a-feed",
        """
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
            found.append((last_id, data[0]))
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
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not line and data:
            found.append((last_id, "\\n".join(data)))
            data = []
    return tuple(found)
""",
        says="It returned a tuple",
    ),
    Wrong(
        "read-a-feed",
        """
def parse_events(lines):
    last, data = "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id": last = value
        elif name == "data": data.append(value)
        elif not line and data:
            yield last, "\\n".join(data)
            data = []
""",
        says="It returned a generator",
    ),
    Wrong(
        "read-a-feed",
        """
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
""",
        says="It returned None, not a list of pairs",
    ),
    Wrong(
        "read-a-feed",
        """
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
            found.append("\\n".join(data))
            data = []
    return found
""",
        says="Each event is a pair",
    ),
    Wrong(
        "read-a-feed",
        """
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
    return found
""",
        says="It returned the first 1 of 6 events",
    ),
    Wrong(  # a sign of life in the middle of an event ends it
        "read-a-feed",
        """
def parse_events(lines):
    found, last_id, data = [], "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "data":
            data.append(value)
        elif not name and data:
            found.append((last_id, "\\n".join(data)))
            data = []
    return found
""",
        says="It found 7 events; 6 were sent",
    ),
    # --- newest-counts
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    await asyncio.gather(*(queue.put(text) for queue in queues))
""",
        says="It still waited after a second",
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
        says="A full queue held",
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
        says="with room did not get the message",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        if not q.empty():
            q.get_nowait()
        q.put_nowait(text)
""",
        says="Where there is room nothing has to be lost",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        if q.qsize() >= q.maxsize - 1:
            q.get_nowait()
        q.put_nowait(text)
""",
        says="Where there is room nothing has to be lost",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        q.get_nowait()
        q.put_nowait(text)
""",
        says="not each of the queues is full",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        q.put_nowait(text)
""",
        says="`put_nowait` raises where there is no room",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        try:
            await asyncio.wait_for(q.put(text), 0.01)
        except TimeoutError:
            q.get_nowait()
            q.put_nowait(text)
""",
        says="It waited before it went on",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        if q.full():
            q._queue.pop()
        q.put_nowait(text)
""",
        says="A full queue held",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        if q.full():
            q.get_nowait()
        q.put(text)
""",
        says="A coroutine was thrown away",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        while q.full():
            await asyncio.sleep(0.1)
        await q.put(text)
""",
        says="It still waited after a second",
    ),
    Wrong(
        "newest-counts",
        """
async def broadcast(queues, text):
    for queue in queues:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(text.encode())
""",
        says="and then",
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
        says="It returned 16 texts; the first 14 were asked for",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
    return texts
""",
        says="Whoever comes back at once",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                response.raise_for_status()
                if response.status == 204:
                    return texts
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
    return texts
""",
        says="A feed that broke after each message was asked",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": int(last)}) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.1)
    return texts
""",
        says="The value of a header is text",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for number, message in events(response):
                    texts.append(message)
                    last = number
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.1)
    return texts
""",
        says="It returned messages, each with its id",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for number, message in events(response):
                    texts.append(message["text"]) if message["text"] not in texts else None
                    last = number
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.1)
    return texts
""",
        says="a text may come twice",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = str(int(number) - 1)
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.1)
    return texts
""",
        says="The one before it came again",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.1)
    return texts
""",
        says="Each event has to be waited for",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        async with session.get(url, headers={"Last-Event-ID": last}) as response:
            async for last, message in events(response):
                texts.append(message["text"])
                break
        await asyncio.sleep(0.05)
    return texts
""",
        says="It asked 14 times",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        return set(texts)
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.1)
    return set(texts)
""",
        says="It returned a set",
    ),
    Wrong(  # a connection that ends without an error
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        try:
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for last, message in events(response):
                    texts.append(message["text"])
                    if len(texts) == count:
                        break
        except aiohttp.ClientPayloadError:
            await asyncio.sleep(0.1)
    return texts
""",
        says="A feed that had no more to say was asked",
    ),
    Wrong(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        with suppress(aiohttp.ClientPayloadError):
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                async for last, message in events(response):
                    texts.append(message["text"])
                    if len(texts) == count:
                        return texts
        time.sleep(0.1)
    return texts
""",
        says="held the loop in one long step",
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
        says="its connection was still held",
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
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(sock_read=2)
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
        says="was held for",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(sock_read=5)
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
        says="its connection was still held",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=1.5, sock_read=0.8)
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
    while len(texts) < count:
        with suppress(TimeoutError):
            async with session.get(url, headers={"Last-Event-ID": last}) as response:
                stream = events(response)
                while len(texts) < count:
                    async with asyncio.timeout(0.8):
                        last, message = await anext(stream)
                    texts.append(message["text"])
    return texts
""",
        says="of a feed that was well all the time",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last, tries = [], "0", 0
    while len(texts) < count:
        try:
            timeout = aiohttp.ClientTimeout(total=1.2)
            async with session.get(url, headers={"Last-Event-ID": last}, timeout=timeout) as response:
                async for last, message in events(response):
                    texts.append(message["text"])
                    if len(texts) == count:
                        return texts
        except TimeoutError:
            tries += 1
            if len(texts) < 2:
                raise
""",
        says="It gave up a feed that was well all the time",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=None, sock_read=0.8)
    if True:
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
        says="It returned 6 of 10 results",
    ),
    Wrong(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    timeout = aiohttp.ClientTimeout(total=None, sock_read=0.8)
    while len(texts) < count:
        headers = {"Last-Event-ID": int(last)}
        with suppress(TimeoutError):
            async with session.get(url, headers=headers, timeout=timeout) as response:
                async for number, message in events(response):
                    texts.append(message["text"])
                    last = number
                    if len(texts) == count:
                        break
    return texts
""",
        says="The value of a header is text",
    ),
    # --- a-feed-of-your-own
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            text = await queue.get()
            await response.write(f"data: {text}\\n\\n".encode())
    finally:
        readers.discard(queue)
""",
        says="and no sign of life",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    if True:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    return response
""",
        says="its queue was still in `readers`",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    except ConnectionResetError:
        readers.remove(queue)
    return response
""",
        says="The server was stopped, and a queue was still in",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    queue = asyncio.Queue(100)
    readers.add(queue)
    texts = []
    for _ in range(3):
        texts.append(await queue.get())
    readers.discard(queue)
    return web.Response(text="".join(f"data: {t}\\n\\n" for t in texts), content_type="text/event-stream")
""",
        says="a reader had heard nothing of it",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    finally:
        readers.discard(queue)
    return response
""",
        says="no queue was in `readers`",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    if not readers:
        readers.add(asyncio.Queue(100))
    queue = next(iter(readers))
    while True:
        try:
            text = await asyncio.wait_for(queue.get(), 0.1)
            await response.write(f"data: {text}\\n\\n".encode())
        except TimeoutError:
            await response.write(b": still here\\n\\n")
""",
        says="1 queue was in `readers`",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    finally:
        readers.remove(queue)
    return response
""",
        says="The head has to be sent before",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n")
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    finally:
        readers.remove(queue)
    return response
""",
        says="a text has to be encoded",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write((text + "\\n").encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    finally:
        readers.remove(queue)
    return response
""",
        says="An event is `data:` and the text in a line",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        text = await queue.get()
        await response.write(f"data: {text}\\n\\n".encode())
    finally:
        readers.discard(queue)
    return response
""",
        says="the answer to a reader was over",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse()
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    finally:
        readers.remove(queue)
    return response
""",
        says="The Content-Type was application/octet-stream",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            time.sleep(0.1)
            if queue.empty():
                await response.write(b": still here\\n\\n")
            else:
                await response.write(f"data: {queue.get_nowait()}\\n\\n".encode())
            await asyncio.sleep(0)
    finally:
        readers.discard(queue)
""",
        says="in calls that wait",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    while True:
        with suppress(ConnectionResetError):
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
""",
        says="the handler still ran for it",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            async with asyncio.timeout(0.1):
                text = await queue.get()
            await response.write(f"data: {text}\\n\\n".encode())
    finally:
        readers.discard(queue)
""",
        says="is no reason to end",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    return response
""",
        says="the answer to a reader was over",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    async def work():
        while True:
            text = await queue.get()
            await response.write(f"data: {text}\\n\\n".encode())
    asyncio.create_task(work())
    try:
        while True:
            await asyncio.sleep(0.1)
            await response.write(b": still here\\n\\n")
    finally:
        readers.discard(queue)
""",
        says="still ran when it had returned",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    finally:
        readers.remove(queue)
    return response
""",
        says="Each text is the data of one event, once",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 1)
            except TimeoutError:
                await response.write(b": still here\\n\\n")
            else:
                await response.write(f"data: {text}\\n\\n".encode())
    except ConnectionResetError:
        return response
    finally:
        readers.discard(queue)
""",
        says="In 0.7 s or more without news",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
            except TimeoutError:
                await response.write(b": still here\\n")
            else:
                await response.write(f"data: {text}\\n\\n".encode())
    except ConnectionResetError:
        return response
    finally:
        readers.discard(queue)
""",
        says="came no empty line",
    ),
    Wrong(  # looks, and does not wait
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            if queue.empty():
                await asyncio.sleep(0.1)
                await response.write(b": still here\\n\\n")
            else:
                await response.write(f"data: {queue.get_nowait()}\\n\\n".encode())
    except ConnectionResetError:
        return response
    finally:
        readers.discard(queue)
""",
        says="some still lay there",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            if queue.empty():
                await asyncio.sleep(0)
                await response.write(b": still here\\n\\n")
            else:
                await response.write(f"data: {queue.get_nowait()}\\n\\n".encode())
    except ConnectionResetError:
        return response
    finally:
        readers.discard(queue)
""",
        says="signs of life within",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
            except TimeoutError:
                await response.write(b": still here\\n\\n")
            else:
                await response.write(f"data: {text}\\n\\n".encode())
    except ConnectionResetError:
        return response
    finally:
        readers.clear()
""",
        says="a queue was gone from `readers` whose reader was still there",
    ),
    Wrong(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
            except TimeoutError:
                await response.write(b": still here\\n\\n")
            else:
                await response.write(f"data: {text}\\n\\n".encode())
    except ConnectionResetError:
        return response
    finally:
        readers.pop()
""",
        says="a queue was gone from `readers` whose reader was still there",
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
        "read-a-feed",
        """
def parse_events(lines):
    found, last = [], ""
    blocks = "\\n".join(lines).split("\\n\\n")
    for block in blocks[:-1]:
        data = []
        for line in block.split("\\n"):
            key, _, value = line.partition(":")
            if value.startswith(" "): value = value[1:]
            if key == "id": last = value
            if key == "data": data.append(value)
        if data:
            found.append((last, "\\n".join(data)))
    return found
""",
    ),
    Right(
        "read-a-feed",
        """
from collections import namedtuple
Event = namedtuple("Event", "id data")
def parse_events(lines):
    found, last, data = [], "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id": last = value
        elif name == "data": data.append(value)
        elif not line and data:
            found.append(Event(last, "\\n".join(data)))
            data = []
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
        "newest-counts",
        """
async def broadcast(queues, text):
    for q in queues:
        while q.full():
            await q.get()
        await q.put(text)
""",
    ),
    Right(
        "newest-counts",
        """
async def give(q, text):
    if q.full():
        q.get_nowait()
    await q.put(text)
async def broadcast(queues, text):
    await asyncio.gather(*(give(q, text) for q in queues))
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
        await asyncio.sleep(0.1)
    return [known[number] for number in sorted(known)][:count]
""",
    ),
    Right(
        "follow-a-feed",
        """
async def follow_feed(session, url, count):
    texts, headers = [], {}
    while True:
        try:
            async with session.get(url, headers=headers) as response:
                response.raise_for_status()
                async for last, message in events(response):
                    texts.append(message["text"])
                    headers["Last-Event-ID"] = last
                    if len(texts) == count:
                        return texts
        except aiohttp.ClientError:
            pass
        finally:
            if len(texts) < count:
                await asyncio.sleep(0.1)
""",
    ),
    Right(
        "follow-a-feed",
        """
async def messages(session, url):
    last = None
    while True:
        try:
            headers = {"Last-Event-ID": last} if last else {}
            async with session.get(url, headers=headers) as response:
                async for last, message in events(response):
                    yield message
        except aiohttp.ClientPayloadError:
            pass
        await asyncio.sleep(0.15)
async def follow_feed(session, url, count):
    texts = []
    async for message in messages(session, url):
        texts.append(message["text"])
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
    Right(
        "notice-silence",
        """
async def follow_silent(session, url, count):
    texts, last = [], "0"
    while len(texts) < count:
        timeout = aiohttp.ClientTimeout(total=None)
        async with session.get(url, headers={"Last-Event-ID": last}, timeout=timeout) as response:
            number = last
            while len(texts) < count:
                try:
                    line = (await asyncio.wait_for(response.content.readline(), 0.7)).decode()
                except TimeoutError:
                    break
                if line.startswith("id:"):
                    number = line[3:].strip()
                if line.startswith("data:"):
                    texts.append(json.loads(line[5:])["text"])
                    last = number
        await asyncio.sleep(0.2)
    return texts
""",
    ),
    Right(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), 0.1)
                await response.write(f"data: {text}\\n\\n".encode())
            except TimeoutError:
                await response.write(b": still here\\n\\n")
    finally:
        readers.remove(queue)
    return response
""",
    ),
    Right(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    try:
        while request.transport is not None and not request.transport.is_closing():
            try:
                async with asyncio.timeout(0.1):
                    text = await queue.get()
            except TimeoutError:
                await response.write(b":\\n\\n")
                continue
            await response.write(b"data: " + text.encode() + b"\\n\\n")
    except ConnectionResetError:
        pass
    finally:
        readers.discard(queue)
    return response
""",
    ),
    Right(
        "a-feed-of-your-own",
        """
async def feed(request, readers):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)  # sends the head
    queue = asyncio.Queue(100)
    readers.add(queue)
    async def signs():
        while True:
            await asyncio.sleep(0.1)
            await response.write(b": still here\\n\\n")
    async def news():
        while True:
            text = await queue.get()
            await response.write(f"data: {text}\\n\\n".encode())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(signs())
            group.create_task(news())
    except* ConnectionResetError:
        pass
    finally:
        readers.discard(queue)
    return response
""",
    ),
]
