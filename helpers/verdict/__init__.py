"""Statistics: whether runs of two kinds differ, and how well a percentile is known."""

from helpers.verdict.percentile import Interval, needed, percentile_interval
from helpers.verdict.ratio import MINIMUM, Verdict, judge

__all__ = ["MINIMUM", "Interval", "Verdict", "judge", "needed", "percentile_interval"]
