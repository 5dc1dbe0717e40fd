"""What a learner types on top of measured runs: look at them again, compare them, repeat them."""
