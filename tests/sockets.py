"""Who a tree of processes speaks to: every address it connects or sends to, seen by strace."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path

from mlpm_core.services.session.addresses import is_loopback
from tests.patience import waited_for
from tests.strace import find_strace

_CALLS = "connect,sendto,sendmsg,sendmmsg"
_ADDRESS = re.compile(r'inet_addr\("(?P<v4>[^"]+)"\)|inet_pton\(AF_INET6, "(?P<v6>[^"]+)"')


def watching(log: Path) -> list[str]:
    """What to put before a command so that ``log`` says whom it and its children speak to.

    The command keeps its process number, so that signals reach it and not the watcher.

    Raises
    ------
    RuntimeError
        When strace can neither be found nor installed.
    """
    return [
        find_strace(),
        "-D",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-e",
        f"trace={_CALLS}",
        "-o",
        str(log),
    ]


def spoken_to(log: Path) -> set[str]:
    """Every internet address in a log that `watching` made, once the watcher has ended."""
    waited_for(
        lambda: not any(_is_watcher(one, log) for one in Path("/proc").glob("[0-9]*/cmdline")),
        f"end of the strace that writes {log}",
    )
    addresses = (m["v4"] or m["v6"] for m in _ADDRESS.finditer(log.read_text("utf-8", "replace")))
    return {str(ip_address(address)) for address in addresses}


def foreign(log: Path) -> set[str]:
    """Those of them that are other machines."""
    return {address for address in spoken_to(log) if not is_loopback(address)}


def _is_watcher(cmdline: Path, log: Path) -> bool:
    try:
        words = cmdline.read_bytes().split(b"\0")
    except OSError:  # ended meanwhile
        return False
    return words[0].endswith(b"strace") and str(log).encode() in words
