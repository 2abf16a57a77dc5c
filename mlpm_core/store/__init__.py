"""The only room that knows DuckDB: the file, its schema and migrations, and every query."""

from mlpm_core.store.connection import Store, migrations
from mlpm_core.store.content import BatchContent, in_order
from mlpm_core.store.cursor import DamagedError, Reader, Writer
from mlpm_core.store.ledger import Ledger
from mlpm_core.store.lock import FolderLock
from mlpm_core.store.log_counts import recount, recount_all, wrong_counts

__all__ = [
    "BatchContent",
    "DamagedError",
    "FolderLock",
    "Ledger",
    "Reader",
    "Store",
    "Writer",
    "in_order",
    "migrations",
    "recount",
    "recount_all",
    "wrong_counts",
]
