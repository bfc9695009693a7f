"""What a person takes away, and what they leave behind: nothing, if they want that."""

import io
import shutil

import numpy as np
import pytest

from ae_core.ownership import fingerprint
from ae_core.runs import RunStore
from tests import stored
from tests.browser import running_app, until, visitor
from tests.long import rest_is_long

pytestmark = pytest.mark.browser

OWNER = "o" * 43


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def app(store):
    with running_app(AE_RUNS_DIR=str(store.folder)) as started:
        yield started


@pytest.mark.parametrize("place", rest_is_long(["train", "compare"], lambda place: place == "compare"))
def test_an_export_that_cannot_be_made_is_a_sentence_and_no_file(app, chrome, store, place):
    run_id = stored.stored(store, 0, stored.TOTAL, origin="command line")
    with visitor(chrome) as page:
        taken: list[object] = []
        page.on("download", lambda file: taken.append(file))
        if place == "train":
            page.goto(f"{app.url}/?run={run_id}")
        else:
            page.goto(f"{app.url}/compare")
            page.click(f"input[data-id='{run_id}']")
        page.click(f".st-key-{place}_export button")
        button = page.locator(f"[class*='st-key-{place}_curves-csv'] button")
        button.wait_for()
        shutil.rmtree(store.folder / run_id)
        button.click()
        page.wait_for_function("document.querySelector('.stMain').innerText.includes('There is no such')")
        assert page.evaluate("location.pathname") == ("/" if place == "train" else "/compare")
        assert not taken


def test_one_button_deletes_all_that_is_a_person_s(app, chrome, store):
    stored.stored(store, 0, stored.TOTAL, owner=fingerprint("another"))
    others = {run.id for run in store.list_runs()}
    mine = [stored.stored(store, 0, stored.TOTAL, owner=fingerprint(OWNER)) for _ in range(2)]
    with visitor(chrome) as page:
        page.context.add_cookies([{"name": "ae_owner", "value": OWNER, "url": app.url}])
        page.goto(f"{app.url}/?variant=denoising&dataset=digits&latent_dim=2&epochs=500&batch_size=1&pace=slow")
        page.locator("[data-testid=stExpander] summary").last.click()
        file = io.BytesIO()
        np.savez(file, x_train=np.random.default_rng(0).integers(0, 255, (300, 8, 8), np.uint8))
        given = {"name": "mine.npz", "mimeType": "application/zip", "buffer": file.getvalue()}
        page.set_input_files(".st-key-upload input[type=file]", [given])
        uploads = store.folder / "uploads"
        until(page, lambda: list(uploads.glob("upload-*.npz")))
        page.wait_for_function("location.search.includes('dataset=upload-')")
        page.click(".st-key-start button:not([disabled])")
        page.wait_for_function("document.querySelector('.st-key-status')?.innerText.startsWith('Training')")
        page.goto(f"{app.url}/compare")
        page.wait_for_selector(".ae-runs tbody td")
        page.click(".st-key-erase button")
        page.get_by_text("30 days").wait_for()
        page.get_by_text("all your runs (3)").wait_for()
        page.click(".st-key-erase_all button")
        until(page, lambda: {run.id for run in store.list_runs()} == others)
        until(page, lambda: not list(uploads.glob("upload-*")))
        assert not [one for one in mine if (store.folder / one).exists()]
        assert not page.locator("[data-testid=stAlertContentError]").count()
