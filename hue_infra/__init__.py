"""Infrastructure as code for a whole Vietnamese province."""

__version__ = "0.1.0"
