"""Which machines a channel may reach: public ones, and those of this network that the installation names."""

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from service.errors import Fault
from service.notices.delivery import UnreachableError

PORTS = {"http": 80, "https": 443}


def faults_of(url: str, allowed: Collection[str]) -> list[Fault]:
    """What is wrong with an address as an admin wrote it; names are looked up only when a message is sent."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").casefold(), parts.port
    except ValueError:
        return [Fault("url", "channel.url", url[:80])]
    if parts.scheme not in PORTS or not host or "{" in parts.netloc or parts.username or parts.fragment:
        return [Fault("url", "channel.url", url[:80])]
    if host in allowed:
        return []
    if parts.scheme != "https":
        return [Fault("url", "channel.plain", host, {"host": host})]
    try:
        inside = not is_public(host)
    except ValueError:
        inside = False
    return [Fault("url", "channel.inside", host, {"host": host})] if inside else []


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; ValueError when the text is no address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None and not inner.is_global:
            return False
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.ip_address(int(found) & 0xFFFFFFFF).is_global
    return found.is_global and not found.is_multicast


def resolve(host: str, port: int, allowed: Collection[str]) -> str:
    """The address to connect to: the connection is made to what was checked, never to a second look-up.

    UnreachableError without any, or when one of them is private and the name is not among the allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as failure:
        raise UnreachableError(f"{host}: {failure}") from failure
    addresses = [str(entry[4][0]) for entry in found]
    if host.casefold() not in allowed:
        private = [address for address in addresses if not is_public(address)]
        if private:
            raise UnreachableError(f"{host} is {private[0]}, no public address: LECTERN_ALLOWED_HOSTS does not name it")
    return addresses[0]
