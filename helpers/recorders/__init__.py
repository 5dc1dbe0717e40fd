"""Hooks that watch what happens while a measured block is open, and are gone when it ends."""
