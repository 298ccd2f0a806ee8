"""Words and pictures made from the blueprint."""
