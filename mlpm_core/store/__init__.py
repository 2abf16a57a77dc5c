"""The only room that knows DuckDB: the file, its schema and migrations, and every query."""

from mlpm_core.store.connection import Store
from mlpm_core.store.content import BatchContent, in_order
from mlpm_core.store.cursor import DamagedError, Reader
from mlpm_core.store.external import Fetched, Wanted, fetched
from mlpm_core.store.figures import Figures, FigureTable
from mlpm_core.store.ledger import Ledger
from mlpm_core.store.lock import FolderLock
from mlpm_core.store.log_groups import groups_of
from mlpm_core.store.moment import MomentReader, rows_of_one
from mlpm_core.store.raw_files import Arrival
from mlpm_core.store.recounting import (
    CountedDays,
    counted_ahead,
    days_of_batch,
    recount,
    recount_all,
    replace_counts,
    wrong_counts,
)
from mlpm_core.store.schema_steps import migrations
from mlpm_core.store.writer import Writer

__all__ = [
    "Arrival",
    "BatchContent",
    "CountedDays",
    "DamagedError",
    "Fetched",
    "FigureTable",
    "Figures",
    "FolderLock",
    "Ledger",
    "MomentReader",
    "Reader",
    "Store",
    "Wanted",
    "Writer",
    "counted_ahead",
    "days_of_batch",
    "fetched",
    "groups_of",
    "in_order",
    "migrations",
    "recount",
    "recount_all",
    "replace_counts",
    "rows_of_one",
    "wrong_counts",
]
