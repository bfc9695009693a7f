"""What takes part in a measurement, each in a process of its own: `python -m ae_core.bench.contenders.NAME`."""
