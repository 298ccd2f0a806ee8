"""Pieces of SVG as text: elements, boxes, words that fit their place."""

from html import escape

LETTER = 0.56
"""Mean width of a bold letter in sizes of its font, measured on Noto Sans."""


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

    >>> fitted("Chân Mây - Lăng Cô", 60, 11)
    'Chân Mây…'
    """
    room = int(width / (size * LETTER))
    return text if len(text) <= room else text[: max(1, room - 1)].rstrip(" -–,") + "…"
