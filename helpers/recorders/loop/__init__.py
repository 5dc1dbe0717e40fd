"""Record the event loop: every step of every task, what held the loop, and garbage collections."""
