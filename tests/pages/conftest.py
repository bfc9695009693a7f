"""What the tests of the pages share: one app, as starting one costs as much as many a test."""

import functools
import time
from collections.abc import Iterator

import dask.config
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner

from ae_core.engine import Engine, certificates
from ae_core.engine.requests import Requests
from ae_core.runs import RunStore
from ae_core.runs.record import ENDED
from pages.ui import shared
from tests.browser import App, running_app
from tests.waiting import until

HOST = "what the host of the tests' app knows"


@pytest.fixture(autouse=True, scope="session")
def components_looked_for_once() -> Iterator[None]:
    """Streamlit reads the metadata of all installed packages for each visitor of a test: a third of a second."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session")
def app_with_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, RunStore]]:
    """The real app, started once, and where it keeps its runs."""
    store = RunStore(tmp_path_factory.mktemp("runs of the app"))
    with running_app(AE_RUNS_DIR=str(store.folder), AE_OPERATOR_TOKEN=HOST) as started:
        yield started, store


@pytest.fixture(scope="module")
def app(app_with_store: tuple[App, RunStore]) -> Iterator[App]:
    """The real app; what a file's visitors have left in training ends with the file."""
    started, store = app_with_store
    yield started
    requests = Requests(store.folder)

    def training() -> list[str]:
        return [run.id for run in store.list_runs() if run.state not in ENDED]

    def end_them() -> None:
        for run in training():
            requests.leave(run)
        time.sleep(0.2)

    until(lambda: not training(), end_them)


@pytest.fixture(scope="module")
def joined_engine(warm_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One engine for all tests of a file, as for all visitors, which joins workers that are there."""
    address, security = warm_engine.address, warm_engine.security
    assert address is not None and security is not None
    with pytest.MonkeyPatch.context() as patch, dask.config.set(certificates.configuration(security)):
        patch.delenv("AE_DATA_DIR", raising=False)
        patch.setenv("AE_RUNS_DIR", str(tmp_path_factory.mktemp("runs")))
        patch.setenv("AE_SCHEDULER", address)
        yield
        shared.engine().close()
        st.cache_resource.clear()
