"""Seeds of the practice API's stream that tell beliefs about it apart, and what it says with a seed: for chapter 10."""

import json
import random
import time

from helpers.servers.practice_api.stream import Stream


def texts_of(seed: int, messages: int) -> list[str]:
    """The texts of the first messages of the stream with this seed; its rate changes nothing of them."""
    stream = Stream(seed, 100, messages)
    return [json.loads(stream.encoded(number))["text"] for number in range(1, messages + 1)]


def seed_with_a_text_twice(chance: random.Random, messages: int) -> int:
    """Of a stream that says one thing twice: who knows messages by their texts will lose one."""
    while True:
        seed = chance.randint(1, 10**6)
        if len(set(texts_of(seed, messages))) < messages:
            return seed


def seed_with_a_late_second(chance: random.Random) -> int:
    """Of a stream of one message a second whose second comes two seconds after the start."""
    while True:
        seed = chance.randint(1, 10**6)
        stream, now = Stream(seed, 1, 2), time.perf_counter()
        first, second = (json.loads(stream.encoded(number))["born"] - now for number in (1, 2))
        if first < 0.65 and 1.5 < second - first < 1.7:
            return seed
