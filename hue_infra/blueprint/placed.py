"""The error of this room: it knows the key path of what it speaks of."""

from hue_infra.errors import InputError


class PlacedError(InputError):
    """An input error at *source*, a key path of the province file; `derive` adds the line."""

    def __init__(self, problem: str, source: str, *, hint: str = "") -> None:
        super().__init__(problem, hint=hint)
        self.source = source
