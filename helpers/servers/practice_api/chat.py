"""Chat rooms. A client that stops reading costs the others nothing: its queue is bounded, and a full one ends it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from .close_reasons import Goodbye
from .countries import encode
from .parameters import Refused

LONGEST_QUEUE = 200  # messages that wait for one client
HISTORY = 500  # messages that a room keeps for those who come back; more than a queue holds
MOST_ROOMS = 50

TOO_SLOW = Goodbye(1013, f"over {LONGEST_QUEUE} messages behind: connect again with after=the last id you have")


class Member:
    """Somebody in a room."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.backlog: list[str] = []  # what was said before
        self.queue: asyncio.Queue[str] = asyncio.Queue(LONGEST_QUEUE)
        self.too_slow: asyncio.Future[Goodbye] = asyncio.get_running_loop().create_future()

    def give(self, message: str) -> None:
        """Put a message in the queue. When it is full, the client is told to come back later (code 1013).

        Nothing is dropped in silence: a client that comes back gets what it missed.
        """
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            if not self.too_slow.done():
                self.too_slow.set_result(TOO_SLOW)


class Room:
    """Who is here, and what was said last."""

    def __init__(self) -> None:
        self.members: set[Member] = set()
        self._history: deque[tuple[int, str]] = deque(maxlen=HISTORY)
        self._said = 0
        self._turn = asyncio.Lock()

    @contextmanager
    def joined(self, member: Member, after: int) -> Iterator[None]:
        """Let somebody in, with what was said after the message of this id; nothing of it when it is negative."""
        if after >= 0:
            member.backlog = [message for number, message in self._history if number > after]
        self.members.add(member)
        try:
            yield
        finally:
            self.members.discard(member)

    async def say(self, name: str, text: str) -> None:
        """Give a message to everybody, also to who said it."""
        async with self._turn:
            self._said += 1
            told = {"id": self._said, "from": name, "text": text, "born": time.perf_counter()}
            message = encode(told).decode()
            self._history.append((self._said, message))
            for member in self.members:
                member.give(message)
            # One message for each turn of the loop: those who read empty their queues in between, so
            # that a thousand who speak at once fill nobody's.
            await asyncio.sleep(0)


class Rooms:
    """The rooms by name. An empty one is kept for who comes back, until too many others are wanted."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}

    def get(self, name: str) -> Room:
        """The room of this name, made when it is first wanted.

        Raises:
            Refused: all the rooms that there may be have somebody in them.
        """
        if name not in self._rooms:
            if len(self._rooms) >= MOST_ROOMS:
                empty = next((other for other, room in self._rooms.items() if not room.members), None)
                if empty is None:
                    allowed = f"at most {MOST_ROOMS} rooms with somebody in them"
                    raise Refused({"error": f"there are {allowed}", "given": name, "allowed": allowed}, status=503)
                del self._rooms[empty]
            self._rooms[name] = Room()
        return self._rooms[name]
