"""Upsampling and convolution in one: the answers and slopes of the two layers, from the same weights."""

import keras
import numpy as np
import pytest
from keras import ops

from ae_core.models.layers.convolution import convolutional_pair
from ae_core.models.layers.dense import dense_pair
from ae_core.models.layers.upsampling import UpsampledConvolution, without_upsampling
from ae_core.settings import DataSpec


def pair(side: int, channels: tuple[int, ...], image_channels: int = 1) -> keras.Model:
    keras.utils.set_random_seed(0)
    spec = DataSpec((side, side, image_channels))
    return convolutional_pair(spec, channels, 4, activation="elu", output="sigmoid")[1]


def test_each_answer_is_what_the_kernel_sees_on_the_doubled_image():
    random = np.random.default_rng(0)
    convolution = keras.layers.Conv2D(2, 3, padding="same", activation="tanh")
    convolution.build((None, 10, 6, 3))
    convolution.bias.assign(random.standard_normal(2))
    small = random.standard_normal((4, 5, 3, 3)).astype(np.float32)
    doubled = np.pad(small.repeat(2, axis=1).repeat(2, axis=2), ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(doubled, (3, 3), axis=(1, 2))  # (n, 10, 6, channels, 3, 3)
    kernel, bias = np.asarray(convolution.kernel), np.asarray(convolution.bias)
    expected = np.tanh(np.einsum("nhwcst,stcf->nhwf", windows, kernel) + bias)
    layer = UpsampledConvolution(convolution)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(small)), expected, atol=1e-5)
    assert layer.compute_output_shape(small.shape) == expected.shape


@pytest.mark.parametrize(("side", "channels", "fused"), [(28, (16, 8, 8), 2), (32, (4, 3), 2), (9, (4,), 0)])
def test_a_decoder_without_upsampling_is_the_same_function_of_the_same_weights(side, channels, fused):
    decoder = pair(side, channels, 3)
    quick = without_upsampling(decoder)
    assert sum(isinstance(layer, UpsampledConvolution) for layer in quick.layers) == fused, "odd sizes stay two layers"
    assert {id(weight) for weight in quick.weights} == {id(weight) for weight in decoder.weights}
    codes = np.random.default_rng(1).standard_normal((6, 4)).astype(np.float32)
    answers = [ops.convert_to_numpy(network(codes)) for network in (decoder, quick)]
    np.testing.assert_allclose(answers[1], answers[0], atol=1e-6)


@pytest.mark.slow
def test_training_moves_the_weights_in_the_same_way():
    weights = []
    for prepare in (lambda network: network, without_upsampling):
        network = prepare(pair(28, (8, 4)))
        network.compile("sgd", "mse", jit_compile=False)
        random = np.random.default_rng(2)
        codes, images = random.standard_normal((32, 4)), random.random((32, 28, 28, 1))
        network.fit(codes, images, batch_size=8, epochs=3, shuffle=False, verbose=0)
        weights.append({weight.path: weight.numpy() for weight in network.weights})
    assert weights[0].keys() == weights[1].keys()
    for name, moved in weights[0].items():
        np.testing.assert_allclose(weights[1][name], moved, atol=1e-5, err_msg=name)


def test_networks_without_upsampling_stay_as_they_are():
    _, decoder = dense_pair(DataSpec((28, 28, 1)), (16,), 4, output="sigmoid")
    assert without_upsampling(decoder).layers == decoder.layers
