"""The seeded message stream that /poll, /feed and /socket carry, so that the ways of carrying it can be compared."""

from __future__ import annotations

import asyncio
import math
import time
from bisect import bisect_right

from .countries import encode
from .delays import draws
from .remembered import Remembered

MOST_MESSAGES = 2_000  # in one stream
MOST_STREAMS = 64  # at once; the oldest is forgotten
HEAD_START = 0.5  # seconds from the first request to where the gaps begin: time for all clients to connect
LONGEST_GAP = 4.0  # times the usual, so that nobody waits long for a message
AFTERLIFE = 2.0  # seconds after its last message in which a stream can still be had from its first

THINGS = ("Bus", "Express", "Ferry", "Night train", "Tram")
PLACES = ("Accra", "Bergen", "Cusco", "Dakar", "Galway", "Hanoi", "Lima", "Oslo", "Porto", "Quito", "Riga", "Sapporo")
NEWS = ("boards now", "has arrived", "has left", "is late", "is on time")


class Stream:
    """Messages that are born one after another, at times that are known beforehand.

    The gaps between them are those of arrivals that know nothing of each other (exponential, cut off at
    four times the usual). With the same seed they stand in the same proportions, and the texts are the same.

    Args:
        seed: another seed gives other messages at other times.
        rate: messages a second, on average.
        count: how many.
    """

    def __init__(self, seed: int, rate: float, count: int) -> None:
        self._seed = seed
        self._born: list[float] = []  # time.perf_counter(), one clock for all processes
        self._encoded: dict[int, bytes] = {}
        at = time.perf_counter() + HEAD_START
        for number in range(1, count + 1):
            chance, _, _ = draws(seed, f"gap {number}")
            at += min(-math.log(1.0 - chance), LONGEST_GAP) / rate
            self._born.append(at)

    @property
    def count(self) -> int:
        return len(self._born)

    @property
    def long_over(self) -> bool:
        return time.perf_counter() > self._born[-1] + AFTERLIFE

    def born(self) -> int:
        """The number of the last message that is born; 0 before the first."""
        return bisect_right(self._born, time.perf_counter())

    async def birth(self, number: int, at_most: float) -> bool:
        """Wait for a message, at most so many seconds; whether it is born.

        Args:
            number: the message's id; one that the stream does not have is never born.
            at_most: seconds.
        """
        born = self._born[number - 1] if number <= self.count else math.inf
        until = min(born, time.perf_counter() + at_most)
        while (left := until - time.perf_counter()) > 0:  # a timer may go off a little early
            await asyncio.sleep(left)
        return until == born

    def encoded(self, number: int) -> bytes:
        """A message as JSON: id, born (when it was due, whoever may have been late), text."""
        if number not in self._encoded:
            which = draws(self._seed, f"text {number}")
            thing, place, news = (
                words[int(chance * len(words))] for words, chance in zip((THINGS, PLACES, NEWS), which, strict=True)
            )
            told = {"id": number, "born": self._born[number - 1], "text": f"{thing} to {place} {news}"}
            self._encoded[number] = encode(told)
        return self._encoded[number]


class Streams:
    """The streams since the reset. One begins with the first request for it."""

    def __init__(self) -> None:
        self._streams: Remembered[tuple[int, float, int], Stream] = Remembered(MOST_STREAMS)

    @property
    def forgotten(self) -> int:
        """How many had to go since the reset: they begin anew for who asks for them again."""
        return self._streams.forgotten

    def get(self, seed: int, rate: float, count: int, after: int) -> Stream:
        """The stream with these properties. One that is long over begins anew for who has nothing of it yet.

        Args:
            seed, rate, count: see `Stream`.
            after: id of the last message that the client has, or 0.
        """
        key = (seed, rate, count)
        stream = self._streams.get(key)
        if stream is None or (stream.long_over and after == 0):
            stream = Stream(seed, rate, count)
            self._streams.put(key, stream)
        return stream

    def clear(self) -> None:
        """Forget them. Who listens to one goes on listening."""
        self._streams.clear()
