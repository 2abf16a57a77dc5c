"""The only room that knows DuckDB: the file, its schema and migrations, and every query."""

from mlpm_core.store.connection import Store, migrations
from mlpm_core.store.cursor import DamagedError, Reader, Writer
from mlpm_core.store.ledger import Ledger

__all__ = ["DamagedError", "Ledger", "Reader", "Store", "Writer", "migrations"]
