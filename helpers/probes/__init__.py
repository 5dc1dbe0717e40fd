"""What a learner puts beside their own code, or hands it to, to see it: a heartbeat, a queue watched, steps drawn."""
