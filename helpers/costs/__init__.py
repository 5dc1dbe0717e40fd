"""What waiting costs: of a thread, of a task, and of a bridge between sync and async code."""
