"""The only room that knows DuckDB: the file, its schema and migrations, and every query."""

from mlpm_core.store.connection import DamagedError, Reader, Store, Writer, migrations
from mlpm_core.store.ledger import Ledger

__all__ = ["DamagedError", "Ledger", "Reader", "Store", "Writer", "migrations"]
