"""Addresses of this machine: which ones only it can reach, and where this process listens."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import closing
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final, NamedTuple

from mlpm_core.errors import InputError

_DESCRIPTORS: Final = Path("/dev/fd")  # absent on Windows, where a process cannot look at its own
_INTERNET: Final = (socket.AF_INET, socket.AF_INET6)


class Listener(NamedTuple):
    """An address and port at which a process takes connections."""

    address: str
    port: int


def is_number(address: str) -> bool:
    """Whether an address is written in numbers, as a socket has it; not a name, not a path.

    Examples
    --------
    >>> [is_number(a) for a in ("10.0.0.5", "fe80::1%eth0", "localhost", "/run/mlpm.sock")]
    [True, True, False, False]
    """
    try:
        ip_address(address)
    except ValueError:
        return False
    return True


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address; a name other than localhost counts as no.

    Examples
    --------
    >>> [is_loopback(a) for a in ("127.0.0.1", "localhost", "[::1]", "::ffff:127.0.0.1")]
    [True, True, True, True]
    >>> [is_loopback(a) for a in ("", "0.0.0.0", "::", "0", "127.1", "::ffff:10.0.0.5", "a.org")]
    [False, False, False, False, False, False, False]
    """
    number = _number(address)
    return address.lower() == "localhost" if number is None else number.is_loopback


def beyond_this_machine(what: str) -> str:
    """Why an address is not served, as a sentence that begins with where it was found.

    Examples
    --------
    >>> print(beyond_this_machine("MLPM_ADDRESS is '::'"))
    MLPM_ADDRESS is '::'. MLPM has no sign-in yet and serves this machine only: set MLPM_ADDRESS \
(or server.address) to 127.0.0.1, ::1 or localhost.
    """
    return (
        f"{what}. MLPM has no sign-in yet and serves this machine only: set MLPM_ADDRESS (or "
        "server.address) to 127.0.0.1, ::1 or localhost."
    )


def local_address(text: str, name: str = "The address") -> str:
    """An address of this machine alone, in its usual spelling.

    Raises
    ------
    InputError
        When other machines can reach it, or it is not written out.

    Examples
    --------
    >>> [local_address(a) for a in (" LOCALHOST", "127.0.0.2", "[0:0::1]", "::ffff:127.0.0.1")]
    ['localhost', '127.0.0.2', '::1', '127.0.0.1']
    >>> local_address("0.0.0.0", "MLPM_ADDRESS")
    Traceback (most recent call last):
    ...
    mlpm_core.errors.InputError: MLPM_ADDRESS is '0.0.0.0'. MLPM has no sign-in yet and serves \
this machine only: set MLPM_ADDRESS (or server.address) to 127.0.0.1, ::1 or localhost.
    """
    address = text.strip().lower()
    if not is_loopback(address):
        raise InputError(beyond_this_machine(f"{name} is {text!r}"))
    number = _number(address)
    return address if number is None else str(number)


def listeners() -> list[Listener]:
    """Where this process takes connections over the internet protocols, as far as it can be seen.

    An ASGI server may open its port after the application has started, and another process (a
    proxy, a container's port) can hand connections on: neither is in the list.
    """
    listening = set()
    for entry in list(_DESCRIPTORS.iterdir()) if _DESCRIPTORS.is_dir() else ():
        try:
            descriptor = os.dup(int(entry.name))
        except (OSError, ValueError):  # the one that listed the folder is closed by now
            continue
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            continue
        with closing(socket.socket(fileno=descriptor)) as held:
            is_stream = held.family in _INTERNET and held.type == socket.SOCK_STREAM
            if is_stream and held.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                listening.add(Listener(*held.getsockname()[:2]))
    return sorted(listening)


def port_refusal(address: str, port: int) -> str | None:
    """Why nothing can listen there, as a sentence; None when something can."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with closing(socket.socket(family)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        return (
            f"Nothing can listen at port {port} of {address} ({error.strerror}): stop the program "
            "there, or set MLPM_PORT or MLPM_ADDRESS to another one."
        )
    return None


def _number(address: str) -> IPv4Address | IPv6Address | None:
    """The address as a number, an IPv4 one in IPv6 clothing as what it is; None for a name."""
    bare = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    try:
        number = ip_address(bare)
    except ValueError:
        return None
    if isinstance(number, IPv6Address):
        return None if number.scope_id else number.ipv4_mapped or number
    return number
