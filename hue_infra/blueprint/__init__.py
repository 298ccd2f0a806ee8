"""What follows from the model: pure, deterministic, without I/O."""
