"""How few bits a picture takes: as a rounded code, as principal components, and as JPEG, all with the same error.

Each number of a code is rounded to one of `2ᵇ` values, evenly spaced between the smallest and the largest that it has
among training pictures; one that never changes costs nothing. A code takes b bits for each of its other numbers, and b
is the smallest with which the error stays within 1 % of what it is without rounding. Of what both sides must have, the
network, PCA's components or JPEG's tables, no bit is counted, and neither a code's nor PCA's bits are packed any
further, as JPEG's are.
"""

import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from ae_core.measuring import metrics
from ae_core.measuring.pca import PrincipalComponents
from ae_core.messages import Numbers

MOST_PICTURES = 500
MOST_KNOWN = 2000  # training pictures that say how far numbers reach
MOST_NUMBERS = 2_000_000  # in these pictures, so that it takes a second or less
ALLOWED = 1.01  # times the error without rounding
MOST_BITS = 16  # of one number
GREY, COLOUR = 1, 3  # channels that a JPEG may have
KEPT = 4  # sets of pictures whose JPEG files are known


@dataclass(frozen=True)
class Rounding:
    """Even steps between the smallest and the largest value of each number of a code.

    Args:
        low: The smallest, ndarray of shape `(numbers,)`.
        high: The largest, likewise.
    """

    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray) -> "Rounding":
        """That of some codes, ndarray of shape `(n_samples, numbers)`."""
        return cls(codes.min(axis=0), codes.max(axis=0))

    @property
    def changing(self) -> int:
        """How many numbers ever change."""
        return int(np.count_nonzero(self.high > self.low))

    def round(self, codes: np.ndarray, bits: int) -> np.ndarray:
        """Codes `(n_samples, numbers)` with each number at the nearest of its `2^bits` values."""
        steps = 2**bits - 1
        span = np.where(self.high > self.low, self.high - self.low, 1.0)
        places = np.rint(np.clip((codes - self.low) / span, 0.0, 1.0) * steps)
        return (self.low + places / steps * span * (self.high > self.low)).astype(codes.dtype)


def compression(
    pictures: np.ndarray,
    known: np.ndarray,
    encode: Callable[[np.ndarray], np.ndarray],
    decode: Callable[[np.ndarray], np.ndarray],
    pca: PrincipalComponents,
    code_bits: float | None = None,
) -> Numbers:
    """Bits of a held-out picture as a code of the network, and of rivals that leave no larger squared error.

    Args:
        pictures: Held-out pictures as the network sees them, in [0, 1], ndarray of shape
            `(n, height, width, channels)`.
        known: Training pictures, which say how far numbers reach, likewise.
        encode: Pictures → codes.
        decode: Codes → reconstructions.
        pca: PCA of the training pictures.
        code_bits: Bits of a code that is a choice among a few anyway, whose numbers are not to be rounded.

    Returns:
        `compressed_bits`, `compressed_bits_of_pca` and `compressed_bits_of_jpeg`, means over pictures; None where the
        error cannot be reached.
    """
    codes, seen = encode(pictures), encode(known)
    found: Numbers = dict.fromkeys(("compressed_bits", "compressed_bits_of_pca", "compressed_bits_of_jpeg"))
    if not (np.isfinite(codes).all() and np.isfinite(seen).all()):
        return found
    exact = metrics.mean_squared_error(pictures, decode(codes))
    bits, error = (code_bits, exact) if code_bits is not None else rounded_code(pictures, codes, seen, decode, exact)
    if bits is None:
        return found
    return {
        "compressed_bits": bits,
        "compressed_bits_of_pca": of_pca(pictures, known, pca, error),
        "compressed_bits_of_jpeg": of_jpeg(pictures, error),
    }


def rounded_code(
    pictures: np.ndarray,
    codes: np.ndarray,
    known: np.ndarray,
    decode: Callable[[np.ndarray], np.ndarray],
    exact: float,
) -> tuple[float | None, float]:
    """The fewest bits of a code that leave the error within 1 %, and that error; None where 16 a number do not.

    Args:
        pictures: See `compression`.
        codes: Their codes.
        known: Codes of training pictures.
        decode: Codes → reconstructions.
        exact: The error without rounding.
    """
    flat = codes.reshape(len(codes), -1)
    rounding = Rounding.of(known.reshape(len(known), -1))
    for bits in range(1, MOST_BITS + 1):
        error = metrics.mean_squared_error(pictures, decode(rounding.round(flat, bits).reshape(codes.shape)))
        if error <= ALLOWED * exact:
            return float(bits * rounding.changing), error
    return None, exact


