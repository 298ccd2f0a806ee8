"""Random runs of the whole engine, quick enough for a hundred thousand of them."""
