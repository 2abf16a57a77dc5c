"""A store in memory and a file judged against it, for tests of the intake."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from mlpm_core.intake import ImportPlan, ImportRequest, Limits, Profile, judge, rejected_csv
from mlpm_core.intake.columns.rows import ARROW
from mlpm_core.records import Model, columns, record_of

NOW = datetime(2026, 6, 30, 12)


def tuples(rows):
    """An Arrow table row by row."""
    return list(zip(*rows.to_pydict().values(), strict=True))


class Shelf:
    """Rows that hold now, by kind and key, and receipts by project, kind and hash."""

    def __init__(self, **names):
        self._names = names
        self._rows = {}

    def names(self, kind):
        record = record_of(kind)
        stored = {str(key[-1]) for r, key in self._rows if r is record}
        return stored | set(self._names.get(kind, ()))

    def matching(self, record, keys):
        found = enumerate(tuples(keys))
        rows = [{"place": i} | self._rows[record, k] for i, k in found if (record, k) in self._rows]
        types = {c.name: ARROW.get(c.kind, pa.string()) for c in columns(record)}
        return pa.Table.from_pylist(rows, pa.schema({"place": pa.int64()} | types))

    def keys_are_unique(self, keys):
        return len(set(tuples(keys))) == keys.num_rows

    def put(self, record, judgement):
        for known in judgement.judgement.rows.to_pylist():
            self._rows[record, tuple(known[k] for k in record.key)] = known
        for model in judgement.new_models:
            self._rows[Model, (judgement.receipt.project, model)] = {}


@dataclass(frozen=True)
class Told:
    """A judgement as tests like to look at it."""

    asked: ImportRequest
    judgement: ImportPlan

    @property
    def receipt(self):
        return self.judgement.receipt

    @property
    def lines(self):
        return self.judgement.lines.tolist()

    @property
    def rows(self):
        return tuples(self.judgement.rows)

    @property
    def new_models(self):
        return self.judgement.new_models

    def rejected_csv(self):
        return rejected_csv(self.asked, self.receipt.rejects)


def told_of(
    data, filename, record, *, now=NOW, project="p", stored=None, profile=None, limits=None,
    accept_good=False,
):  # fmt: skip
    """A file judged against a shelf."""
    asked = ImportRequest(
        data, filename, record.kind, project, now, profile or Profile(), limits or Limits()
    )
    return Told(asked, judge(asked, stored or Shelf(), accept_good=accept_good))
