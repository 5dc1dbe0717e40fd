"""Charts of load on a server or a loop: where throughput ends, how latency, queues and ticks went over time."""
