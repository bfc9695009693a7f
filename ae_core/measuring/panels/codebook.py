"""How the codebook of a vector-quantised autoencoder is used, and what its entries do to a picture."""

from typing import TYPE_CHECKING

import numpy as np

from ae_core.formats.png_sheets import FEW_SHADES
from ae_core.measuring.metrics import perplexity
from ae_core.measuring.panels import bars, pictures
from ae_core.messages import Bars, Numbers, Pictures
from ae_core.models.autoencoder import in_batches
from ae_core.models.contracts import Look

if TYPE_CHECKING:
    from ae_core.models.layers.quantizer import Quantizer

POSITIONS, TRIED = 4, 9  # rows, and columns beside the unchanged picture


class CodebookUse:
    """How often each entry tells a piece of the held-out images, the most frequent first.

    Its numbers are `perplexity`, `codebook_used` (a share), `codebook_size` and `code_bits`, the bits of one code:
    positions times log₂ K.
    """

    name = "codebook"
    title = "Use of the codebook"
    help = (
        "How often each codebook entry is chosen, the most frequent first. A flat curve uses the whole codebook; "
        "entries at zero are dead."
    )

    def __init__(self, quantizer: "Quantizer"):
        self._quantizer = quantizer

    def numbers(self, look: Look) -> Numbers:
        """How much of the codebook is in use, and how long a code is."""
        chosen = _chosen(self._quantizer, look)
        counts = self._counts(chosen)
        return {
            "perplexity": perplexity(counts),
            "codebook_used": float(np.mean(counts > 0)),
            "codebook_size": len(counts),
            "code_bits": float(chosen.shape[1] * np.log2(len(counts))),
        }

    def measure(self, look: Look) -> Bars:
        """One bar an entry; the line is what each would have if all were used alike."""
        counts = self._counts(_chosen(self._quantizer, look))
        share = np.sort(counts)[::-1] / counts.sum()
        dead = int(np.count_nonzero(share == 0))
        words = f"{dead} of {len(share)} entries are not used." if dead else f"All {len(share)} entries are used."
        return bars(
            share,
            "entry, by frequency",
            "share of all choices",
            line=1 / len(share),
            line_name="all alike",
            faint=share == 0,
            caption=words,
        )

    def _counts(self, chosen: np.ndarray) -> np.ndarray:
        return np.bincount(chosen.ravel(), minlength=self._quantizer.entries)


class Replacements:
    """One image with one piece of its code replaced, for the positions where choices vary most.

    Each row takes one position; its first picture is the image as its code tells it, the others have at that position
    the entries which the held-out images choose there most often.
    """

    name = "entries"
    title = "Entries at work"
    help = (
        "First an image as its code tells it, then with another codebook entry at one position, whose number stands at "
        "the left: what an entry means depends on where it stands."
    )

    def __init__(self, quantizer: "Quantizer"):
        self._quantizer = quantizer

    def numbers(self, look: Look) -> Numbers:
        """None."""
        return {}

    def measure(self, look: Look) -> Pictures:
        """A row of pictures for each position."""
        book = np.asarray(self._quantizer.codebook)
        chosen = _chosen(self._quantizer, look)
        counts = [np.bincount(column, minlength=len(book)) for column in chosen.T]  # of each position
        shown = np.argsort([-perplexity(count) for count in counts], kind="stable")[:POSITIONS]
        columns = min(TRIED, len(book) - 1) + 1
        words = np.tile(chosen[0], (len(shown), columns, 1))  # (rows, columns, positions)
        for row, position in enumerate(sorted(shown)):
            often = np.argsort(-counts[position], kind="stable")
            words[row, 1:, position] = often[often != chosen[0, position]][: columns - 1]
        codes = book[words].reshape(-1, *look.model.code_shape)
        tiles = look.show(look.model.decode(codes))
        return pictures(tiles, columns, [str(position + 1) for position in sorted(shown)], shades=FEW_SHADES)


def choices(quantizer: "Quantizer", codes: np.ndarray) -> np.ndarray:
    """Which entry stands where: codes `(n_samples, ...)` → numbers of entries `(n_samples, positions)`."""
    vectors = codes.reshape(len(codes), -1, quantizer.dim)
    return in_batches(lambda part, training: quantizer.nearest(part), vectors)


def _chosen(quantizer: "Quantizer", look: Look) -> np.ndarray:
    return look.once("choices", lambda: choices(quantizer, look.codes))
