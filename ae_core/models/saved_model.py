"""Takes encoder or decoder out of the file of a trained model."""

import tempfile
from pathlib import Path

import keras

from ae_core.errors import DataError


def load_part(path: Path, part: str) -> keras.Model:
    """Encoder or decoder of a model that `Autoencoder.standalone` made, see `load_parts`.

    Raises:
        DataError: If it is no such model.
    """
    return load_parts(path, part)[0]


def load_parts(path: Path, *parts: str) -> list[keras.Model]:
    """Several parts of a model that `Autoencoder.standalone` made.

    The file may come from anywhere, so it is read in Keras's safe mode, in which it cannot bring code of its own.

    Args:
        path: The file.
        parts: `encoder` and `decoder`, or one of them.

    Raises:
        DataError: If it is no such model.
    """
    try:
        whole = keras.models.load_model(path, compile=False, safe_mode=True)
        return [whole.get_layer(part) for part in parts]
    except Exception as error:
        # Keras raises whatever a damaged or hostile file makes it stumble over.
        raise DataError("The model must be one that this app saved. Received: a file that Keras refuses.") from error


def extract(path: Path, part: str) -> bytes:
    """Encoder or decoder as a `.keras` file of its own.

    Raises:
        DataError: If the file holds no such model.
    """
    model = load_part(path, part)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{part}.keras"
        model.save(target)
        return target.read_bytes()
