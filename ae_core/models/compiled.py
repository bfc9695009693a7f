"""Functions of a model that are called again and again, at every snapshot say, compiled into graphs."""

import logging
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

# Calls before a graph is traced, so that a short run never waits for one. JAX compiles each operation of such a call by
# itself, which takes longer than all of them as one: a third of a second each on a card.
FEW = {"tensorflow": 10, "jax": 0}
# TensorFlow counts the graphs of all models together, and warns of a function that is traced again and again where each
# of many models has traced its own.
logging.getLogger("tensorflow").addFilter(lambda record: "triggered tf.function retracing" not in record.getMessage())


class Compiled:
    """A function of a model: called as it is at first, later as a graph, without Python between the operations.

    Layer by layer, a small network spends more time in Python than on arithmetic. A call with two images takes, on 2
    cores: encoder or decoder of dense layers 5 ms, loss terms 11 ms; with convolutions 8, 21 and 30 ms. As graphs, 500
    images take less than that. Tracing a graph takes 0.1 s. XLA makes them no faster on a CPU (a convolutional encoder
    half as fast), and compiling takes three times as long.

    Args:
        model: Whose weights the function uses; they stay where they are.
        function: Tensors to tensors, without chance.
        few: Calls before a graph is traced; 0 where somebody waits for each answer. Default: `FEW`.
    """

    def __init__(self, model: keras.Model, function: Callable[[Any], Any], few: int | None = None):
        self._model, self._function = model, function
        self._few = FEW[keras.backend.backend()] if few is None else few
        self._asked = 0
        self._graph: _Graph | None = None

    def __call__(self, inputs: Any) -> Any:
        """The function's answer to arrays, as arrays."""
        self._asked += 1
        if self._asked <= self._few:
            return keras.tree.map_structure(ops.convert_to_numpy, self._function(inputs))
        if self._graph is None:
            self._graph = _Graph(self._model, self._function)
        return self._graph.predict_on_batch(inputs)


class _Graph(keras.Model):
    """A function as a model, because a model is what Keras compiles on every backend."""

    def __init__(self, model: keras.Model, function: Callable[[Any], Any]):
        super().__init__(name="compiled")
        self.model, self._function = model, function  # the model too, so that its weights are known to be used
        self.built = True  # JAX would else call it once, operation by operation

    def call(self, inputs):
        return self._function(inputs)
