"""Registers: show any record, write one by a form, and what was written before."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile, template
from mlpm_core.records import Project, columns, record_of
from mlpm_core.services.imports import import_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlpm_core.records import Receipt
    from mlpm_core.services.workspace import Workspace

__all__ = ["history", "projects", "records", "save", "template_csv"]


def projects(workspace: Workspace, actor: str) -> list[dict[str, Any]]:
    """Every project that is not archived, by title."""
    del actor  # everyone may read until roles come
    with workspace.store.reader() as reader:
        return [row for row in reader.rows("projects") if not row["archived"]]


def records(
    workspace: Workspace, actor: str, project: str, kind: str, *, last: int | None = None
) -> list[dict[str, Any]]:
    """What holds now for one kind of record in a project; ``last`` keeps the newest rows only.

    Raises
    ------
    NotFoundError
        When the kind is unknown.
    """
    del actor
    with workspace.store.reader() as reader:
        return reader.current(record_of(kind), project, last=last)


def history(workspace: Workspace, actor: str, project: str, kind: str) -> list[dict[str, Any]]:
    """Every version of a kind's records with who wrote it, when and in which batch."""
    del actor
    with workspace.store.reader() as reader:
        return reader.history(record_of(kind), project)


def template_csv(kind: str) -> str:
    """A CSV to fill in: the header and one example row that imports without a fault."""
    return template(record_of(kind))


def save(
    workspace: Workspace,
    actor: str,
    project: str,
    kind: str,
    rows: Iterable[Mapping[str, object]],
) -> Receipt:
    """Write records as a form gives them: new ones are added, known ones replaced.

    Goes the way of every import, as a small file, so that an edit too has a receipt and an undo.

    Raises
    ------
    InputError
        When there is nothing to write.
    """
    record = record_of(kind)
    names = [c.name for c in columns(record)]
    text = io.StringIO()
    out = csv.DictWriter(text, names, extrasaction="raise", lineterminator="\n")
    out.writeheader()
    n_rows = 0
    for row in rows:
        out.writerow({k: _written(v) for k, v in ({"project": project} | dict(row)).items()})
        n_rows += 1
    if not n_rows:
        raise InputError("There is nothing to save: change or fill in a row first.")
    return import_file(
        workspace,
        actor,
        project,
        kind,
        f"{Project.kind if record is Project else kind}.csv",
        text.getvalue().encode(),
        profile=Profile(restatement="confirm", look_alike="new"),
        channel="form",
    )


def _written(value: object) -> str:
    """A value as the intake reads it back."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case float():
            return repr(value)
        case _:
            return str(value)
