"""Uploads of pictures: what becomes of them, and how bombs and broken ones are refused."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from ae_core import data
from ae_core.data import pictures
from ae_core.settings import Settings
from tests.hostile import picture, refused, zipped

pytestmark = pytest.mark.usefixtures("alone")


def test_pictures_in_folders_become_classes(alone):
    members = {
        f"set/{name}/{number}.png": picture(colour)
        for number in range(15)
        for name, colour in (("cat", "red"), ("dog", "blue"), ("10", "lime"), ("9", "white"))
    }
    members |= {"__MACOSX/set/cat/._0.png": b"junk", "set/.hidden.png": b"junk", "set/notes.txt": b"hello"}
    members |= {"../../evil.png": picture("red"), "/tmp/evil.png": picture("red")}
    info = data.store_upload("pets.zip", zipped(members))
    assert info.class_names == ("9", "10", "cat", "dog", "tmp")
    dataset = data.load(info.name)
    assert dataset.x_train.shape[1:] == (28, 28, 3) and info.train_count + info.test_count == 61
    colours = {"cat": (255, 0, 0), "dog": (0, 0, 255), "10": (0, 255, 0), "9": (255, 255, 255)}
    for name, colour in colours.items():
        mine = dataset.x_train[dataset.y_train == info.class_names.index(name)]
        assert 11 <= len(mine) <= 13 and (mine == colour).all()
    kept = [path.relative_to(alone) for path in alone.rglob("*") if path.is_file()]
    assert [path.parts[0] for path in kept] == ["AE_RUNS_DIR"] and kept[0].name == f"{info.name}.npz"


@pytest.mark.parametrize(("side", "expected"), [(8, 28), (28, 28), (32, 32), (48, 32), (64, 64), (300, 64)])
def test_the_size_follows_the_pictures(side, expected):
    members = {f"{number}.jpg": picture(number * 10, (side, side), "JPEG", "L") for number in range(20)}
    info = data.store_upload("a.zip", zipped(members))
    assert info.spec.shape == (expected, expected, 1)
    assert info.class_names == ()


def decoded(*payloads):
    members = {f"{number:02}.png": payloads[number % len(payloads)] for number in range(20)}
    images = pictures.read(zipfile.ZipFile(io.BytesIO(zipped(members))), "a.zip").images
    return images[: len(payloads)]


def test_kinds_of_pictures():
    grey16 = io.BytesIO()
    Image.fromarray(np.full((20, 20), 32896, np.uint16)).save(grey16, "PNG")
    images = decoded(
        grey16.getvalue(),
        picture((0, 0, 0, 0), mode="RGBA"),
        picture(128, mode="L"),
        picture(1, mode="1"),
        picture((10, 10, 10), kind="WEBP", lossless=True),
        picture((77, 77, 77), kind="BMP"),
        picture(3, kind="GIF", mode="L"),
    )
    assert images.shape == (7, 28, 28, 1)  # grey, although some were saved in colour
    assert [int(image.min()) for image in images] == [128, 255, 128, 255, 10, 77, 3]
    assert [int(image.max()) for image in images] == [128, 255, 128, 255, 10, 77, 3]
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: shown, the left column becomes the top row
    half = np.zeros((28, 28), np.uint8)
    half[:, :14] = 255
    Image.fromarray(half).save(turned, "JPEG", exif=exif.tobytes(), quality=100)
    upper = decoded(turned.getvalue())[0, :, :, 0]
    assert upper[:10].min() > 200 and upper[18:].max() < 55


def test_an_oblong_picture_is_shown_whole():
    wide = np.full((10, 28), 200, np.uint8)
    wide[:, 20:] = 50
    stream = io.BytesIO()
    Image.fromarray(wide).save(stream, "PNG")
    image = decoded(stream.getvalue())[0, :, :, 0]
    np.testing.assert_array_equal(image[9:19], wide)
    assert (image[:9] == 200).all() and (image[19:] == 200).all()


def png_of(width, height):
    """A PNG whose header claims a size that its few bytes do not hold."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(5000, 5000), (12000, 12000), (100000, 100000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_bomb_is_refused_by_its_header(size):
    members = {f"{number}.png": picture("red") for number in range(20)} | {"bomb.png": png_of(*size)}
    message = refused("a.zip", zipped(members), "at most 17 million pixels|whole PNG")
    assert "bomb.png" in message
    assert refused("a.zip", zipped(members | {"bomb.png": webp_of(16384, 16384)}), "17 million pixels")


def webp_of(width, height):
    body = (
        b"WEBPVP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_too_many_pixels_together_are_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_TOTAL_PIXELS", 10_000)
    refused(
        "a.zip", zipped({f"{number}.png": picture("red", (40, 40)) for number in range(20)}), "million pixels in all"
    )


def test_broken_and_few_pictures_are_refused_by_name():
    good = {f"{number}.png": picture("red") for number in range(20)}
    for bad in (b"", b"hello", picture("red", (200, 200))[:60], b"GIF89a" + bytes(20), png_of(50, 50), b"%!PS-Adobe"):
        assert "broken.png" in refused("a.zip", zipped(good | {"folder/broken.png": bad}), "whole PNG")
    refused("a.zip", zipped({f"{number}.png": picture("red") for number in range(19)}), "at least 20 pictures. .* 19")
    nested = {f"{number}/a.png": picture("red") for number in range(257)}
    refused("a.zip", zipped(nested), "at most 256 folders")
    refused("a.zip", zipped(good | {"large.bmp": bytes(pictures.MAX_PICTURE_BYTES + 1)}), "at most 20 MB")


