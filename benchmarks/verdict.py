"""How often the verdict is right: run `python benchmarks/verdict.py`. It takes a few minutes.

Runs are invented with the noise that real ones have. A false alarm is a difference found where there is none (A/A): at
most 5 %. Where the true ratio of the medians is known, the interval should hold it: at least 93 % at 10 runs a side.
Ends with status 1 where either limit is broken.
"""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from helpers.verdict import MINIMUM, judge

PAIRS = 1000
"""Comparisons behind each number: it is then known to about half a per cent."""
SIDES = (MINIMUM, 10, 20)
BASE = 0.5
"""Seconds that a run of the base takes at the median."""
RATIOS = (0.05, 0.9, 2.0)
MOST_ALARMS, LEAST_COVERAGE, FROM = 0.05, 0.93, 10

Floats = NDArray[np.float64]
Noise = Callable[[np.random.Generator, int, float], Floats]
"""Makes so many runs whose true median is so many seconds."""


def skewed(random: np.random.Generator, runs: int, seconds: float) -> Floats:
    """A floor that no run gets under and a tail to the slow side, of as many milliseconds however long the run."""
    late = random.lognormal(mean=np.log(0.004), sigma=1.0, size=runs)
    return seconds - 0.004 + late


def outliers(random: np.random.Generator, runs: int, seconds: float) -> Floats:
    """In proportion to the run, and one run in ten takes twice to ten times as long."""
    usual = seconds * random.lognormal(sigma=0.05, size=runs)
    # The slow tenth is taken from the upper half, so that the median stays what it is.
    slow = (usual > seconds) & (random.random(runs) < 0.2)
    return np.where(slow, usual * random.uniform(2, 10, runs), usual)


def two_speeds(random: np.random.Generator, runs: int, seconds: float) -> Floats:
    """A processor that runs at one of two speeds: two heaps, and the median between them."""
    speed = np.where(random.random(runs) < 0.5, 0.97, 1.03)
    return seconds * speed * random.lognormal(sigma=0.02, size=runs)


NOISES: dict[str, Noise] = {"skewed": skewed, "outliers": outliers, "two speeds": two_speeds}


def main() -> None:
    """Print a line for each kind of noise and number of runs, and end with status 1 where a limit is broken."""
    ratios = "".join(f"{f'holds {ratio}x':>13}" for ratio in RATIOS)
    print(f"{'noise':<12}{'runs a side':>12}{'false alarms':>14}{ratios}")
    broken = 0
    for name, noise in NOISES.items():
        for runs in SIDES:
            random = np.random.default_rng(runs)
            alarms = sum(
                judge(noise(random, runs, BASE).tolist(), noise(random, runs, BASE).tolist()).state != "no difference"
                for _ in range(PAIRS)
            )
            held = [coverage(random, noise, runs, ratio) for ratio in RATIOS]
            print(f"{name:<12}{runs:>12}{alarms / PAIRS:>14.1%}{''.join(f'{share:>13.1%}' for share in held)}")
            if runs >= FROM:
                broken += (alarms / PAIRS > MOST_ALARMS) + sum(share < LEAST_COVERAGE for share in held)
    limits = f"at most {MOST_ALARMS:.0%} false alarms, at least {LEAST_COVERAGE:.0%} held, from {FROM} runs a side"
    print(f"{limits}: {f'broken {broken} times' if broken else 'yes'}")
    sys.exit(1 if broken else 0)


def coverage(random: np.random.Generator, noise: Noise, runs: int, ratio: float) -> float:
    """The share of comparisons whose interval holds the true ratio."""
    verdicts = (
        judge(noise(random, runs, BASE).tolist(), noise(random, runs, BASE * ratio).tolist()) for _ in range(PAIRS)
    )
    return sum(verdict.low <= ratio <= verdict.high for verdict in verdicts) / PAIRS


if __name__ == "__main__":
    main()
