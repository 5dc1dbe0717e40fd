"""How long a request takes: decided by a seed, so that the same request takes the same time again.

A delay has three parts, and a request sets each of them for itself:

    delay   seconds that every request takes
    jitter  up to so many seconds more, each amount as likely as another
    tail    the share of requests that are slow: several times the usual, and a few very slow

The draw depends on the seed, the method, the path and the parameters that make requests different
(`n`, `k`, …). It does not depend on delay, jitter, tail and rate themselves. So turning one of these
knobs changes what that knob says and nothing else: the same requests stay the unlucky ones.
"""

from __future__ import annotations

import hashlib

LONGEST = 30.0  # seconds: no answer is held back for longer

# A slow request takes this many times its usual time: a Pareto distribution, cut off so that a
# notebook's cell ends. At these numbers half of the slow ones take over 6 times the usual, 1 in 11 the most.
SLOW_AT_LEAST = 4.0
SLOW_AT_MOST = 20.0
PARETO_INDEX = 1.5
SLOW_BASE = 0.01  # seconds: what counts as usual where no delay was asked for


def draws(seed: int, identity: str) -> tuple[float, float, float]:
    """Three numbers from 0 to below 1 that look random and are the same in every process.

    Args:
        seed: the seed of the request.
        identity: what makes the request this one: its method, path and parameters.
    """
    # Not hash(): Python salts it anew in every process.
    digest = hashlib.blake2b(f"{seed} {identity}".encode(), digest_size=24).digest()
    first, second, third = (int.from_bytes(digest[at : at + 8], "big") >> 11 for at in (0, 8, 16))
    scale = 2.0**-53  # 53 bits are what a float holds exactly
    return first * scale, second * scale, third * scale


def seconds(delay: float, jitter: float, tail: float, seed: int, identity: str) -> float:
    """How many seconds to hold an answer back; never more than 30.

    Args:
        delay: seconds for every request.
        jitter: at most so many seconds more.
        tail: the share of slow requests, 0 to 1.
        seed: the seed of the request.
        identity: what makes the request this one (see `draws`).
    """
    if not jitter and not tail:
        return delay
    for_jitter, for_tail, for_slowness = draws(seed, identity)
    usual = delay + jitter * for_jitter
    if for_tail >= tail:
        return min(usual, LONGEST)
    factor: float = SLOW_AT_LEAST * (1.0 - for_slowness) ** (-1.0 / PARETO_INDEX)
    return min(max(usual, SLOW_BASE) * min(factor, SLOW_AT_MOST), LONGEST)
