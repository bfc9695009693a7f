"""Nobody without the certificate reaches a scheduler or a worker: whoever does can run code as their user."""

import asyncio
import http.client
from concurrent.futures import ThreadPoolExecutor

import pytest
from distributed.comm import connect
from distributed.security import Security

from ae_core.engine import Engine, certificates
from tests.conftest import dask_processes
from tests.waiting import until

pytestmark = pytest.mark.workers


def ports(kind: str) -> set[int]:
    """Where the processes of this machine listen."""
    found = [one for process in dask_processes() for one in process.net_connections(kind)]
    return {one.laddr.port for one in found if one.status == "LISTEN"}


def may_join(address: str, security: Security | None) -> bool:
    """Whether something at that address speaks with whoever has this certificate."""

    async def join() -> None:
        given = (security or Security()).get_connection_args("client")
        # Their servers for web pages would wait for the rest of what they take for a request.
        (await asyncio.wait_for(connect(address, timeout=2, **given), timeout=2)).abort()

    try:
        asyncio.run(join())
    except (OSError, TypeError):  # TypeError: it has none at all
        return False
    return True


@pytest.mark.slow(seconds=9)
def test_only_with_its_certificate_a_client_reaches_any_process(warm_engine: Engine) -> None:
    address = str(warm_engine.address)
    assert address.startswith("tls://127.0.0.1:")
    until(lambda: may_join(address, warm_engine.security))  # a busy machine may take more than two seconds
    assert not may_join(address, None), "without one"
    assert not may_join(address, certificates.make()), "with another"
    assert not may_join(address.replace("tls://", "tcp://"), None), "not encrypted"
    everywhere = ports("inet")
    assert len(everywhere) >= 3, "scheduler, nanny and worker"
    other = certificates.make()
    attempts: list[tuple[str, Security | None]] = [(f"tls://127.0.0.1:{port}", other) for port in everywhere]
    attempts += [(f"tcp://127.0.0.1:{port}", None) for port in everywhere]
    with ThreadPoolExecutor(len(attempts)) as threads:  # each waits for an answer that does not come
        assert not any(threads.map(lambda one: may_join(*one), attempts))


@pytest.mark.parametrize(
    "page", ["/info/main/workers.html", "/info/logs.html", "/json/counts.json", "/metrics", "/health"]
)
def test_no_process_tells_anything_to_a_browser(warm_engine: Engine, page: str) -> None:
    for port in ports("inet"):
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", page)
            assert asked.getresponse().status == 404
        except (OSError, http.client.HTTPException):
            continue  # it does not speak with browsers
        finally:
            asked.close()


def test_no_key_is_seen_in_the_list_of_processes(warm_engine: Engine) -> None:
    assert warm_engine.security is not None
    assert "PRIVATE KEY" in str(certificates.configuration(warm_engine.security))
    for process in dask_processes():
        assert "PRIVATE" not in " ".join(process.cmdline())


def test_without_the_certificate_an_engine_says_what_is_missing(warm_engine: Engine) -> None:
    one = Engine(address=warm_engine.address)
    one.start()
    until(lambda: one.status == "failed")
    assert f"{warm_engine.address} asks for a certificate, which Dask's configuration must name" in one.status_text
    one.close()
