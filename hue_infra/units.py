"""Quantities with their units: bandwidth, storage, power.

Each is written in a file as a number and a unit (``200 Mbps``, ``4 TB``,
``750 W``) and held in one base unit, so that no bare number is passed about.
Links and storage count in powers of ten, memory in powers of two.

    >>> Bandwidth.parse("1.3 Gbps").mbps
    1300.0
    >>> str(DataSize.parse("632 TB"))
    '632 TB'
"""

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)")


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A number of one base unit; subclasses say which units they take."""

    amount: float

    UNITS: ClassVar[dict[str, float]] = {}
    EXAMPLE: ClassVar[str] = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``<number> <unit>``.

        Raises:
            ValueError: The text has another form or unit; says what was expected.
        """
        match = _FORM.fullmatch(text.strip())
        if match is None or match[2] not in cls.UNITS:
            known = ", ".join(cls.UNITS)
            raise ValueError(f"{known}; {cls.EXAMPLE}")
        return cls(float(match[1]) * cls.UNITS[match[2]])

    def __str__(self) -> str:
        unit, size = max(
            ((unit, size) for unit, size in self.UNITS.items() if size <= self.amount),
            key=lambda pair: pair[1],
            default=next(iter(self.UNITS.items())),
        )
        return f"{self.amount / size:.4g} {unit}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, object]:
        units = "|".join(cls.UNITS)
        return {
            "type": "string",
            "pattern": rf"^\d+(\.\d+)?\s*({units})$",
            "examples": [cls.EXAMPLE],
        }

    @classmethod
    def _validate(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        return cls.parse(str(value))


class Bandwidth(Quantity):
    """A rate of data; base unit megabit a second."""

    UNITS: ClassVar[dict[str, float]] = {"Mbps": 1.0, "kbps": 1e-3, "Gbps": 1e3}
    EXAMPLE: ClassVar[str] = "200 Mbps"

    @property
    def mbps(self) -> float:
        """Megabits a second."""
        return self.amount


class DataSize(Quantity):
    """Storage, in powers of ten; base unit terabyte."""

    UNITS: ClassVar[dict[str, float]] = {"TB": 1.0, "GB": 1e-3, "PB": 1e3}
    EXAMPLE: ClassVar[str] = "4 TB"

    @property
    def tb(self) -> float:
        """Terabytes."""
        return self.amount


class Memory(Quantity):
    """Working memory, in powers of two; base unit gibibyte."""

    UNITS: ClassVar[dict[str, float]] = {"GiB": 1.0, "MiB": 1 / 1024, "TiB": 1024.0}
    EXAMPLE: ClassVar[str] = "64 GiB"

    @property
    def gib(self) -> float:
        """Gibibytes."""
        return self.amount


class Power(Quantity):
    """Electric power; base unit watt."""

    UNITS: ClassVar[dict[str, float]] = {"W": 1.0, "kW": 1e3}
    EXAMPLE: ClassVar[str] = "750 W"

    @property
    def watts(self) -> float:
        """Watts."""
        return self.amount
