"""The process in which a learner's function is run and watched, and the kernel's way to it."""