def test_a_message_shows_foreign_names_harmlessly():
    good = {f"{number}.png": picture("red") for number in range(20)}
    message = refused("x\x1b[31m\n<b>.zip", zipped(good | {"\n\x07" + "y" * 500 + ".png": b"?"}), "whole PNG")
    assert message.isprintable()


def grey16(values, kind="PNG"):
    stream = io.BytesIO()
    Image.fromarray(values.astype(np.uint16)).save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(("most", "high"), [(255, 255), (4095, 4095), (50_000, 65_535)])
def test_pictures_of_16_bits_keep_all_that_they_hold(most, high, alone):
    ramp = np.linspace(0, most, 28 * 28).reshape(28, 28).round()
    members = {
        f"{number}.{kind}": grey16(np.roll(ramp, number), kind) for number in range(10) for kind in ("png", "tiff")
    }
    dataset = data.load(data.store_upload("deep.zip", zipped(members)).name)
    assert dataset.info.values.ends == (0, high)
    assert len(np.unique(dataset.x_train)) == len(np.unique(ramp)), "no level is lost"
    held = {row.tobytes() for row in [*dataset.x_train, *dataset.x_test]}
    assert held == {np.roll(ramp, number).astype(dataset.x_train.dtype).tobytes() for number in range(10)}


def test_pictures_of_decimal_numbers_stay_decimal(alone):
    stream = io.BytesIO()
    shares = np.random.default_rng(0).random((28, 28)).astype(np.float32) * 3
    Image.fromarray(shares).save(stream, "TIFF")
    dataset = data.load(data.store_upload("a.zip", zipped({f"{n}.tif": stream.getvalue() for n in range(20)})).name)
    np.testing.assert_array_equal(dataset.x_train[0, ..., 0], shares)
    assert dataset.info.values.high == shares.max()


def test_what_is_done_with_pictures_is_said(alone):
    deep = np.linspace(0, 4095, 28 * 28).reshape(28, 28)
    members = {f"{number:02}.png": picture(10 * number, mode="L") for number in range(40)}
    members |= {"a.png": grey16(deep), "b.png": picture((255, 255, 255, 0), mode="RGBA"), "c.png": b"?"}
    members |= {"notes.txt": b"hello", "d.svg": b"<svg/>"}
    info = data.store_upload("a.zip", zipped(members))
    assert info.note == (
        "Pictures with sides of 20 to 28 pixels were scaled to 28×28 pixels. "
        "Transparent parts became white. 1 picture has more than 8 bits, and others 8: the former's values 0 to 4095 "
        "became 0 to 255. 1 broken picture was left out: c.png. 2 files are no picture and left out: notes.txt, d.svg."
    )
    assert info.train_count + info.test_count == 42
    dataset = data.load(info.name)
    assert info.note in data.prepare(dataset, Settings()).notes
    brightest = [image for image in [*dataset.x_train, *dataset.x_test] if len(np.unique(image)) > 200]
    assert len(brightest) == 1, "the one of 12 bits has all greys"


@pytest.mark.parametrize(("ink", "ground"), [(255, 0), (0, 255)])
def test_what_is_drawn_on_nothing_can_be_seen(ink, ground):
    drawn = np.zeros((28, 28, 4), np.uint8)
    drawn[..., :3] = ink
    drawn[8:20, 8:20, 3] = 255
    stream = io.BytesIO()
    Image.fromarray(drawn).save(stream, "PNG")
    image = decoded(stream.getvalue())[0]
    assert image[14, 14] == ink and image[2, 2] == ground


def test_folders_for_training_and_testing_are_what_they_say(alone):
    members = {
        f"set/{part}/{name}/{number}.png": picture(colour + number, mode="L")
        for part, count in (("Train", 20), ("test", 4))
        for name, colour in (("cat", 10), ("dog", 100))
        for number in range(count)
    }
    info = data.store_upload("pets.zip", zipped(members))
    assert (info.train_count, info.test_count, info.class_names) == (40, 8, ("cat", "dog"))
    assert "The folders for training and for testing" in info.note
    dataset = data.load(info.name)
    assert {*dataset.x_test[:, 0, 0, 0]} == {*range(10, 14), *range(100, 104)}
    flat = {name.replace("/cat/", "/").replace("/dog/", "/x"): content for name, content in members.items()}
    assert data.store_upload("pets.zip", zipped(flat)).class_names == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_class_folders_are_called_as_on_the_machine_that_packed_them(encoding):
    names = {"utf-8": ["Größe", "école"], "gb2312": ["狗", "猫咪"]}[encoding]
    ascii_names = {name: "q" * len(name.encode(encoding)) + str(place) for place, name in enumerate(names)}
    members = {f"{ascii_names[name]}/{n}.png": picture(n, mode="L") for name in names for n in range(15)}
    payload = zipped(members)
    for name, stand_in in ascii_names.items():  # no archiver of ours writes names without saying how
        payload = payload.replace(f"{stand_in}/".encode(), name.encode(encoding) + f"{stand_in[-1]}/".encode())
    info = data.store_upload("a.zip", payload)
    assert set(info.class_names) == {f"{name}{place}" for place, name in enumerate(names)}


def test_a_few_broken_pictures_are_named_and_left_out(alone):
    good = {f"{number}.png": picture(number, mode="L") for number in range(40)}
    info = data.store_upload("a.zip", zipped(good | {"odd.png": b"hello"}))
    assert info.train_count + info.test_count == 40
    assert info.note == "Pictures of 20×20 pixels were scaled to 28×28 pixels. 1 broken picture was left out: odd.png."
    assert "odd0.png" in refused("a.zip", zipped(good | {f"odd{n}.png": b"hello" for n in range(9)}), "whole PNG", 1)
