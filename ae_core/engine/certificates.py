"""What a scheduler and its workers know each other by: whoever reaches a Dask scheduler can run code as its user."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed.security import Security

_ROLES = ("scheduler", "worker", "client")


def make() -> "Security":
    """A new certificate and its key, for all processes of one scheduler. They are in memory alone, and last a year."""
    from distributed.security import Security  # half a second, not to be spent on the caller's thread

    return Security.temporary()


def configuration(security: "Security") -> dict[str, str]:
    """The certificate as Dask's configuration names it.

    Args:
        security: The certificate and its key.
    """
    found = {role: security.get_tls_config_for_role(role) for role in _ROLES}
    named = {"distributed.comm.tls.ca-file": found["client"]["ca_file"]}
    for role, given in found.items():
        named |= {f"distributed.comm.tls.{role}.{name}": given[name] for name in ("cert", "key")}
    return named


def environment(security: "Security") -> dict[str, str]:
    """The variables by which Dask's processes are told to speak encrypted, and to nobody without this certificate.

    Nobody but this user can read the environment of a process, while anybody can read its command line.

    Args:
        security: The certificate and its key.
    """
    given = configuration(security) | {"distributed.comm.require-encryption": "True"}
    return {"DASK_" + name.upper().replace(".", "__").replace("-", "_"): text for name, text in given.items()}
