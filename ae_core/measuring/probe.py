"""What one snapshot measures, always on the same held-out images and with the same noise."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import keras
import numpy as np

from ae_core.errors import DivergedError
from ae_core.formats.png_sheets import FEW_ERRORS, FEW_GREYS, sheet, sheet_with_errors
from ae_core.measuring import batch, metrics
from ae_core.measuring.panels.filters import common_panels
from ae_core.measuring.pca import PrincipalComponents
from ae_core.measuring.plane import Lattice
from ae_core.measuring.shown_values import ShownValues
from ae_core.measuring.tiles import Tiles
from ae_core.messages import Atlas, Bars, Batch, Grid, Inputs, Numbers, PanelTitle, Pictures, Plane
from ae_core.models.autoencoder import Autoencoder, in_batches
from ae_core.models.contracts import ChoosesEntries, Look, Tensor

if TYPE_CHECKING:
    from ae_core.data.preparation import Prepared

MEASURED_SHARE = 3 / 8  # of the held-out images are reconstructed, which takes about twice as long as to encode them
NEIGHBOUR_SHARE = 0.005  # of the time, at most, goes into the search for nearest neighbours
LARGEST_TABLE = 6_000_000  # numbers in them, so that large colour images do not fill the memory
TURNED = 200  # images that are turned upside down
GRID_COLUMNS = 10
ATLAS_COLUMNS = 50
LARGEST = 1e30  # number in a code or a reconstruction: what is computed from larger ones leaves the range of 32 bits
GAP = 1  # pixels between the pictures of the grid


@dataclass(frozen=True)
class Measured:
    """What a snapshot holds of a model; see `messages.Snapshot`.

    Args:
        latent: Places on the map.
        grid: Originals and reconstructions.
        plane: What the decoder makes of the plane of codes, or None.
        panels: What else can be looked at.
        pca_loss: Loss of PCA with a code of the same size.
        numbers: Numbers by name.
    """

    latent: bytes
    grid: Grid
    plane: Plane | None
    panels: Mapping[str, Pictures | Bars]
    pca_loss: float
    numbers: Numbers


class Probe:
    """Measures a model in training.

    Args:
        model: The model, its table attached.
        data: The prepared data: test images for the views and numbers, validation images for the loss.
        pca: PCA fitted to the same training images.
        labelled: Whether the labels mean anything, so that a nearest neighbour can be right or wrong.
        points: Most held-out images in the scatter and in the search for nearest neighbours. Some of them are
            reconstructed, and as many validation images, see `measured`.
    """

    def __init__(
        self, model: Autoencoder, data: "Prepared", pca: PrincipalComponents, labelled: bool, points: int = 2000
    ):
        self.model, self.data, self.labelled = model, data, labelled
        self.code_size = int(np.prod(model.code_shape))
        self.pca = pca.of_size(self.code_size)
        self.panels = (*model.panels, *common_panels(model, data.spec))
        points = most_points(points, data.spec.size)
        self.measured = measured(points)
        self.labels = data.y_test[:points]
        tested, validated = data.x_test[:points], data.x_validation[: self.measured]
        self.images, self.known_cells = self._scaled(tested), data.known(tested)
        self.validation, self._validation_cells = self._scaled(validated), data.known(validated)
        self._cells = None if self.known_cells is None else self.known_cells[: self.measured]
        self._exact = data.exact(data.x_test[: self.measured]), data.exact(validated)
        self.neighbours = self._scaled(data.x_train[:points])
        self.neighbour_labels = data.y_train[:points]
        self._few = _one_of_each(self.labels[: self.measured], GRID_COLUMNS)
        self.tiles = Tiles(data)
        self._values: ShownValues | None = None
        if not data.spec.is_image:
            self._values = ShownValues(data, self.images[: self.measured], self._cells, self._few)
        self._last_map: np.ndarray | None = None
        random = np.random.default_rng(0)
        noisy = model.corruption is not None
        self._image_noise = random.standard_normal(self.images.shape, np.float32) if noisy else None
        self._validation_noise = random.standard_normal(self.validation.shape, np.float32) if noisy else None
        self._noise_factor: float | None = None
        self._accuracy: float | None = None
        self._next_search = 0.0
        self._corrupt()
        self.pca_accuracy = self._nearest(
            self.pca.encode(self.neighbours, self.code_size), self.pca.encode(self.images, self.code_size)
        )

    def _scaled(self, raw: np.ndarray) -> np.ndarray:
        return self.data.fed(raw)

    def _nearest(self, train_codes: np.ndarray, codes: np.ndarray) -> float | None:
        if not self.labelled:
            return None
        return metrics.nearest_neighbour_accuracy(train_codes, self.neighbour_labels, codes, self.labels)

    def _search(self, codes: np.ndarray, thorough: bool) -> float | None:
        begun = time.perf_counter()
        if self.labelled and (thorough or begun >= self._next_search):
            self._accuracy = self._nearest(self.model.encode(self.neighbours), codes)
            ended = time.perf_counter()
            self._next_search = ended + (ended - begun) / NEIGHBOUR_SHARE
        return self._accuracy

    def _corrupt(self) -> None:
        """Makes the inputs the encoder sees, and PCA's answer to them, anew when the noise factor has changed."""
        corruption = self.model.corruption
        factor = float(np.asarray(corruption.factor)) if corruption is not None else 0.0
        if factor == self._noise_factor:
            return
        self._noise_factor = factor
        self.inputs, self.validation_inputs = self.images, self.validation
        if corruption is not None:
            damaged = np.asarray(corruption.apply(self.images, self._image_noise))
            self.inputs = where_known(damaged, self.known_cells, self.images)
            damaged = np.asarray(corruption.apply(self.validation, self._validation_noise))
            self.validation_inputs = where_known(damaged, self._validation_cells, self.validation)
        # Pixels that are hidden from the encoder are hidden from PCA too: it takes them for those of the mean image.
        mean = self.pca.mean_.reshape(self.data.spec.shape)
        self.known = self.model.without_gaps(self.inputs, mean)
        exact, exact_validation = self._exact
        seen, validation_seen = self._exact
        if corruption is not None:
            seen = where_known(self.known[: self.measured], self._cells, np.nan)
            validation_seen = self.model.without_gaps(self.validation_inputs, mean)
            validation_seen = where_known(validation_seen, self._validation_cells, np.nan)
        self.pca_images = self.pca.reconstruct(seen, self.code_size)
        self.pca_mse = metrics.mean_squared_error(exact, self.pca_images, self._cells)
        validated = self.pca.reconstruct(validation_seen, self.code_size)
        error = metrics.cross_entropy if self.model.loss_name == "cross_entropy" else metrics.mean_squared_error
        self.pca_loss = error(exact_validation, validated, self._pixel_weights())
        # On the device once, not at every snapshot.
        resident = keras.ops.convert_to_tensor
        validation = resident(self.validation)
        self._resident, self._resident_seen = resident(self.images), None
        self._resident_validation: tuple[Tensor, ...] = (validation, validation)
        if corruption is not None:
            self._resident_seen = resident(self.inputs[: self.measured])
            self._resident_validation = (validation, resident(self.validation_inputs))
        if self._validation_cells is not None:
            self._resident_validation += (resident(self._validation_cells.astype(np.float32)),)

    def _pixel_weights(self) -> np.ndarray | None:
        """How much each pixel of the validation images counts in the loss; None where all count alike."""
        weights = self.model.pixel_weights(self.validation, self.validation_inputs, self._validation_cells)
        return None if weights is None else np.asarray(weights)

    def watch(self, model: Autoencoder) -> None:
        """Measures another model from now on, image to image like the first: what one phase of a training shows."""
        self.model, self._last_map, self._next_search, self._noise_factor = model, None, 0.0, None

    def validation_terms(self, trained: Autoencoder) -> dict[str, float]:
        """Every loss term on the validation images (at most as many as are reconstructed).

        Args:
            trained: The model whose loss it is. Where it stands behind other layers it is given what they make of the
                clean images, damaged in the same way each time if it damages what it sees.
        """
        self._corrupt()
        if trained.front is not None:
            inner = in_batches(trained.front, self.validation)
            damage = trained.corruption
            damaged = inner if damage is None else np.asarray(damage.apply(inner, damage.normals.steady(inner)))
            return trained.evaluate_terms(inner, damaged)
        return trained.evaluate_terms(*self._resident_validation)

    def titles(self) -> list[PanelTitle]:
        """What can be looked at beside the loss, the map and the grid."""
        return [PanelTitle(name=panel.name, title=panel.title, help=panel.help) for panel in self.panels]

    def atlas(self) -> Atlas:
        """The pictures of the scatter's points."""
        tiles = self.display(self.images)
        count, height, width, _ = tiles.shape
        return Atlas(png=sheet(tiles, ATLAS_COLUMNS, 0), columns=ATLAS_COLUMNS, tile=(height, width), count=count)

    def measure(self, thorough: bool = False) -> Measured:
        """The parts of a snapshot that need the model.

        Args:
            thorough: Whether all is measured: images upside down too, and the search for nearest neighbours is done in
                any case; else its last answer may stand again for some seconds, as it needs the codes of other images.

        Raises:
            DivergedError: If the model's numbers are too large to be measured, or no numbers any more.
        """
        try:
            with np.errstate(over="raise", invalid="raise"):
                return self._measure(thorough)
        except (np.linalg.LinAlgError, FloatingPointError, OverflowError) as error:
            raise DivergedError("The numbers of this model cannot be measured.") from error

    def _measure(self, thorough: bool) -> Measured:
        self._corrupt()
        codes = self.model.encode(self._resident)
        _check_size("code", codes)
        seen = codes[: self.measured] if self._resident_seen is None else self.model.encode(self._resident_seen)
        flat = flat_map(codes)
        if self.code_size > 2 and self._last_map is not None:
            flat = _follow(flat, self._last_map)
        self._last_map = flat
        places = flat.astype("<f4")
        lattice = Lattice(places) if self._has_a_plane() else None
        # In one call: another number of codes would have to be traced, and each call takes a millisecond.
        decoded = self.model.decode(seen if lattice is None else np.concatenate([seen, lattice.codes]))
        _check_size("reconstruction", decoded)
        reconstructions, behind = decoded[: len(seen)], decoded[len(seen) :]
        look = Look(self.model, self.images, self.inputs, codes, self.display, self.known_cells)
        numbers: Numbers = {
            "test_mse": metrics.mean_squared_error(self.images[: self.measured], reconstructions, self._cells),
            "pca_mse": self.pca_mse,
            "knn1_accuracy": self._search(codes, thorough),
            "pca_knn1_accuracy": self.pca_accuracy,
            "active_units": metrics.active_units(codes),
        }
        if thorough and self.data.spec.is_image:
            numbers["turned_mse"] = self._turned()
        return Measured(
            latent=places.tobytes(),
            grid=self._grid(reconstructions),
            plane=None if lattice is None else lattice.plane(self.display(behind)),
            panels={panel.name: panel.measure(look) for panel in self.panels},
            pca_loss=self.pca_loss,
            numbers=numbers | {name: value for panel in self.panels for name, value in panel.numbers(look).items()},
        )

    def _has_a_plane(self) -> bool:
        """Whether a code is two numbers of which any may be given to the decoder; strips of shades say little there."""
        one_by_one = isinstance(self.model.bottleneck, ChoosesEntries)
        return self.code_size == 2 and self.model.code_shape == (2,) and not one_by_one and not self.tiles.strips

    def batch(self, rows: np.ndarray, loss: float) -> Batch:
        """What is seen of the batch of one step.

        Args:
            rows: Its row numbers in the training set, ndarray of shape `(batch,)`.
            loss: Its loss.
        """
        images = self._scaled(self.data.x_train[rows[: batch.MOST_SHOWN]])
        return batch.look_at(self.model, images, self.display, self.tiles.hatch(), len(rows), loss)

    def inputs_like(self) -> Inputs:
        """What training examples are like as the network sees them, and what their mean reaches on held-out ones."""
        examples = self.neighbours.reshape(len(self.neighbours), -1)
        held = self.images[: self.measured].reshape(len(self.images[: self.measured]), -1)
        cells = self.data.known(self.data.x_train[: len(examples)])
        counts: np.ndarray | int = len(examples)
        if cells is not None:
            cells = cells.reshape(examples.shape)
            counts = np.maximum(np.count_nonzero(cells, axis=0), 1)
        mean = where_known(examples, cells, 0).sum(axis=0, dtype=np.float64) / counts
        variances = where_known(np.square(examples - mean), cells, 0).sum(axis=0) / counts
        of_held = None if self._cells is None else self._cells.reshape(held.shape)
        return Inputs(
            offset=float(np.sqrt(np.square(mean).mean())),
            spread=float(np.sqrt(variances.mean())),
            widest=float(np.sqrt(variances.max())),
            zeros=metrics.weighted_mean(examples == 0, cells),
            mean_mse=metrics.weighted_mean(np.square(held - mean), of_held),
        )

    def _turned(self) -> float:
        """The error on images that stand upside down: like those it knows in everything but what they show.

        They are damaged as the others are, or the two errors could not be compared.
        """
        turned = seen = self.images[:TURNED, ::-1]
        if self._image_noise is not None:
            seen = np.asarray(self.model.corruption.apply(turned, self._image_noise[:TURNED]))
        return metrics.mean_squared_error(turned, self.model.decode(self.model.encode(seen)))

    def loss_floor(self) -> float:
        """The loss that a perfect reconstruction would leave: grey pixels keep cross-entropy above zero."""
        if self.model.loss_name != "cross_entropy":
            return 0.0
        pixels = np.clip(self.validation.astype(np.float64), 1e-12, 1 - 1e-12)
        entropies = -pixels * np.log(pixels) - (1 - pixels) * np.log1p(-pixels)
        return metrics.weighted_mean(entropies, self._pixel_weights())

    def display(self, images: np.ndarray) -> np.ndarray:
        """Network values → bytes for the eye, `(n_samples, height, width, channels)`, see `Tiles`."""
        return self.tiles.display(images)

    def _grid(self, reconstructions: np.ndarray) -> Grid:
        few = self._few
        original, reconstruction, pca = self.images[few], reconstructions[few], self.pca_images[few]
        noisy = self.inputs is not self.images
        known = None if self.known_cells is None else self.known_cells[few]
        rows = {"original": self.tiles.display(original, known)}
        if noisy:
            damaged = self.model.without_gaps(self.inputs[few], self.tiles.hatch())
            rows["corrupted"] = self.tiles.display(damaged, known)
        rows["reconstruction"] = self.display(reconstruction)
        rows["pca"] = self.display(pca)
        difference = np.abs(rows["original"].astype(np.float32) - rows["reconstruction"]).mean(axis=-1) / 255
        if not self.data.spec.is_image:
            seen = where_known(reconstruction, known, original)
            difference = self.tiles.differences(original, seen, difference.shape)

        def errors(images: np.ndarray) -> list[float]:
            return metrics.mean_squared_errors(original, images, known).tolist()

        _, height, width = difference.shape
        shown = np.concatenate(list(rows.values()))
        return Grid(
            png=sheet_with_errors(shown, difference, len(original), GAP, FEW_GREYS, FEW_ERRORS),
            columns=len(original),
            rows=[*rows, "error"],
            tile=(height, width),
            gap=GAP,
            errors=errors(reconstruction),
            pca_errors=errors(pca),
            corrupted_errors=errors(self.known[few]) if noisy else None,
            values=None if self._values is None else self._values.of(reconstructions),
        )


