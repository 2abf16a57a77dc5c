"""What the intake may ask of the store, and how judged rows get into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.records import KINDS, Model, Project, Record, columns, record_of

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow as pa

    from mlpm_core.intake import Judgement
    from mlpm_core.store import Reader, Writer

__all__ = ["Stored", "append", "register_used"]


class Stored:
    """What the intake may ask about the stored rows of one project."""

    def __init__(self, reader: Reader, project: str) -> None:
        self._reader, self._project = reader, project

    def names(self, kind: str) -> Collection[str]:
        """Every id of a kind."""
        record = record_of(kind)
        return {str(r[record.key[-1]]) for r in self._reader.current(record, self._project)}

    def matching(self, record: type[Record], keys: pa.Table) -> pa.Table:
        """The stored rows that have one of these keys, with the key's ``place`` among them."""
        return self._reader.matching(record, keys)

    def all_differ(self, keys: pa.Table) -> bool:
        """Whether it is certain that no two of these keys are equal; a no need not be."""
        return self._reader.all_differ(keys)


def append(
    writer: Writer, record: type[Record], seq: int, project: str, judgement: Judgement
) -> None:
    """Append judged rows, and what they need that is not there: their project, new models."""
    if record is not Project and not _exists(writer, project):
        writer.append(Project, seq, [_minimal(Project, project, title=project)])
    writer.append(Model, seq, [_minimal(Model, project, model_id=m) for m in judgement.new_models])
    writer.append_table(record, seq, judgement.lines, judgement.rows)
    writer.append_table(record, seq, judgement.same_lines, judgement.same_rows)


def register_used(writer: Writer, seq: int, project: str) -> dict[type[Record], int]:
    """Register again what an undo took away though others still need it: models, the project.

    Returns
    -------
    dict
        How many of each were registered again, without more than their names.
    """
    used = [row["model_id"] for row in writer.rows("unregistered_models", project=project)]
    writer.append(Model, seq, [_minimal(Model, project, model_id=m) for m in used])
    is_lost = not _exists(writer, project) and any(
        writer.holds_any(r, project) for r in KINDS.values() if r is not Project
    )
    if is_lost:
        writer.append(Project, seq, [_minimal(Project, project, title=project)])
    return {Model: len(used), Project: int(is_lost)}


def _exists(reader: Reader, project: str) -> bool:
    return reader.one(Project, (project,)) is not None


def _minimal(record: type[Record], project: str, **known: str) -> dict[str, object]:
    """A row that says no more than what must be said."""
    values = {"project": project} | known
    return {c.name: values.get(c.name, c.default) for c in columns(record)}
