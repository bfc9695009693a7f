"""Autoencoders to train and to watch. This package knows nothing of the web pages that show it."""

import os

# TensorFlow reads this when it is imported. Convolutions are up to twice as fast with it: see tests/bench/README.md.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
