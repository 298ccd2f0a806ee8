"""Numbers as the reader writes them: 1.234,5 in Vietnamese, 1,234.5 in English."""

from hue_infra import words
from hue_infra.units import Bandwidth, DataSize

_SWAP = str.maketrans({",": ".", ".": ","})


def number(value: float, places: int = 0) -> str:
    """A number with its thousands apart, in the reader's language.

    >>> words.use("vi")
    >>> number(1234.5, 1)
    '1.234,5'
    """
    text = f"{value:,.{places}f}"
    return text.translate(_SWAP) if words.language() == "vi" else text


def short(value: float) -> str:
    """A number with one place where it is small and has a fraction."""
    return number(value, 0 if value >= 100 or value == int(value) else 1)  # noqa: PLR2004  three figures suffice


def rate(value: Bandwidth) -> str:
    """A rate: in Mbps, from ten thousand on in Gbps."""
    if value.mbps >= 10_000:  # noqa: PLR2004
        return f"{short(value.mbps / 1000)} Gbps"
    return f"{short(value.mbps)} Mbps"


def storage(value: DataSize) -> str:
    """Storage in terabytes."""
    return f"{short(value.tb)} TB"


def percent(share: float) -> str:
    """A share as whole percent."""
    return f"{number(round(100 * share))} %"
