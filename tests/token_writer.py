"""A process that makes and revokes tokens, several at once; it imports nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

from mlpm_core.services.admin.tokens import Tokens

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Barrier

THREADS, ROUNDS = 3, 4
TODAY = date(2026, 6, 30)


def begin_together(barrier: Barrier) -> None:
    """Wait until every process is here."""
    barrier.wait()


def make_and_revoke(data: Path, writer: int) -> tuple[list[str], list[str]]:
    """Make tokens and revoke every second one: the secrets that open, and those that do not."""
    kept, revoked = [], []

    def work(thread: int) -> None:
        tokens = Tokens(data)
        for n in range(ROUNDS):
            name = f"t-{writer}-{thread}-{n}"
            secret = tokens.make(name, ["shop"], ["read"], actor="ada", today=TODAY)
            assert Tokens(data).find(secret) is not None
            if n % 2:
                tokens.revoke(name)
                assert tokens.find(secret) is None
                assert Tokens(data).find(secret) is None
                revoked.append(secret)
            else:
                kept.append(secret)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    return kept, revoked
