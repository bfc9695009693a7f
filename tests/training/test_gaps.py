"""A training on a table of which most cells are unknown: told, measured and shown by what is known alone."""

import numpy as np
import pytest

from ae_core import variants
from ae_core.measuring import imputation
from ae_core.messages import decode, encode
from ae_core.training.session import TrainingSession


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize("variant", ["vanilla", "denoising"])
def test_a_table_with_unknown_cells_is_learnt_and_filled(variant: str) -> None:
    settings = variants.read_settings(
        {"variant": variant, "dataset": "ratings", "epochs": 2, "latent_dim": 5, "train_size": 1200}
    )
    session = TrainingSession(settings)
    test = session.run().test
    raw = session.data.x_test
    known, seen = ~np.isnan(raw), session.test_images
    assert 0.2 < known.mean() < 0.5, "most of it is unknown"
    np.testing.assert_allclose(seen[~known], 0, atol=1e-5, err_msg="the mean of standardised columns")
    if variant == "vanilla":
        made = session.model.decode(session.model.encode(seen))
        assert test["mse"] == pytest.approx(np.mean(np.square(made - seen)[known]), rel=1e-4)
        assert test["mse"] == pytest.approx(test["reconstruction"], rel=1e-4), "the loss is the same mean"
        sums = np.where(known, np.square(made - seen), 0).sum(axis=1)
        assert test["squared_error_per_image"] == pytest.approx(sums.mean(), rel=1e-4)
    assert "compressed_bits" not in test, "which are of pictures"
    hidden = imputation.hide(raw)
    mean = np.sqrt(np.mean(np.square(seen[hidden])))
    assert test["imputation_rmse_of_mean"] == pytest.approx(mean, rel=1e-4)
    by_pca = test["imputation_rmse_of_pca"]
    assert isinstance(by_pca, float) and 0 < by_pca < mean
    first, *_rest = session.history.by_epoch()["val_loss"]
    assert first is not None and np.isfinite(first)

    snapshot = session.snapshot
    assert decode(encode(snapshot)) == snapshot
    grid, inputs = snapshot.grid, session.setup.inputs
    assert grid.values is not None and inputs is not None
    original = np.frombuffer(grid.values.original, "<f4").reshape(grid.values.count, -1)
    stars = original[~np.isnan(original)]
    assert set(stars.round(4)) <= {1, 2, 3, 4, 5}, "as the file has them, in stars"
    assert inputs.zeros < 0.05 and inputs.spread == pytest.approx(1, abs=0.05), "what is unknown is not 0"


def test_what_has_no_gaps_is_not_scored_on_filling_them() -> None:
    settings = variants.read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 1, "train_size": 200})
    session = TrainingSession(settings)
    assert not session.data.has_gaps and not session.model.table.gaps
    assert session.data.filled(session.data.x_train) is session.data.x_train