def of_pca(pictures: np.ndarray, known: np.ndarray, pca: PrincipalComponents, error: float) -> float | None:
    """The fewest bits of a PCA code, of whatever size, that leave no larger error; None where none does.

    Its numbers are rounded by the same rule: by at most 1 % may the error rise. Components stand at right angles, so
    that the error of the first k of them, rounded, is `‖x - mean‖² - Σ_{j ≤ k} (z_j² - (z_j - round(z_j))²)`.

    Args:
        pictures: See `compression`, like the next two.
        known: Likewise.
        pca: Likewise.
        error: Mean squared error that is allowed.
    """
    most = len(pca.components_)
    codes = pca.encode(pictures, most).astype(np.float64)
    rounding = Rounding.of(pca.encode(known, most).astype(np.float64))
    whole = np.square(pictures.reshape(len(pictures), -1) - pca.mean_).sum(dtype=np.float64)
    exact = whole - np.cumsum(np.square(codes).sum(axis=0))
    least = 1 + int(np.count_nonzero(exact > error * pictures.size))
    fewest: int | None = None
    for bits in range(1, MOST_BITS + 1):
        if fewest is not None and bits * least >= fewest:
            break
        missed = np.square(codes - rounding.round(codes, bits)).sum(axis=0)
        left = exact + np.cumsum(missed)
        enough = np.flatnonzero((left <= error * pictures.size) & (left <= ALLOWED * exact))
        if len(enough):
            needed = bits * (int(enough[0]) + 1)
            fewest = needed if fewest is None else min(fewest, needed)
    return None if fewest is None else float(fewest)


def of_jpeg(pictures: np.ndarray, error: float) -> float | None:
    """Bits of JPEG pictures at the lowest quality that leaves no larger error; None where none does.

    Each picture is a file of its own, of which the coded pixels alone count: its headers and tables are the same for
    all. Of colours full and half resolution are tried, and the smaller is taken. An error larger than that of the
    lowest quality costs as much as that does.

    Args:
        pictures: See `compression`.
        error: Mean squared error that is allowed.

    References:
        Wallace, The JPEG still picture compression standard, Communications of the ACM 34, 1991.
    """
    channels = pictures.shape[-1]
    if channels not in (GREY, COLOUR):
        return None
    tried = _Tried.of(pictures)
    samplings = (0,) if channels == GREY else (0, 2)  # as Pillow numbers them: 4:4:4 and 4:2:0
    sizes = [_lowest(tried, error, sampling) for sampling in samplings]
    return min((size for size in sizes if size is not None), default=None)


@dataclass
class _Tried:
    """Some pictures as JPEG: the bits and the error of each quality that was looked at.

    Runs on the same data ask for the same pictures again, and each look takes a tenth of a second.
    """

    pictures: np.ndarray
    found: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, pictures: np.ndarray) -> "_Tried":
        """What is known of these pictures; of the few that were asked for last it is kept."""
        key = hashlib.sha256(repr(pictures.shape).encode() + pictures.tobytes()).digest()
        tried = _LAST[key] = _LAST.pop(key) if key in _LAST else cls(pictures)
        while len(_LAST) > KEPT:
            _LAST.popitem(last=False)
        return tried

    def at(self, quality: int, sampling: int) -> tuple[float, float]:
        """Mean bits of a picture, and the mean squared error."""
        if (quality, sampling) not in self.found:
            shown = np.rint(np.clip(self.pictures, 0.0, 1.0) * 255).astype(np.uint8)
            bits, left = jpeg(shown, quality, sampling)
            self.found[quality, sampling] = bits, metrics.mean_squared_error(self.pictures, left)
        return self.found[quality, sampling]


_LAST: OrderedDict[bytes, _Tried] = OrderedDict()


def _lowest(tried: _Tried, error: float, sampling: int) -> float | None:
    """Bits at the lowest quality, found by halving."""
    low, high = 1, 100  # the answer lies between them, if there is one
    bits, left = tried.at(high, sampling)
    if left > error:
        return None
    while low < high:
        middle = (low + high) // 2
        fewer, left = tried.at(middle, sampling)
        if left <= error:
            high, bits = middle, fewer
        else:
            low = middle + 1
    return bits


def jpeg(shown: np.ndarray, quality: int, sampling: int = 0) -> tuple[float, np.ndarray]:
    """Mean bits of the coded pixels of some pictures, and what is read back, float32 in [0, 1].

    Args:
        shown: uint8 ndarray of shape `(n, height, width, channels)`, with one or three channels.
        quality: 1 to 100.
        sampling: 0 for colours of full resolution, 2 for half of it.
    """
    size, read = 0, np.empty(shown.shape, np.float32)
    for place, picture in enumerate(shown):
        file = io.BytesIO()
        Image.fromarray(picture.squeeze(-1) if picture.shape[-1] == GREY else picture).save(
            file, "JPEG", quality=quality, subsampling=sampling
        )
        size += scan_bytes(file.getvalue())
        with Image.open(file) as back:
            read[place] = np.asarray(back, np.float32).reshape(picture.shape) / 255
    return 8 * size / len(shown), read


def scan_bytes(file: bytes) -> int:
    """Bytes of a JPEG file between the header of its one scan and the mark of its end.

    Args:
        file: As Pillow writes it: segments of a mark, `FF` and a byte, and a length that counts itself, up to `FF DA`.
    """
    place = 2  # after the mark of the beginning
    while True:
        mark, length = file[place + 1], int.from_bytes(file[place + 2 : place + 4], "big")
        place += 2 + length
        if mark == 0xDA:
            return len(file) - place - 2


def few(pictures: np.ndarray, most: int = MOST_PICTURES) -> int:
    """How many pictures of some are looked at, if there may be so many of a usual size."""
    return max(1, min(len(pictures), most, MOST_NUMBERS // pictures[0].size))
