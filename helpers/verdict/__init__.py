"""Statistics: whether runs of two kinds differ, and how well a percentile is known."""

from helpers.verdict.percentile import Interval, needed, percentile_interval
from helpers.verdict.ratio import MINIMUM, Verdict, judge
from helpers.verdict.series import judge_series

__all__ = ["MINIMUM", "Interval", "Verdict", "judge", "judge_series", "needed", "percentile_interval"]
