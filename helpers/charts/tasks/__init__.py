"""Charts with a row for each task, job or thread: when it waited, was ready, ran, or held the loop."""
