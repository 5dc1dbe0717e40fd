"""A panel of knobs to try a function with: `explore`."""
