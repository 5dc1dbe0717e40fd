"""Charts with a mark for each run, or each kind of runs: kinds compared, noise, guesses, models."""
