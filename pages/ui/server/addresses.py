"""What counts as one address where something is counted by address."""

import ipaddress

import streamlit as st


def one(address: str) -> str:
    """The address as it is counted: of IPv6 the network of 2^64 addresses that a household, or one machine, is given.

    Whoever has such a network could come from another address each time, and nothing would be bounded by address.

    Args:
        address: As uvicorn gives it; a text that is no address counts as it is.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def of_visitor() -> str:
    """That of whoever's page is drawn; empty if it is unknown, or this machine's own."""
    return one(st.context.ip_address or "")
