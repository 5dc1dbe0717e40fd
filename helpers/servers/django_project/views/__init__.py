"""The project's views: one module for each experiment of the chapter, which shows them as they are."""
