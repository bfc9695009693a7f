"""The trained network of a run, taken out of its file for whoever computes without Keras."""

from pathlib import Path
from typing import TypedDict

import keras
import numpy as np

from ae_core import data
from ae_core.models.autoencoder import in_batches
from ae_core.portable import layers
from ae_core.portable.block import Block
from ae_core.portable.description import Array, Codes, Description, Examples, Part, Portable
from ae_core.settings import DataSpec, Settings
from ae_core.training.moments import restored
from ae_core.training.stored_model import restore

MOST_BYTES = 12_000_000  # that a browser is sent
HELD_OUT = 2000  # examples whose codes say where codes lie, at most
LARGEST_COVARIANCE = 256  # numbers in a code
MOST_ROW_NUMBERS = 1_000_000  # in the held-out rows that a browser is sent


def portable(trained: Path | bytes, settings: Settings, run_id: str) -> Portable:
    """The network of a run for the browser, or why it has none.

    Args:
        trained: The file that the training left, or its weights at a moment before, as `moments.taken` gave them.
        settings: The run's settings, for its data.
        run_id: The run.

    Raises:
        DataError: If the data cannot be had, or these are no weights of that network.
    """
    dataset = data.load(settings.dataset).chosen(settings)
    tables = data.prepare(dataset, settings)
    whole = network_of(trained, settings, tables.spec)
    encoder, decoder = whole.get_layer("encoder"), whole.get_layer("decoder")
    examples = tables.fed(tables.x_test[:HELD_OUT])
    scale, offset = _of_bytes(tables) if tables.spec.is_image else (tables.raw_scale, tables.raw_offset)

    def packed(block: Block, parts: tuple[Part, Part], worker: str = "") -> bytes:
        codes = _codes(encoder, examples, block)
        description = Description(
            run_id=run_id,
            examples=Examples(
                shape=list(tables.spec.shape),
                unit_range=tables.spec.unit_range,
                scale=block.add(scale),
                offset=block.add(offset),
                class_names=list(dataset.info.class_names),
                **_rows(tables, block),
            ),
            encoder=parts[0],
            decoder=parts[1],
            codes=codes,
            worker=worker,
        )
        return block.pack(description)

    def refused(why: str) -> Portable:
        return Portable(why=why, introduction=packed(Block(), (Part([]), Part([])), why))

    size = 4 * (encoder.count_params() + decoder.count_params())
    if size > MOST_BYTES:
        return refused(_too_large(size))
    block = Block()
    try:
        coding = layers.part(encoder, block)
        parts = coding, layers.behind_codebook(coding, layers.part(decoder, block))
    except layers.NotPortableError as error:
        return refused(str(error))
    content = packed(block, parts)
    return Portable(content) if len(content) <= MOST_BYTES else refused(_too_large(len(content)))


def network_of(trained: Path | bytes, settings: Settings, spec: DataSpec) -> keras.Model:
    """The plain network of a run; its layers `encoder` and `decoder` are networks themselves.

    Args:
        trained: See `portable`, like the next and what is raised.
        settings: Likewise.
        spec: Shape and range of what the network sees.
    """
    if isinstance(trained, bytes):
        return restored(trained, settings, spec)
    return restore(trained, settings, spec)


def codes_of(trained: Path | bytes, settings: Settings, count: int) -> np.ndarray:
    """The codes of the first held-out examples: those that a run shows on its map.

    Args:
        trained: See `portable`, like the next and what is raised.
        settings: Likewise.
        count: How many.

    Returns:
        ndarray of shape (count, ...).
    """
    tables = data.prepare(data.load(settings.dataset), settings)
    encoder = network_of(trained, settings, tables.spec).get_layer("encoder")
    return in_batches(encoder, tables.fed(tables.x_test[:count]))


def _of_bytes(tables: data.Prepared) -> tuple[np.ndarray, np.ndarray]:
    """Scale and offset for pictures as a browser has them: bytes, black and white at the ends of the data's range."""
    low, high = tables.values.ends
    return tables.scale * np.float32((high - low) / 255), tables.offset + tables.scale * np.float32(low)


class _Rows(TypedDict, total=False):
    rows: Array
    filling: Array


def _rows(tables: data.Prepared, block: Block) -> _Rows:
    """The held-out rows or series themselves, and what stands for an unknown value; nothing of images."""
    if tables.spec.is_image:
        return {}
    some = tables.x_test[: max(1, min(HELD_OUT, MOST_ROW_NUMBERS // tables.spec.size))]
    nothing = np.full((1, *tables.spec.shape), np.nan, np.float32)
    return {"rows": block.add(tables.scaled(some)), "filling": block.add(tables.fed(nothing)[0])}


def _codes(encoder: keras.Model, examples: np.ndarray, block: Block) -> Codes:
    codes = in_batches(encoder, examples).reshape(len(examples), -1)
    small = codes.shape[1] <= LARGEST_COVARIANCE
    covariance = np.atleast_2d(np.cov(codes, rowvar=False, bias=True)) if small else None
    return Codes(len(codes), block.add(codes.mean(axis=0)), None if covariance is None else block.add(covariance))


def _too_large(size: int) -> str:
    return f"It has {size / 1e6:.0f} MB of weights; a browser is sent {MOST_BYTES / 1e6:.0f} MB at most."
