"""Autoencoders to train and to watch. This package knows nothing of the web pages that show it."""

import os

# TensorFlow reads this when it is imported, and by itself uses oneDNN only on processors with newer instructions than
# AVX2. On two cores of an AMD EPYC, images a second without it and with it: convolutional 2,830 and 5,810, masked 1,200
# and 1,810, recurrent 2,610 and 3,520; dense networks the same within 4 %.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
