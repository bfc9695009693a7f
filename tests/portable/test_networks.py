"""Networks of the variants in Node.js and in a browser: what Keras computes."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from ae_core import data, variants
from ae_core.portable import network
from tests.conftest import ROOT
from tests.portable.networks import CASES, Made, answer_of, by_node, check, made, settings_of

MODULES = ROOT / "assets" / "javascript" / "network"
COMPUTE = """async ([address, networks]) => {
  const { Network } = await import(address);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  return networks.map(([content, raw, count]) => {
    const network = new Network(bytes(content));
    const examples = network.scaled(new Float32Array(bytes(raw)));
    const codes = network.encode(examples, count);
    return {
      codes: [...codes],
      reconstructions: [...network.decode(codes, count)],
      spread: [...(network.posterior(examples, count)?.logVariance ?? [])],
      raw: [...network.raw(examples)],
      shapes: network.layers(examples.subarray(0, network.exampleSize)).map((one) => [one.shape, one.values.length]),
    };
  });
}"""


@pytest.fixture(scope="module")
def networks(tmp_path_factory) -> dict[str, Made]:
    return {name: made(case, tmp_path_factory.mktemp("model")) for name, case in CASES.items()}


def test_every_variant_is_looked_at():
    known = {case["variant"] for case in CASES.values()}
    assert known == set(variants.registry()), "a new variant gets a line in tests/portable/networks.py"


@pytest.mark.node
@pytest.mark.slow(seconds=20)
def test_node_computes_what_keras_computes(networks, tmp_path):
    for (name, one), found in zip(networks.items(), by_node([*networks.values()], tmp_path), strict=True):
        check(one, found, name)


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.slow(seconds=10)
def test_a_browser_computes_what_keras_computes(networks, chrome):
    def text(content: bytes) -> str:
        return base64.b64encode(content).decode()

    def serve(route):
        path = MODULES / Path(route.request.url).name
        body = path.read_bytes() if path.suffix == ".js" else b""
        route.fulfill(body=body, content_type="text/javascript" if path.suffix == ".js" else "text/html")

    page = chrome.new_page()
    page.route("http://portable.test/**", serve)
    page.goto("http://portable.test/")
    sent = [[text(one.content), text(one.raw.astype("<f4").tobytes()), len(one.raw)] for one in networks.values()]
    answers = page.evaluate(COMPUTE, ["http://portable.test/network.js", sent])
    page.close()
    for (name, one), found in zip(networks.items(), answers, strict=True):
        check(one, {key: np.asarray(values) for key, values in found.items() if key != "shapes"}, name)
        np.testing.assert_allclose(found["raw"], one.raw.ravel(), rtol=1e-4, atol=1e-3)
        assert all(np.prod(shape) == length for shape, length in found["shapes"]), name


def head(content: bytes) -> dict:
    length = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + length])


@pytest.mark.slow(seconds=1)
def test_the_head_tells_what_a_person_s_picture_needs(tmp_path):
    settings = settings_of(CASES["standardized"])
    answer, model = answer_of(settings, tmp_path)
    raw = data.load("digits").x_test
    tables = data.prepare(data.load("digits"), settings)
    examples = tables.fed(tables.x_test)
    told = head(answer.content)
    numbers = np.frombuffer(answer.content, "<f4", offset=4 + int.from_bytes(answer.content[:4], "little"))

    def array(place):
        return numbers[place["at"] : place["at"] + np.prod(place["shape"], dtype=int)].reshape(place["shape"])

    about = told["examples"]
    assert about["shape"] == [28, 28, 1] and not about["unit_range"] and len(about["class_names"]) == 10
    np.testing.assert_allclose(raw * array(about["scale"]) + array(about["offset"]), examples, atol=1e-5)
    where, codes = told["codes"], model.encode(examples)
    assert where["count"] == len(codes) > 100
    np.testing.assert_allclose(array(where["mean"]), codes.mean(axis=0), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(array(where["covariance"]), np.cov(codes, rowvar=False, bias=True), rtol=1e-3, atol=1e-4)


@pytest.mark.slow
def test_a_network_that_is_too_large_stays_where_it_is(tmp_path, monkeypatch):
    settings = settings_of({"variant": "vanilla"})
    monkeypatch.setattr(network, "MOST_BYTES", 5_000)
    answer, _ = answer_of(settings, tmp_path)
    assert answer.content == b"" and "a browser is sent" in answer.why


@pytest.mark.slow(seconds=20)
@pytest.mark.parametrize("case", ["rows", "series"])
def test_held_out_rows_come_with_the_network_as_it_sees_them(networks, case):
    one = networks[case]
    told = head(one.content)["examples"]
    numbers = np.frombuffer(one.content, "<f4", offset=4 + int.from_bytes(one.content[:4], "little"))

    def array(place):
        return numbers[place["at"] : place["at"] + np.prod(place["shape"], dtype=int)].reshape(place["shape"])

    rows, filling = array(told["rows"]), array(told["filling"])
    assert rows.shape[1:] == filling.shape == one.examples.shape[1:] and len(rows) > 100
    np.testing.assert_allclose(rows[: len(one.examples)], one.examples, atol=1e-6)
    scaled = one.raw * array(told["scale"]) + array(told["offset"])
    np.testing.assert_allclose(scaled, one.examples, atol=1e-3, err_msg="raw values are those of the file")
    assert head(networks["vanilla"].content)["examples"]["rows"] is None, "pictures come by themselves"


@pytest.mark.slow
def test_what_is_unknown_is_no_number_and_says_what_stands_for_it(tmp_path):
    answer, _ = answer_of(settings_of({"variant": "vanilla", "dataset": "ratings"}), tmp_path)
    told = head(answer.content)["examples"]
    numbers = np.frombuffer(answer.content, "<f4", offset=4 + int.from_bytes(answer.content[:4], "little"))
    place, filling = told["rows"], told["filling"]
    rows = numbers[place["at"] : place["at"] + np.prod(place["shape"], dtype=int)].reshape(place["shape"])
    assert np.isnan(rows).mean() == pytest.approx(0.7)
    assert not np.isnan(numbers[filling["at"] : filling["at"] + 50]).any()
