"""The part of a script that makes the examples, run by itself: no network is built or trained."""

from typing import Any

import numpy as np
import pytest

from ae_core import data, variants
from ae_core.data import built_in
from ae_core.script.examples import examples, rows_of
from ae_core.script.library import Library, import_lines


@pytest.mark.parametrize("scaling", ["unit", "standardize"])
@pytest.mark.parametrize("outliers", ["keep", "zscore", "iqr"])
@pytest.mark.parametrize("dataset", built_in.GENERATED)
def test_it_makes_the_examples_that_a_training_sees(dataset, outliers, scaling):
    changes = {"dataset": dataset, "scaling": scaling, "outliers": outliers, "train_size": 500}
    settings = variants.read_settings({"variant": "vanilla"} | changes)
    info = data.catalogue()[dataset]
    model = variants.get("vanilla").build(settings, settings.scaled(info.spec))
    library = Library()
    made = examples(settings, info, rows_of(settings, info, model), library)
    space: dict[str, Any] = {}
    exec("\n".join([*import_lines(library.imports | {("numpy as np", "")}), library.text, made]), space)
    ours = data.prepare(data.load(dataset), settings)
    for part, raw in {"x_train": ours.x_train, "x_val": ours.x_validation}.items():
        np.testing.assert_allclose(space[part], raw * ours.scale + ours.offset, rtol=1e-5, atol=1e-5)
        assert space[part].dtype == np.float32
