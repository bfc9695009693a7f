"""Autoencoders to train and to watch. This package knows nothing of the web pages that show it."""

import os

# TensorFlow reads this when it is imported; why it is set stands in `execution`.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
