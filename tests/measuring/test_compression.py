"""Bits of a picture: hand-made pictures whose bits can be told beforehand, and searches against trying everything."""

import io
import itertools
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ae_core.measuring import compression, metrics
from ae_core.measuring.compression import Rounding
from ae_core.measuring.pca import PrincipalComponents

PIXEL, NOTHING = np.ones((1, 1, 1), np.float32), np.zeros((1, 1, 1), np.float32)
SIDE, NUMBERS, NOISE = 8, 3, 0.02


def patterns() -> np.ndarray:
    """Directions at right angles, `(numbers, pixels)`."""
    return np.linalg.qr(np.random.default_rng(0).normal(size=(SIDE * SIDE, NUMBERS)))[0].T


def made(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Grey pictures of three even numbers each, with a little noise, and the numbers."""
    random = np.random.default_rng(seed)
    codes = random.uniform(-1, 1, (count, NUMBERS))
    pixels = 0.5 + codes @ patterns() + NOISE * random.normal(size=(count, SIDE * SIDE))
    return pixels.reshape(count, SIDE, SIDE, 1).astype(np.float32), codes.astype(np.float32)


def encode(pictures: np.ndarray) -> np.ndarray:
    return ((pictures.reshape(len(pictures), -1) - 0.5) @ patterns().T).astype(np.float32)


def decode(codes: np.ndarray) -> np.ndarray:
    return (0.5 + codes @ patterns()).reshape(-1, SIDE, SIDE, 1).astype(np.float32)


def fitted(pictures: np.ndarray) -> PrincipalComponents:
    pca = PrincipalComponents()
    pca.fit(pictures, PIXEL, NOTHING)
    return pca


def error_of(codes: np.ndarray, pictures: np.ndarray) -> float:
    return metrics.mean_squared_error(pictures, decode(codes))


def test_numbers_are_rounded_to_even_steps_between_their_ends():
    codes = np.array([[0.0, 5.0, -1.0], [1.0, 5.0, 3.0], [0.4, 5.0, 0.9]])
    rounding = Rounding.of(codes)
    assert rounding.changing == 2, "what never changes costs nothing"
    np.testing.assert_allclose(rounding.round(codes, 1), [[0, 5, -1], [1, 5, 3], [0, 5, -1]])
    np.testing.assert_allclose(rounding.round(codes[2:], 2), [[1 / 3, 5, 1 / 3]], err_msg="four values")
    np.testing.assert_allclose(rounding.round(np.array([[9.0, 9.0, -9.0]]), 3), [[1, 5, -1]], err_msg="cut to the ends")
    many = np.random.default_rng(1).random((500, 3))
    for bits in (1, 4, 9):
        off = np.abs(Rounding.of(many).round(many, bits) - many).max()
        assert 0.4 / (2**bits - 1) < off <= 0.5 / (2**bits - 1) + 1e-9


def test_a_code_takes_the_bits_that_its_error_allows():
    known, (pictures, _codes) = made(9000, 1)[0], made(200, 2)
    exact = error_of(encode(pictures), pictures)
    # A step of 2 / (2^b - 1) adds a twelfth of its square to the square of each of three numbers.
    added = [NUMBERS * (2 / (2**bits - 1)) ** 2 / 12 / (SIDE * SIDE) for bits in range(1, 12)]
    expected = 1 + next(at for at, one in enumerate(added) if one <= 0.01 * exact)
    found = compression.compression(pictures, known, encode, decode, fitted(known))
    assert found["compressed_bits"] == NUMBERS * expected
    of_pca = found["compressed_bits_of_pca"]
    assert isinstance(of_pca, float) and abs(of_pca - NUMBERS * expected) <= NUMBERS, "this network is PCA"
    of_jpeg = found["compressed_bits_of_jpeg"]
    assert isinstance(of_jpeg, float) and of_jpeg > 2 * NUMBERS * expected, "which knows nothing of three patterns"


def test_what_chooses_among_a_few_codes_says_its_bits_itself():
    known, (pictures, _codes) = made(60, 1)[0], made(40, 2)
    found = compression.compression(pictures, known, encode, decode, fitted(known), 20.0)
    assert found["compressed_bits"] == 20.0
    broken = compression.compression(pictures, known, lambda part: encode(part) * np.nan, decode, fitted(known))
    assert set(broken.values()) == {None}
    exact = encode(pictures)

    def brittle(codes: np.ndarray) -> np.ndarray:
        return decode(np.where(np.isin(codes, exact), codes, 9))

    never = compression.compression(pictures, known, encode, brittle, fitted(known))
    assert set(never.values()) == {None}, "a decoder that no rounding leaves in peace"


def test_pca_is_given_the_best_size_that_the_same_rule_allows():
    known, pictures = made(3000, 1)[0], made(80, 2)[0]
    pca = fitted(known)
    rounding, codes = Rounding.of(pca.encode(known, 64)), pca.encode(pictures, 64)
    exact = [metrics.mean_squared_error(pictures, pca.reconstruct(pictures, size)) for size in range(65)]
    for error in (0.006, 0.0006, 0.00036):
        passing = []
        for bits, size in itertools.product(range(1, 17), range(1, 65)):
            left = pca.decode(rounding.round(codes, bits)[:, :size], pictures.shape[1:])
            if metrics.mean_squared_error(pictures, left) <= min(error, 1.01 * exact[size]):
                passing.append(bits * size)
        assert compression.of_pca(pictures, known, pca, error) == min(passing)
    assert compression.of_pca(pictures, known, pca, 1e-12) is None


def smooth(count: int, channels: int = 1) -> np.ndarray:
    """Pictures with gentle slopes and one edge, as bytes."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[0:16, 0:16] / 15
    slopes = random.uniform(-1, 1, (count, 1, 1, channels)) * x[..., None]
    slopes = slopes + random.uniform(-1, 1, (count, 1, 1, channels)) * y[..., None] + 0.6 * (x + y > 1)[..., None]
    low, high = slopes.min(), slopes.max()
    return np.rint((slopes - low) / (high - low) * 255).astype(np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_is_tried_at_its_lowest_sufficient_quality(channels: int):
    shown = smooth(12, channels)
    pictures = shown.astype(np.float32) / 255
    tried = {
        (quality, sampling): compression.jpeg(shown, quality, sampling)
        for quality in range(1, 101, 1 if channels == 1 else 3)
        for sampling in ((0,) if channels == 1 else (0, 2))
    }
    errors = {how: metrics.mean_squared_error(pictures, read) for how, (_bits, read) in tried.items()}
    for error in (2e-4, 1e-3, 5e-3):
        fewest = min(bits for how, (bits, _read) in tried.items() if errors[how] <= error)
        found = compression.of_jpeg(pictures, error)
        assert found is not None
        # Halving takes errors to fall as quality rises, which they all but do.
        assert found == pytest.approx(fewest, rel=0.05) if channels == 1 else found <= 1.05 * fewest
    assert compression.of_jpeg(pictures, 1.0) == min(bits for (quality, _), (bits, _r) in tried.items() if quality == 1)
    assert compression.of_jpeg(pictures, 0.0) is None
    assert compression.of_jpeg(np.repeat(pictures[..., :1], 2, axis=-1), 1.0) is None, "no file has two channels"


def test_what_was_tried_with_the_same_pictures_is_known_and_others_are_not_taken_for_them(monkeypatch):
    tries: list[int] = []

    def noted(shown: np.ndarray, quality: int, sampling: int = 0) -> tuple[float, np.ndarray]:
        tries.append(quality)
        return jpeg(shown, quality, sampling)

    jpeg = compression.jpeg
    monkeypatch.setattr(compression, "jpeg", noted)
    sets = [smooth(count, 1).astype(np.float32) / 255 for count in range(3, 4 + compression.KEPT)]
    first = [compression.of_jpeg(pictures, 1e-3) for pictures in sets]
    assert len(set(first)) > 1
    tries.clear()
    assert compression.of_jpeg(sets[-1].copy(), 1e-3) == first[-1] and not tries
    assert compression.of_jpeg(sets[0], 1e-3) == first[0] and len(tries) == len(set(tries)) > 0, "too long ago"
    moved = sets[-1].copy()
    moved[0, 0, 0, 0] += 0.5
    tries.clear()
    assert compression.of_jpeg(moved, 1e-3) is not None and tries


def test_of_a_file_the_coded_pixels_count_alone():
    files: list[Any] = []
    for picture in smooth(2)[..., 0]:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=60)
        files.append(file.getvalue())
    sizes = [compression.scan_bytes(file) for file in files]
    heads = [file[: len(file) - 2 - size] for file, size in zip(files, sizes, strict=True)]
    assert heads[0] == heads[1], "headers and tables are the same for all pictures of a size"
    assert all(file.endswith(b"\xff\xd9") for file in files) and sizes[0] < 0.3 * len(files[0])
    flat, _read = compression.jpeg(np.full((3, 8, 8, 1), 128, np.uint8), 50)
    assert flat == 8, "a block of middle grey: the difference 0 and the end of the block, six bits"


def test_few_pictures_are_looked_at_whatever_their_size():
    assert compression.few(np.zeros((9000, 28, 28, 1), np.uint8)) == compression.MOST_PICTURES
    assert compression.few(np.zeros((40, 28, 28, 1), np.uint8)) == 40
    large = np.zeros((30, 256, 256, 3), np.uint8)
    assert compression.few(large) * large[0].size <= compression.MOST_NUMBERS
