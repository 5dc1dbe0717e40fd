"""Many runs of several variants, in turns: `trials`."""
