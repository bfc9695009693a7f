"""Opens zip files that nobody vouches for."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO

from ae_core.errors import DataError, printable

MAX_MEMBERS = 20_000
MAX_INDEX_BYTES = 8 * 2**20

# What zipfile, zlib and NumPy raise on broken input.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError, LookupError)


def megabytes(count: float) -> str:
    """A number of bytes in words, such as `50 MB`."""
    return f"{count / 2**20:,.0f} MB"


def open_archive(stream: BinaryIO, size: int, label: str, kind: str = ".npz or .zip") -> zipfile.ZipFile:
    """Opens a zip after checking the size of its index, and checks what the index states.

    Args:
        stream: The file, seekable.
        size: Its length in bytes.
        label: The file's name for messages.
        kind: How the name of such a file may end, for messages.

    Returns:
        The open archive; the caller closes it.

    Raises:
        DataError: If it is no zip, is encrypted, uses a rare compression, or holds too many files.
    """
    # Python makes an object of every entry of the index as it opens a zip, so the index is bounded before that.
    stream.seek(max(0, size - 65_557))
    tail = stream.read(65_557)
    at = len(tail) - 22 if tail[-22:-18] == b"PK\5\6" and tail[-2:] == b"\0\0" else tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < 22:
        raise DataError(f"{label} must be a {kind} file. Received: a file of another kind, or a damaged one.")
    entries, index_bytes = struct.unpack("<HL", tail[at + 10 : at + 16])
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\6\7":  # then a record of longer numbers stands before it
        record = tail[at - 76 : at - 20] if at >= 76 else b""
        lengthy = struct.unpack("<QQ", record[32:48]) if record[:4] == b"PK\6\6" else (MAX_MEMBERS + 1, 0)
        entries, index_bytes = lengthy
    if entries > MAX_MEMBERS or index_bytes > MAX_INDEX_BYTES:
        raise DataError(f"{label} must hold at most {MAX_MEMBERS:,} files. Received: more than that.")
    try:
        archive = zipfile.ZipFile(stream)
        members = archive.infolist()
        if len(members) != entries:  # zipfile takes what it finds: a wrong length in the index hides all that follows
            archive.close()
            raise zipfile.BadZipFile
    except (*ZIP_ERRORS, NotImplementedError) as error:
        raise DataError(f"{label} must be a whole {kind} file. Received: a damaged one.") from error
    problem = ""
    if not all(member.filename for member in members):
        problem = "must give each of its files a name. Received: one without."
    elif any(member.flag_bits & 1 for member in members):
        problem = "must not be encrypted. Received: an archive with a password."
    elif any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        # The other methods hand out unbounded amounts at once, whatever the index states.
        problem = "must be stored or deflated, as usual. Received: a zip with another kind of compression."
    if problem:
        archive.close()
        raise DataError(f"{label} {problem}")
    return archive


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name, also where whoever packed it did not say how its letters are written.

    Without a word on it they are those of the first PCs. Linux and macOS write UTF-8 all the same, and Chinese machines
    GB 2312; what is neither stays as it is.
    """
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    for encoding in ("utf-8", "gb2312"):
        try:
            return member.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return member.filename


def check_members(archive: zipfile.ZipFile, largest: Callable[[str], int], most: int, label: str) -> None:
    """Checks that an archive holds plain files of known names only, each once and none too large.

    Args:
        archive: An archive from `open_archive`.
        largest: Gives for a name the most bytes that it may unpack to, 0 for a name that is not known.
        most: Most bytes that all of them together may unpack to.
        label: The file's name for messages.

    Raises:
        DataError: If there is anything else in it.
    """
    members, seen = archive.infolist(), set()
    for member in members:
        name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
        shown = repr(printable(name))
        if not largest(name) or name in seen or kind not in (0, stat.S_IFREG):
            raise DataError(f"{label} must hold only known files, each once. Received: {shown}.")
        if member.file_size > largest(name):
            raise DataError(f"{label}: {name} must have at most {largest(name):,} bytes. Received: a larger one.")
        seen.add(name)
    total = sum(member.file_size for member in members)
    if total > most:
        raise DataError(f"{label} must unpack to at most {megabytes(most)}. Received: {megabytes(total)}.")
