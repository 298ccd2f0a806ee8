"""Parts that stacks are wired from; each decides nothing it is not told."""
