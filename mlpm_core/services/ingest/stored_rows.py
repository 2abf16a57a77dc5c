"""What the intake may ask of the store, and how judged rows get into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from mlpm_core.records import KINDS, Model, Project, Record, columns, record_of
from mlpm_core.store import BatchContent, in_order

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlpm_core.intake import ImportPlan
    from mlpm_core.store import Reader, Writer


class Stored:
    """What the intake may ask about the stored rows of one project."""

    def __init__(self, reader: Reader, project: str) -> None:
        self._reader, self._project = reader, project

    def names(self, kind: str) -> Collection[str]:
        """Every id of a kind."""
        record = record_of(kind)
        return {str(r[record.key[-1]]) for r in self._reader.table(record, self._project)}

    def matching(self, record: type[Record], keys: pa.Table) -> pa.Table:
        """The stored rows that have one of these keys, with the key's ``place`` among them."""
        return self._reader.matching(record, keys)

    def keys_are_unique(self, keys: pa.Table) -> bool:
        """Whether it is certain that no two of these keys are equal; a no need not be."""
        return self._reader.keys_are_unique(keys)


def lay_down(writer: Writer, record: type[Record], seq: int, judgement: ImportPlan) -> None:
    """Append judged rows; they replace nothing before `complete_rows`."""
    writer.append_table(record, seq, judgement.lines, judgement.rows)
    writer.append_table(record, seq, judgement.same_lines, judgement.same_rows)


def complete_rows(
    writer: Writer,
    record: type[Record],
    seq: int,
    project: str,
    judgement: ImportPlan,
    content: BatchContent,
) -> None:
    """Let judged rows that were laid down replace those before them, and add what they need.

    That is what is not there: their project, new models.

    Parameters
    ----------
    content : BatchContent
        Of the judged rows, see `content_of`; what is registered is added to it.
    """
    if record is not Project and not _exists(writer, project):
        _register(writer, Project, seq, [_minimal(Project, project, title=project)], content)
    models = [_minimal(Model, project, model_id=m) for m in sorted(judgement.new_models)]
    _register(writer, Model, seq, models, content)
    if judgement.replaces_any:
        writer.replace(record, seq)


def content_of(record: type[Record], judgement: ImportPlan) -> BatchContent:
    """The hash of all rows of a judgement; a big one takes its time."""
    content = BatchContent()
    content.add(record, *_all_rows(record, judgement))
    return content


def register_used(
    writer: Writer, seq: int, project: str
) -> tuple[dict[type[Record], int], BatchContent]:
    """Register again what an undo took away though others still need it: models, the project.

    Returns
    -------
    tuple of dict and BatchContent
        How many of each were registered again, without more than their names, and their hash.
    """
    content = BatchContent()
    used = [row["model_id"] for row in writer.rows("unregistered_models", project=project)]
    models = [_minimal(Model, project, model_id=m) for m in used]
    _register(writer, Model, seq, models, content)
    is_lost = not _exists(writer, project) and any(
        writer.holds_any(r, project) for r in KINDS.values() if r is not Project
    )
    if is_lost:
        _register(writer, Project, seq, [_minimal(Project, project, title=project)], content)
    return {Model: len(used), Project: int(is_lost)}, content


def _register(
    writer: Writer,
    record: type[Record],
    seq: int,
    rows: list[dict[str, object]],
    content: BatchContent,
) -> None:
    """Append rows that stand on no line of a file."""
    if rows:
        writer.append(record, seq, rows)
        content.add(record, pa.array([0] * len(rows), pa.int32()), pa.Table.from_pylist(rows))


def _all_rows(record: type[Record], judgement: ImportPlan) -> tuple[pa.Array, pa.Table]:
    """All rows of a judgement and their lines, in the order in which they are hashed."""
    lines, rows = pa.array(judgement.lines), judgement.rows
    if judgement.same_rows.num_rows:
        lines = pa.concat_arrays([lines, pa.array(judgement.same_lines)])
        rows = (
            pa.concat_tables([rows, judgement.same_rows]) if rows.num_rows else judgement.same_rows
        )
    return in_order(record, lines, rows)


def _exists(reader: Reader, project: str) -> bool:
    return reader.one(Project, (project,)) is not None


def _minimal(record: type[Record], project: str, **given: str) -> dict[str, object]:
    """A row that says no more than what must be said."""
    values = {"project": project} | given
    return {c.name: values.get(c.name, c.default) for c in columns(record)}
