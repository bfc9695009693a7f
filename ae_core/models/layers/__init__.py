"""Keras layers that variants share, one idea a file."""
