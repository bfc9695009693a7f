"""Importing Keras without a word."""

import os


def load_keras() -> None:
    """Imports Keras, and with it TensorFlow, whose two notes on oneDNN no log level hides.

    They come on standard error from outside of Python, so that stream leads nowhere meanwhile. What goes wrong is
    raised all the same.
    """
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import keras  # noqa: F401
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
