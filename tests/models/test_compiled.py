"""Functions of models as graphs."""

import keras
import numpy as np
import pytest

from ae_core.models.compiled import Compiled


@pytest.mark.slow(seconds=6)
def test_many_models_raise_no_warning_of_one_function(caplog):
    """TensorFlow warns after five graphs of one function that seem to be the same."""
    for size in range(1, 9):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(size)])
        compiled = Compiled(model, model, few=0)
        for count in (1, 2, 3):
            rows = np.ones((count, 3), np.float32)
            np.testing.assert_allclose(compiled(rows), np.asarray(model(rows)), atol=1e-6)
    assert "retracing" not in caplog.text
