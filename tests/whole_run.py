"""A stored run that has everything a run can have, and its file."""

import io
import zipfile

from ae_core.ownership import fingerprint
from ae_core.runs import zipped as run_zip
from tests.hostile import zipped
from tests.stored import SETTINGS, TOTAL, result, setup, snapshot, state_at


def model_file(**members):
    """A file that looks like Keras's from outside."""
    return zipped(
        {"config.json": b'{"class_name": "Functional"}', "metadata.json": b"{}", "model.weights.h5": run_zip._HDF5}
        | {name.replace("_", ".", 1): content for name, content in members.items()},
        zipfile.ZIP_STORED,
    )


def whole_run(store):
    """A run that has everything a run can have."""
    run = store.create(SETTINGS, fingerprint("token"), title="A title")
    with store.writer(run.id) as writer:
        writer.message(setup(run_id=run.id))
        for step in (0, 10, 20, TOTAL):
            writer.message(snapshot(step, "done" if step == TOTAL else "running", run_id=run.id))
        writer.checkpoint(*state_at(20))
        with writer.model_file() as path:
            path.write_bytes(model_file())
        writer.finish(result(run_id=run.id))
    return run.id


def exported(store, run_id):
    stream = io.BytesIO()
    store.export_zip(run_id, stream)
    return stream.getvalue()


def members_of(payload):
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bring(store, source, owner=None):
    """Imports a run whose model is taken as it is: what is made of it is tested in `tests/training`."""
    return store.import_zip(source, owner, renew=lambda path, settings, spec: None)
