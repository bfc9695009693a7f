"""What a run's numbers are measured on: held-out images, compared with nothing but training images."""

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from ae_core.measuring import evaluation, metrics
from ae_core.measuring.probe import Probe, flat_map
from ae_core.training import cache
from ae_core.variants import read_settings

MOST = 60  # test images
SETTINGS = read_settings({"variant": "vanilla", "dataset": "digits", "latent_dim": 8})


@pytest.mark.slow(seconds=2)
def test_every_number_is_of_test_images_and_what_it_is_compared_with_of_training_images():
    ready = cache.prepare(SETTINGS)
    model, data = ready.model, ready.data
    looks = Probe(model, data, ready.pca, labelled=True, points=100)
    images, known = data.fed(data.x_test[:MOST]), data.fed(data.x_train[: 5 * MOST])
    codes, known_codes = model.encode(images), model.encode(known)
    labels, known_labels = data.y_test[:MOST], data.y_train[: 5 * MOST]
    answer, flat = model.decode(codes), data.fed(data.x_train).reshape(len(data.x_train), -1)
    pca = PCA(8).fit(flat)
    by_pca = pca.inverse_transform(pca.transform(images.reshape(MOST, -1))).reshape(images.shape)

    found: Any = evaluation.evaluate(model, data, ready.pca, looks, MOST)
    wanted = {
        "mse": np.mean((images - answer) ** 2),
        "bce": -np.mean(images * np.log(answer) + (1 - images) * np.log1p(-answer)),
        "squared_error_per_image": np.mean(((images - answer) ** 2).reshape(MOST, -1).sum(axis=1)),
        "psnr": metrics.peak_signal_to_noise(images, answer),
        "ssim": metrics.structural_similarity(images, answer),
        "pca_mse": np.mean((images - by_pca) ** 2),
        "knn1_error": 1 - KNeighborsClassifier(1).fit(known_codes, known_labels).score(codes, labels),
        "linear_probe_accuracy": metrics.linear_probe_accuracy(known_codes, known_labels, codes, labels),
    }
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, rel=1e-3)
    assert 0 < found["knn1_error"] < 1

    tested = data.fed(data.x_test[:100])
    codes, measured = model.encode(tested), looks.measure(thorough=True)
    shown: Any = measured.numbers
    nearest = KNeighborsClassifier(1).fit(model.encode(data.fed(data.x_train[:100])), data.y_train[:100])
    assert shown["knn1_accuracy"] == pytest.approx(nearest.score(codes, data.y_test[:100]))
    away = (tested - model.decode(codes))[: looks.measured]
    assert shown["test_mse"] == pytest.approx(np.mean(away**2), rel=1e-3)
    places = np.frombuffer(measured.latent, "<f4").reshape(-1, 2)
    np.testing.assert_allclose(places, flat_map(codes), atol=1e-4, err_msg="a point for each of the images, in order")
