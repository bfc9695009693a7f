"""Autoencoders to train and to watch. This package knows nothing of the web pages that show it."""
