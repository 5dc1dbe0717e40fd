"""Record threads: those of a block, the jobs of thread pools, and what they wait for."""
