"""One file for each command of `python -m ae_core`, or for some that belong together."""
