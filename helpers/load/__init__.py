"""Load: calls made at a rate (open loop) or by so many callers (closed loop), and what became of each of them."""
