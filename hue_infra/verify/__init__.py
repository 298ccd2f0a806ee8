"""Proof that what was built works: checks on machines and across them, kept as evidence."""
