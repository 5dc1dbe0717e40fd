"""Servers that the notebooks talk to, each in a process of its own."""
