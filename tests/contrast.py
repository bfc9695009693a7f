"""How well two colours are told apart: the contrast of WCAG 2.2."""

Colour = tuple[float, float, float]  # red, green, blue, each in [0, 1]

TEXT = 4.5  # what text needs beside its background
GRAPHIC = 3.0  # what a line, a point or the edge of a control needs


def colour(text: str) -> Colour:
    """A colour as `#rgb` or `#rrggbb`."""
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def over(above: Colour, below: Colour, opacity: float) -> Colour:
    """What is seen of a colour that lets another one through."""
    red, green, blue = (opacity * one + (1 - opacity) * other for one, other in zip(above, below, strict=True))
    return red, green, blue


def luminance(one: Colour) -> float:
    """The relative luminance, in [0, 1]."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in one)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Their contrast, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
