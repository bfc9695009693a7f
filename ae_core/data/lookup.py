"""A name becomes arrays of stated shape, range and meaning.

Where a name is looked up, first match first: `NAME.npz` in the folder `AE_DATA_DIR`, kept uploads, the built-in data
sets. Files are never trusted: `ae_core.formats.npz` checks each before it decodes anything.
"""

import dataclasses
import functools
import os
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np

from ae_core.data import built_in, download, ranges, uploads
from ae_core.data.columns import Column, Understood
from ae_core.data.dataset import DataInfo, Dataset
from ae_core.data.download import Progress
from ae_core.errors import DataError, printable
from ae_core.folders import data_folder, uploads_folder
from ae_core.formats import npz, npz_headers
from ae_core.formats.archive import megabytes, open_archive
from ae_core.settings import DataSpec

MAX_FILE_BYTES = npz_headers.MAX_RAW_BYTES
NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def catalogue() -> dict[str, DataInfo]:
    """Every data set by name: built in, from `AE_DATA_DIR`, and kept uploads.

    Of an upload it reads headers; it looks through a file of `AE_DATA_DIR` once, as nothing else tells where its values
    lie. A file that is not in order is left out, unless it stands for a built-in data set; `load` says what is wrong.
    """
    infos = dict(built_in.INFOS)
    for path in [*_files_in(uploads_folder(), "upload-*.npz"), *_files_in(data_folder(), "*.npz")]:
        try:
            infos[path.stem] = _info(path)
        except DataError:
            continue  # said by load(), when somebody asks for it
    return infos


def public_names() -> list[str]:
    """Names of the data sets that everybody may know: all but uploads."""
    return [name for name in catalogue() if not name.startswith("upload-")]


def info(name: str) -> DataInfo:
    """What a data set is.

    Args:
        name: A name from `catalogue`.

    Raises:
        DataError: If there is no such data set, or what is wrong with the file that it stands for.
    """
    found = catalogue().get(name)
    if found is None:
        raise faulty_files().get(name) or unknown(name)
    return found


def faulty_files() -> dict[str, DataError]:
    """The files of the data folder that cannot be used, by name, and what is wrong with each."""
    found = {}
    for path in _files_in(data_folder(), "*.npz"):
        try:
            _info(path)
        except DataError as error:
            found[path.stem] = error
    return found


def unknown(name: str) -> DataError:
    """What to say of a data set that is not here."""
    allowed = ", ".join(public_names())
    if name.startswith("upload-"):
        return DataError(
            f"dataset {printable(name)!r} is not kept here any more: upload the file again, or choose one of {allowed}."
        )
    return DataError(f"dataset must be one of {allowed}. Received: {printable(name)!r}.")


def default_name() -> str:
    """The data set to begin with: `mnist` if it lies on this machine in good order, else `digits`."""
    path = _path_of("mnist")
    if path is None:
        return "mnist" if download.available("mnist") else "digits"
    try:
        _info(path)
    except DataError:
        return "digits"
    return "mnist"


def load(name: str, progress: Progress | None = None) -> Dataset:
    """Loads a data set; downloads MNIST and Fashion-MNIST if they are not here yet.

    Args:
        name: A name from `catalogue`.
        progress: Called with a text and a share from 0 to 1, or None while the share is unknown.

    Returns:
        The data set, with its class names.

    Raises:
        DataError: If there is no such data set, or it cannot be had or used.
    """
    path = _path_of(name)
    if path is not None:
        return _load_file(path)
    if name in built_in.GENERATED:
        return built_in.GENERATED[name]()
    if name in download.PUBLISHED:
        arrays = download.fetch(name, progress or (lambda text, share: None))
        return Dataset(
            built_in.INFOS[name],
            arrays["x_train"][..., None],
            arrays["y_train"].astype(np.int64),
            arrays["x_test"][..., None],
            arrays["y_test"].astype(np.int64),
        )
    raise unknown(name)


def bring(place: Path, needed: Collection[str] = ()) -> DataInfo:
    """Keeps a file of this machine as an upload of the host: what a command line is given the path of.

    Args:
        place: A file that could be uploaded.
        needed: See `store_upload`, like what is returned and raised.
    """
    try:
        payload = place.read_bytes() if place.stat().st_size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise _unreadable(place, error) from error
    if not payload:
        raise DataError(f"{_label(place)} must have at most {megabytes(MAX_FILE_BYTES)} and not be empty.")
    return _info(uploads.keep_upload(place.name, payload, None, needed, most=MAX_FILE_BYTES))


