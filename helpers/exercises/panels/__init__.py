"""What a learner sees of an exercise: panels to answer with, and the card of a check."""
