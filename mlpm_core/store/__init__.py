"""The only room that knows DuckDB: the file, its schema and migrations, and every query."""

from mlpm_core.store.connection import Reader, Store, Writer
from mlpm_core.store.ledger import Ledger

__all__ = ["Ledger", "Reader", "Store", "Writer"]
