"""What no plan may break: one module a subject, one function a rule."""

from typing import Final

PACK: Final = "hue-infra"
"""The name of our own policy pack, which judges resources."""
