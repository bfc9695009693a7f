"""The log of curves, read back by TensorFlow, which wrote the format."""

import math
import struct
from typing import Any

import pytest

from ae_core.runs.event_log import event_log


def test_tensorflow_reads_every_number_back(tmp_path):
    import tensorflow as tf
    from tensorflow.core.util import event_pb2

    history: dict[str, list[Any]] = {
        "step": [10, 300, 70_000],
        "epoch": [0.1, 3.0, 700.0],
        "seconds": [0.5, 2.0, 90.0],
        "loss": [0.7, None, 0.25],
        "val_loss": [0.8, 0.5, 0.3],
    }
    path = tmp_path / "events.out.tfevents.1.run"
    path.write_bytes(event_log(history, 1_700_000_000.0))
    # The reader checks both checksums of every record.
    events = [event_pb2.Event.FromString(record.numpy()) for record in tf.data.TFRecordDataset(str(path))]
    assert events[0].file_version == "brain.Event:2"
    found = {(value.tag, event.step): value.simple_value for event in events for value in event.summary.value}
    assert found == pytest.approx(
        {
            ("loss/training", 10): 0.7,
            ("loss/training", 70_000): 0.25,
            ("loss/validation", 10): 0.8,
            ("loss/validation", 300): 0.5,
            ("loss/validation", 70_000): 0.3,
        }
    )
    assert events[-1].wall_time == 1_700_000_090.0


def test_curves_beyond_all_bounds_are_infinite_there():
    values = [3.5e38, -1e300, float("nan"), 1.0]
    history: dict[str, list[Any]] = {"step": [1, 2, 3, 4], "seconds": [0.0] * 4, "loss": values}
    found = event_log(history, 0.0)
    assert [found.count(struct.pack("<f", one)) for one in (math.inf, -math.inf, 1.0)] == [1, 1, 1]
