"""The one rule by which the values of a data set become those that a network sees."""

from dataclasses import dataclass

import numpy as np

CLOSE = 1e-6  # by which rounding may carry a value beyond 0 or 1, or leave it short of 1
BYTE, WORD = 255, 65_535
FAINT = 100  # times darker than a data set are pictures that are told

SCALED = "values {low} to {high}, scaled to 0 to 1"
AS_THEY_ARE = "values {low} to {high}, as they are"
STANDARDIZED = "values {low} to {high}, each standardised to mean 0 and standard deviation 1"
COLUMNS_STANDARDIZED = "values {low} to {high}, each column of numbers standardised to mean 0 and standard deviation 1"
CHANNELS_STANDARDIZED = "values {low} to {high}, each channel standardised to mean 0 and standard deviation 1"


@dataclass(frozen=True)
class ValueRange:
    """A network sees `(value - low) / (high - low)`. Values beyond the two are kept, not clipped.

    Args:
        low: Becomes 0.
        high: Becomes 1; above `low`. Where the two are 0 and 1, values stay as they are.
        least: Smallest value of the training examples.
        most: Largest value of the training examples.
    """

    low: float
    high: float
    least: float
    most: float

    @property
    def factor(self) -> np.float32:
        """What values are multiplied by: `1 / (high - low)`."""
        return np.float32(1 / (self.high - self.low))

    @property
    def offset(self) -> np.float32:
        """What is added then: `-low / (high - low)`."""
        return np.float32(0.0 - self.low / (self.high - self.low))

    @property
    def ends(self) -> tuple[float, float]:
        """What becomes 0 and 1."""
        return self.low, self.high

    @property
    def as_they_are(self) -> bool:
        """Whether a network sees the values that the file held."""
        return self.ends == (0.0, 1.0)

    @property
    def unit_range(self) -> bool:
        """Whether all that is learnt from lies in [0, 1] for the network, but for rounding."""
        span = self.high - self.low
        return (self.least - self.low) / span >= -CLOSE and (self.most - self.low) / span <= 1 + CLOSE

    @property
    def said(self) -> tuple[str, float, float]:
        """A sentence with places for two numbers, `{low}` and `{high}`, and these: so that it can be translated."""
        if self.as_they_are and not self.unit_range:
            return AS_THEY_ARE, self.least, self.most
        return AS_THEY_ARE if self.as_they_are else SCALED, self.low, self.high

    @property
    def sentence(self) -> str:
        """For a person, such as `values 0 to 16, scaled to 0 to 1`."""
        return worded(*self.said)

    def scale(self, values: np.ndarray) -> np.ndarray:
        """Values of a file → those that the network sees, float32 of the same shape."""
        return (values * self.factor + self.offset).astype(np.float32, copy=False)


BYTES = ValueRange(0.0, float(BYTE), 0.0, float(BYTE))


def found(least: float, most: float, kind: np.dtype, is_image: bool) -> ValueRange:
    """The range of a data set, from its training examples alone.

    - Pictures of decimal numbers: 0 becomes 0, or the smallest value if it lies below 0 by more than rounding; the
      largest becomes 1, also where it lies well below 1. One that differs from 1 by no more than rounding is 1.
    - Pictures of whole numbers: the same, but 255 becomes 1 where the largest lies between 128 and 255, and 65,535
      where numbers of 16 bits go beyond half of that: they fill their range.
    - All else stays in its own units.

    Args:
        least: Smallest value of the training examples.
        most: Largest of them.
        kind: The type of the file's numbers.
        is_image: Whether the examples are pictures.
    """
    if not is_image:
        return ValueRange(0.0, 1.0, least, most)
    low = least if least < -CLOSE else 0.0
    high = most if kind.kind == "f" else _filled(most, kind)
    if kind.kind == "f" and abs(high - 1) <= CLOSE:
        high = 1.0
    return ValueRange(low, high if high > low else low + 1.0, least, most)


def _filled(most: float, kind: np.dtype) -> float:
    if BYTE / 2 < most <= BYTE:
        return float(BYTE)
    return float(WORD) if kind == np.uint16 and most > WORD / 2 else most


def chosen(values: ValueRange, scaling: str) -> ValueRange:
    """The range after a person's choice.

    Args:
        values: The data set's own.
        scaling: The setting. Standardised values are first scaled as the data set says, which changes nothing.
    """
    least, most = values.least, values.most
    ends = {
        "range": (least, most if most > least else least + 1.0),
        "bytes": (0.0, float(BYTE)),
        "none": (0.0, 1.0),
    }
    return ValueRange(*ends[scaling], least, most) if scaling in ends else values


def alike(pictures: np.ndarray, values: ValueRange) -> tuple[np.ndarray, str]:
    """Pictures of another file in the range of a data set: bytes become 0 to 1, or 0 to 1 becomes bytes.

    Where it is not sure that the two ranges are others, values stay what they are.

    Args:
        pictures: ndarray of any shape, as the file held them; at least one.
        values: The data set's range.

    Returns:
        The pictures, and a sentence for a person on what was done, or on values that lie far from the data set's; it
        may be empty.
    """
    least, most = float(pictures.min()), float(pictures.max())
    here, there = _full(least, most, pictures.dtype), _full_of(values)
    if here and there and here != there:
        said = f"Values 0 to {here:g} were read as 0 to {there:g}, the range of the run's data."
        return (pictures * (there / here)).astype(np.float32), said
    span = values.most - values.least
    far = most > values.most + span or least < values.least - span or 0 < most < values.most / FAINT
    if not far:
        return pictures, ""
    low, high = values.least, values.most
    said = f"Values {least:.4g} to {most:.4g} lie far from those of the run's data, {low:.4g} to {high:.4g}."
    return pictures, said


def _full(least: float, most: float, kind: np.dtype) -> float:
    """What the largest value of some pictures surely would be, were one of them white; 0 where that is not sure."""
    if least < 0 or not most:
        return 0.0
    if kind.kind == "f" and most <= 1 + CLOSE:
        return 1.0
    return float(BYTE) if 1 < most <= BYTE and (kind == np.uint8 or (kind != np.uint16 and most > BYTE / 2)) else 0.0


def _full_of(values: ValueRange) -> float:
    """Likewise of a data set."""
    if values.low == 0 and values.high <= 1:
        return 1.0
    return values.high if values.ends in ((0.0, float(BYTE)), (0.0, float(WORD))) else 0.0


def worded(sentence: str, low: float, high: float) -> str:
    """The sentence with its numbers.

    Args:
        sentence: With places for `{low}` and `{high}`.
        low: The first number.
        high: The second one.
    """
    return sentence.format(low=f"{low:.6g}", high=f"{high:.6g}")