def store_upload(filename: str, payload: bytes, owner: str | None = None, needed: Collection[str] = ()) -> DataInfo:
    """Checks, converts and keeps an uploaded file: arrays, a table, MNIST's own files or pictures.

    Args:
        filename: The name it had on the person's machine.
        payload: Its bytes, at most `uploads.MAX_UPLOAD_BYTES`.
        owner: Whose it is, see `uploads.keep_upload`.
        needed: Data sets that must stay, see there.

    Returns:
        What it is, with the name under which `load` finds it.

    Raises:
        DataError: If anything is wrong with it, or it cannot be kept.
    """
    return _info(uploads.keep_upload(filename, payload, owner, needed))


def store_upload_apart(
    filename: str, payload: bytes, owner: str | None = None, needed: Collection[str] = ()
) -> DataInfo:
    """The same, converted in a process of its own, see `uploads.keep_apart`: for whoever serves others meanwhile.

    Args:
        filename: See `store_upload`, like the others and what is returned and raised.
        payload: Likewise.
        owner: Likewise.
        needed: Likewise.
    """
    return _info(uploads.keep_apart(filename, payload, owner, needed))


def _files_in(folder: Path | None, pattern: str) -> list[Path]:
    """Files with usable names in a folder, in order; none if there is no such folder."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.glob(pattern) if NAME_PATTERN.fullmatch(path.stem) and path.is_file())


def called(name: str) -> str:
    """What a person calls a data set: its name, but of an upload the file's own, as long as it is here.

    Args:
        name: Name of the data set.
    """
    path = _path_of(name) if name.startswith("upload-") else None
    try:
        return name if path is None else _info(path).title
    except DataError:
        return name


def kept_file(name: str) -> bytes:
    """The file of an upload, or of a data set that ships: what a script reads.

    Args:
        name: Name of the data set.

    Raises:
        DataError: If there is no such file, or it cannot be read.
    """
    path = _path_of(name)
    if path is None:
        raise unknown(name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _path_of(name: str) -> Path | None:
    """The file that a name stands for, or None. A name is matched before it becomes part of a path."""
    if not NAME_PATTERN.fullmatch(name):
        return None
    folders = [data_folder(), uploads_folder() if name.startswith("upload-") else None]
    paths = [folder / f"{name}.npz" for folder in folders if folder is not None]
    paths += [built_in.SHIPPED[name]] if name in built_in.SHIPPED else []
    return next((path for path in paths if path.is_file()), None)


def _info(path: Path) -> DataInfo:
    """What a file is.

    Raises:
        DataError: If it is not in order.
    """
    try:
        facts = path.stat()
        found = _info_at(path, facts.st_mtime_ns, facts.st_size)
    except OSError as error:
        raise _unreadable(path, error) from error
    if isinstance(found, str):
        raise DataError(found)
    return found


@functools.lru_cache(maxsize=256)
def _info_at(path: Path, modified: int, size: int) -> DataInfo | str:
    """What a file was at that moment, or what was wrong with it; remembered until it changes."""
    try:
        return _look_at(path, size)
    except DataError as error:
        return str(error)


def _look_at(path: Path, size: int) -> DataInfo:
    label, upload = _label(path), path.parent == uploads_folder()
    known = built_in.INFOS.get(path.stem) if path.stem in {*download.PUBLISHED, *built_in.SHIPPED} else None
    with path.open("rb") as stream, open_archive(stream, _checked_size(path, size), label) as archive:
        headers = npz_headers.read_headers(archive, label)
        texts = npz.read_texts(archive, headers, label)
        spec, (train_count, test_count) = npz_headers.spec_of(headers), npz_headers.counts_of(headers)
        kind, rate = headers["x_train"].dtype, npz.read_number("rate", archive, headers, label)
        if known is not None and known.spec == spec and kind == np.uint8:
            return dataclasses.replace(known, train_count=train_count, test_count=test_count)
        if upload and "extent" in headers:  # noted as it was kept
            least, most = npz.read_extent(archive, headers, label)
            unknown = int(npz.read_number("unknown", archive, headers, label))
        else:
            extent = npz.examine(archive, headers, label)
            least, most, unknown = extent.least, extent.most, extent.unknown
    values = ranges.found(least, most, kind, spec.is_image)
    if upload and "extent" not in headers and kind == np.uint8:
        values = ranges.BYTES  # so earlier versions kept whatever lay between 0 and 1, vectors too
    spec = dataclasses.replace(spec, unit_range=values.unit_range)
    if known is not None and known.spec == spec:
        return dataclasses.replace(known, train_count=train_count, test_count=test_count, values=values)
    columns, understood = _columns(texts.columns, label), _understood(texts.summary, label)
    return DataInfo(
        name=path.stem,
        title=texts.title or path.stem,
        spec=spec,
        train_count=train_count,
        test_count=test_count,
        class_names=texts.class_names,
        source="Uploaded by a visitor." if upload else "A file in this machine's data folder.",
        licence="As its owner says.",
        description=_in_words(train_count + test_count, spec, columns, understood),
        note=texts.note,
        values=values,
        columns=columns,
        rate=rate,
        unknown=unknown,
        label=texts.label if any(one.name == texts.label for one in columns) else "",
        understood=understood,
    )


def _in_words(count: int, spec: DataSpec, columns: tuple[Column, ...], understood: tuple[Understood, ...]) -> str:
    """What examples are, with their number and size, such as `100 images of 28×28 pixels.`"""
    if spec.is_image:
        height, width, channels = spec.shape
        if channels == 3:
            return f"{count:,} images of {height}×{width} pixels, in colour."
        return f"{count:,} images of {height}×{width} pixels."
    if spec.is_series:
        moments, channels = spec.shape
        if channels == 1:
            return f"{count:,} series of {moments:,} moments in 1 channel."
        return f"{count:,} series of {moments:,} moments in {channels:,} channels."
    if not columns:
        return f"{count:,} vectors of {spec.size:,} numbers."
    # The columns of the file: one that was left out has none of ours, a category has several.
    held = max(len(understood), len({one.name for one in columns}))
    return f"{count:,} rows of 1 column." if held == 1 else f"{count:,} rows of {held:,} columns."


def _columns(texts: tuple[tuple[str, ...], ...], label: str) -> tuple[Column, ...]:
    names = [row[0] or f"x{place}" for place, row in enumerate(texts, start=1)]
    if len(set(zip(names, (row[2:] for row in texts), strict=True))) < len(names):
        raise DataError(f"{label}: columns must have a name each. Received: one name twice.")
    return tuple(Column(name, *row[1:]) for name, row in zip(names, texts, strict=True))


def _understood(texts: tuple[tuple[str, ...], ...], label: str) -> tuple[Understood, ...]:
    """What became of columns, as `tables.written_summary` writes it."""
    found = []
    try:
        for name, unit, kind, became, least, most, unknown, distinct in texts:
            found.append(Understood(name, unit, kind, became, _end(least), _end(most), int(unknown), int(distinct)))
    except ValueError as error:
        raise DataError(f"{label}: summary must be as this program writes it. Received: another.") from error
    return tuple(found)


def _checked_size(path: Path, size: int) -> int:
    if size > MAX_FILE_BYTES:
        raise DataError(f"{_label(path)} must have at most {megabytes(MAX_FILE_BYTES)}. Received: {megabytes(size)}.")
    return size


def _label(path: Path) -> str:
    return f"The file {printable(path.name)}"


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{_label(path)} must be readable. Received: {error.strerror or type(error).__name__}.")


def _load_file(path: Path) -> Dataset:
    """Loads a file of this layout, from the data folder or from the uploads."""
    info, label = _info(path), _label(path)
    try:
        with path.open("rb") as stream:
            size = _checked_size(path, os.fstat(stream.fileno()).st_size)
            with open_archive(stream, size, label) as archive:
                headers = npz_headers.read_headers(archive, label)
                table = npz.read_table(archive, headers, label, info.class_names)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not info.label:  # else its column names them
        info = dataclasses.replace(info, class_names=table.class_names)
    y_train = np.zeros(len(table.x_train), np.int64) if table.y_train is None else table.y_train
    y_test = np.zeros(len(table.x_test), np.int64) if table.y_test is None else table.y_test
    places = table.places[len(y_train) :] if npz_headers.PLACES in headers else None
    return Dataset(info, table.x_train, y_train, table.x_test, y_test, places_test=places)


def _end(text: str) -> float | None:
    return float(text) if text else None
