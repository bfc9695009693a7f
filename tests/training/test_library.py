"""The README's example of the package as a library: settings, training, encoding, decoding, saving, a plot."""

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.conftest import ROOT

EXAMPLE = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]


@pytest.mark.slow
def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made: dict = {}
    exec(EXAMPLE, made)
    session, result, codes, pictures = (made[name] for name in ("session", "result", "codes", "pictures"))
    assert len(codes) == len(session.test_images) == len(session.test_labels)
    assert pictures.shape == session.test_images.shape
    assert np.mean((pictures - session.test_images) ** 2) == pytest.approx(result.test["mse"], rel=1e-5)
    assert len(result.history["val_loss"]) == 5 and result.history["loss"][-1] < result.history["loss"][0]
    saved = keras.models.load_model("sparse.keras", safe_mode=True)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(saved(session.test_images)), pictures, atol=1e-5)
    assert [trace.name for trace in made["plot"].data]
    assert Path("loss.html").stat().st_size > 0
