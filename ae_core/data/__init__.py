"""A name becomes arrays of stated shape, range and meaning.

Where a name is looked up, first match first: `NAME.npz` in the folder `AE_DATA_DIR`, kept uploads, the built-in data
sets. Files are never trusted: `ae_core.formats.npz` checks each before it decodes anything.
"""

from ae_core.data.columns import Column
from ae_core.data.dataset import DataInfo, Dataset
from ae_core.data.fitting import Fitted, fit_apart
from ae_core.data.kept_uploads import brought_by, remove_uploads
from ae_core.data.lookup import (
    bring,
    called,
    catalogue,
    default_name,
    faulty_files,
    info,
    kept_file,
    load,
    public_names,
    store_upload,
    store_upload_apart,
)
from ae_core.data.preparation import Prepared, prepare
from ae_core.data.ranges import ValueRange

__all__ = [
    "Column",
    "DataInfo",
    "Dataset",
    "Fitted",
    "Prepared",
    "ValueRange",
    "bring",
    "brought_by",
    "called",
    "catalogue",
    "default_name",
    "faulty_files",
    "fit_apart",
    "info",
    "kept_file",
    "load",
    "prepare",
    "public_names",
    "remove_uploads",
    "store_upload",
    "store_upload_apart",
]
