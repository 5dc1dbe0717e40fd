"""What the exercises of one chapter, and no other, need beside the engine."""
