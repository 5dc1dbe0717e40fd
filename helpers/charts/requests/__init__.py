"""Charts with a row or a mark for each HTTP request: the timeline, one request alone, distributions of latency."""