def where_known(values: np.ndarray, known: np.ndarray | None, otherwise: np.ndarray | float) -> np.ndarray:
    """The values where they are known, and something else where they are not; as they are where all are known.

    Args:
        values: ndarray of any shape.
        known: bool of the same shape, or None.
        otherwise: What broadcasts to it.
    """
    return values if known is None else np.where(known, values, otherwise).astype(values.dtype, copy=False)


def _check_size(name: str, values: np.ndarray) -> None:
    low, high = float(values.min()), float(values.max())
    if not (low >= -LARGEST and high <= LARGEST):  # nor if one of them is not a number
        raise DivergedError(f"The numbers of a {name} go from {low} to {high}.")


def most_points(points: int, size: int) -> int:
    """Held-out examples that are looked at, where `points` are wanted and each has `size` numbers."""
    return min(points, max(2 * GRID_COLUMNS, LARGEST_TABLE // size))


def measured(points: int) -> int:
    """Of so many held-out images those that are reconstructed, so that a snapshot stays cheap."""
    return round(points * MEASURED_SHARE)


def flat_map(codes: np.ndarray) -> np.ndarray:
    """Codes `(n_samples, ...)` → places on a plane `(n_samples, 2)`: themselves, or their first two components."""
    rows = codes.reshape(len(codes), -1).astype(np.float64)
    if rows.shape[1] == 1:
        return np.hstack([rows, np.zeros_like(rows)])
    if rows.shape[1] == 2:
        return rows
    centred = rows - rows.mean(axis=0)
    if rows.shape[1] <= 256:
        vectors = np.linalg.eigh(centred.T @ centred)[1]
        return centred @ vectors[:, :-3:-1]
    from sklearn.utils.extmath import randomized_svd

    left, scales, _ = randomized_svd(centred, 2, random_state=0)
    return left * scales


def _follow(new: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Turns or mirrors a map so that it lies as close as possible to the last one (orthogonal Procrustes problem)."""
    left, _, right = np.linalg.svd((new - new.mean(axis=0)).T @ (last - last.mean(axis=0)))
    return new @ (left @ right)


def _one_of_each(labels: np.ndarray, count: int) -> np.ndarray:
    """Places of the first image of each class in turn, filled up with the first others: at most `count`."""
    firsts = np.unique(labels, return_index=True)[1][:count]
    others = np.setdiff1d(np.arange(min(len(labels), 2 * count)), firsts)
    return np.concatenate([firsts, others])[:count]
