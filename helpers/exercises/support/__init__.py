"""What the exercises of a chapter or two need beside the engine."""
