"""Which model of waiting fits a workload: what it would take by a few formulas, and what it takes on this machine."""
