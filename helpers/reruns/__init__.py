"""Runs set beside earlier ones: the line on a card, comparisons, guesses; and the history to look at or hand on."""
