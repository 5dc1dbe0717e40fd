"""How often the verdict is right: run `python benchmarks/verdict.py`. It takes a few minutes.

Runs are invented with the noise that real ones have.

Runs that are compared once: a false alarm is a difference found where there is none (A/A): at most 5 %. Where the true
ratio of the medians is known, the interval should hold it: at least 93 % at 10 runs a side.

Series of reruns, in which the card gives a verdict after each: a false alarm is a series in which any card finds a
difference where nothing was changed. At most 5 % do so within 20 reruns, also where the machine is 3 % slower or faster
from the first rerun on, or by all of the margin. A true ratio of 0.8 is shown at 10 runs a side in at least 80 % of the
series; where runs spread by 20 %, no power is promised, and it is printed all the same.

Ends with status 1 where a limit is broken.
"""

import sys
from collections.abc import Callable
from math import inf

import numpy as np
from numpy.typing import NDArray

from helpers.verdict import MINIMUM, judge, judge_series
from helpers.verdict.series import DRIFT

PAIRS = 1000
"""Comparisons, or series, behind each number: it is then known to about half a per cent."""
SIDES = (MINIMUM, 10, 20)
"""Runs a side that are compared once; runs before the change, and reruns after it, of a series."""
BASE = 0.5
"""Seconds that a run of the base takes at the median."""
RATIOS = (0.05, 0.9, 2.0)
MOST_ALARMS, LEAST_COVERAGE, FROM = 0.05, 0.93, 10
TRUE, AT, LEAST_POWER = 0.8, 10, 0.8

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


def steady(random: np.random.Generator, runs: int, seconds: float) -> Floats:
    """A spread of 2 %, in which a small drift shows."""
    return seconds * random.lognormal(sigma=0.02, size=runs)


def wide(random: np.random.Generator, runs: int, seconds: float) -> Floats:
    """A spread of 20 %, beside which the margin is small."""
    return seconds * random.lognormal(sigma=0.2, size=runs)


NOISES: dict[str, Noise] = {"skewed": skewed, "outliers": outliers, "two speeds": two_speeds}
DRIFTS = {"3 % faster": 1 / 1.03, "3 % slower": 1.03, "by the margin": DRIFT}


def main() -> None:
    """Print a line for each kind of noise and number of runs, and end with status 1 where a limit is broken."""
    broken = compared_once()
    print()
    broken += series_of_reruns()
    sys.exit(1 if broken else 0)


def compared_once() -> int:
    """Print how often a single comparison is right; return how many limits are broken."""
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
    return broken


def coverage(random: np.random.Generator, noise: Noise, runs: int, ratio: float) -> float:
    """The share of comparisons whose interval holds the true ratio."""
    verdicts = (
        judge(noise(random, runs, BASE).tolist(), noise(random, runs, BASE * ratio).tolist()) for _ in range(PAIRS)
    )
    return sum(verdict.low <= ratio <= verdict.high for verdict in verdicts) / PAIRS


def series_of_reruns() -> int:
    """Print how often a series of reruns has a false alarm, and its power; return how many limits are broken."""
    within = "".join(f"{f'within {reruns}':>12}" for reruns in SIDES)
    print(f"series of reruns: share with a false alarm\n{'noise':<12}{'drift':<16}{'runs before':>12}{within}")
    broken = 0
    unchanged = [(name, noise, "none", 1.0) for name, noise in (*NOISES.items(), ("wide", wide))]
    for name, noise, drift, times in [*unchanged, *(("steady", steady, *drift) for drift in DRIFTS.items())]:
        for before in SIDES:
            random = np.random.default_rng(before)
            alarms = np.array([first_alarm(random, noise, before, times) for _ in range(PAIRS)])
            shares = [float(np.mean(alarms <= reruns)) for reruns in SIDES]
            print(f"{name:<12}{drift:<16}{before:>12}{''.join(f'{share:>12.1%}' for share in shares)}")
            broken += sum(share > MOST_ALARMS for share in shares)
    print(f"{'noise':<12}{f'{TRUE}x shown at {AT} a side':>28}")
    for name, noise in NOISES.items():
        shown = power(noise)
        print(f"{name:<12}{shown:>28.1%}")
        broken += shown < LEAST_POWER
    print(f"{'wide':<12}{power(wide):>28.1%}")
    limits = f"at most {MOST_ALARMS:.0%} false alarms, at least {LEAST_POWER:.0%} shown, but for the wide noise"
    print(f"{limits}: {f'broken {broken} times' if broken else 'yes'}")
    return broken


def first_alarm(random: np.random.Generator, noise: Noise, before: int, drift: float) -> float:
    """After how many reruns a card first finds a difference, which is the machine's drift; infinity where none does."""
    runs = [(False, value) for value in noise(random, before, BASE).tolist()]
    for reruns, value in enumerate((drift * noise(random, max(SIDES), BASE)).tolist(), start=1):
        runs.append((True, value))
        if judge_series(runs).state in ("slower", "faster"):
            return reruns
    return inf


def power(noise: Noise) -> float:
    """The share of series whose card finds the difference when there are enough runs a side."""
    random = np.random.default_rng(AT)
    verdicts = (
        judge_series(
            [
                *((False, value) for value in noise(random, AT, BASE).tolist()),
                *((True, value) for value in noise(random, AT, BASE * TRUE).tolist()),
            ]
        )
        for _ in range(PAIRS)
    )
    return sum(verdict.state == "faster" for verdict in verdicts) / PAIRS


if __name__ == "__main__":
    main()
