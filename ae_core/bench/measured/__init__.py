"""One file for each measurement; the command walks this folder, and `tests/bench/measured` in a source checkout."""
