"""The learner's code as text and syntax trees: whose it is, what a run depended on, and what was changed since."""
