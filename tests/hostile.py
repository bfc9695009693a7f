"""Makes good and hostile files for the tests of data."""

import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from ae_core import data
from ae_core.errors import DataError
from ae_core.folders import uploads_folder


def packed(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, payload in members.items():
            archive.writestr(name, payload)
    return stream.getvalue()


def picture(colour, size=(20, 20), kind="PNG", mode="RGB", **options):
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, kind, **options)
    return stream.getvalue()


def header(shape="(30, 8, 8)", descr="'|u1'", fortran="False", version=1):
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text


def refused(filename, payload, match, kept=0):
    """The refusal is one sentence; nothing more is kept."""
    with pytest.raises(DataError, match=match) as caught:
        data.store_upload(filename, payload)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 350 and message.endswith(".")
    assert len(list(uploads_folder().glob("*"))) == kept
    return message
