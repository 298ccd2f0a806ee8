unknown-key = x
