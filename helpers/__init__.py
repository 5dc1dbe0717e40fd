"""The names that the notebooks use. Importing them starts, patches and draws nothing."""

from helpers.expect import expect
from helpers.runs import latency, measure, side_by_side
from helpers.servers.practice_api import practice_api

__all__ = ["expect", "latency", "measure", "practice_api", "side_by_side"]
