"""Pieces of SVG as text: elements, boxes, words that fit their place."""

import itertools
from html import escape

LETTER = 0.62
"""Width of a bold letter in sizes of its font; measured on Noto Sans, as are the two below."""

NARROW = dict.fromkeys("iIíìỉĩịÍljtfr.,:;'-–·()/ |!", 0.35)
WIDE = dict.fromkeys("mwMW%", 0.93) | dict.fromkeys("GOQĐÔƠNHU", 0.78)


def element(tag: str, *children: str, **attributes: object) -> str:
    """An element; ``stroke_width`` becomes ``stroke-width``, ``class_`` becomes ``class``."""
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{named}>{''.join(children)}</{tag}>" if children else f"<{tag}{named}/>"


def _plain(value: object) -> str:
    # Whole and half pixels are all that is drawn: a long fraction only makes the file large.
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def words(x: float, y: float, text: str, kind: str, **attributes: object) -> str:
    """One line of text in the letters that the style sheet gives its kind."""
    return element("text", escape(text), x=x, y=y, class_=kind, **attributes)


def box(place: tuple[float, float, float, float], style: str, **attributes: object) -> str:
    """A rectangle at x, y with width and height."""
    x, y, width, height = place
    return element("rect", x=x, y=y, width=width, height=height, class_=style, **attributes)


def path(points: list[tuple[float, float]], colour: str, width: float) -> str:
    """A line through the points."""
    steps = " ".join(f"{_plain(float(x))},{_plain(float(y))}" for x, y in points)
    return element(
        "polyline", points=steps, fill="none", stroke=colour, stroke_width=round(width, 1)
    )


def group(*children: str, tip: str = "") -> str:
    """Elements that belong together; *tip* is shown when the pointer rests on them."""
    title = element("title", escape(tip)) if tip else ""
    return element("g", title, *children)


def fitted(text: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it would be wider than *width* pixels.

    >>> fitted("Chân Mây - Lăng Cô", 72, 11)
    'Chân Mây…'
    """
    if measure(text) * size <= width:
        return text
    room = width / size - LETTER
    ends = itertools.accumulate(map(measure, text))
    kept = sum(end <= room for end in ends)
    return text[: max(1, kept)].rstrip(" -–,") + "…"


def measure(text: str) -> float:
    """Width of bold text in sizes of its font."""
    return sum(NARROW.get(letter) or WIDE.get(letter) or LETTER for letter in text)
