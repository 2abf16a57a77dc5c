"""A store in memory, for tests of the intake."""

from mlpm_core.records import Model, columns, record_of


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
        return {k: self._rows[record, k] for k in keys if (record, k) in self._rows}

    def put(self, record, judgement):
        names = [c.name for c in columns(record)]
        for row in judgement.rows:
            known = dict(zip(names, row, strict=True))
            self._rows[record, tuple(known[k] for k in record.key)] = known
        for model in judgement.new_models:
            self._rows[Model, (judgement.receipt.project, model)] = {}
