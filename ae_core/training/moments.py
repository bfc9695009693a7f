"""What a network was at a moment of its training: its weights in half precision, and the network made of them again.

Half precision has three digits: a reconstruction differs by less than an eye can see.
"""

import keras
import numpy as np

from ae_core import variants
from ae_core.errors import DataError
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.seeding import building
from ae_core.settings import DataSpec, Settings
from ae_core.training import execution

HALF = np.dtype("<f2")


def taken(model: Autoencoder) -> bytes:
    """The weights on which its codes and reconstructions depend, one behind the other.

    Args:
        model: The model as it is now.

    Returns:
        Nothing where one of them is no number, or too large for half precision.
    """
    weights = [np.asarray(one) for one in model.mapping]
    with np.errstate(over="ignore"):
        halves = [one.astype(HALF) for one in weights]
    if not all(np.isfinite(one).all() for one in halves):
        return b""
    return b"".join(one.tobytes() for one in halves)


def restored(weights: bytes, settings: Settings, spec: DataSpec) -> keras.Model:
    """The plain network that a run had at that moment, see `Autoencoder.standalone`.

    Args:
        weights: What `taken` gave.
        settings: The run's settings.
        spec: Shape and range of what the network sees.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If these are the weights of another network.
    """
    execution.configure()
    settings.check(spec)
    with building(settings.seed):
        model = variants.get(settings.variant).build(settings, spec)
    variables = model.mapping
    sizes = [int(np.prod(one.shape)) for one in variables]
    if len(weights) != HALF.itemsize * sum(sizes):
        wanted = f"{HALF.itemsize * sum(sizes):,}"
        raise DataError(f"The weights of this network must have {wanted} bytes. Received: {len(weights):,}.")
    parts = np.split(np.frombuffer(weights, HALF), np.cumsum(sizes)[:-1])
    for variable, part in zip(variables, parts, strict=True):
        variable.assign(part.astype(np.float32).reshape(variable.shape))
    return model.standalone()
