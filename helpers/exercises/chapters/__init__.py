"""The exercises themselves, a module for each chapter, and what only they use."""
