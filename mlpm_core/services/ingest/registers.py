"""Registers: show any record, write one by a form, and what was written before."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile, template
from mlpm_core.records import (
    ColumnKind,
    Decision,
    Kpi,
    Model,
    Project,
    columns,
    kept_cell,
    record_of,
)
from mlpm_core.services.ingest.batches import FORM
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recorded_decisions import with_origin
from mlpm_core.services.valuation.kpis import ProxyState, kpi_proxy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mlpm_core.records import Receipt
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader


TYPICAL: Final = "typical"
"""The step that is no record of its own: numbers to be checked."""
_MOMENTS = (ColumnKind.DAY, ColumnKind.MOMENT)
PAGE = 100
"""So many rows of a register are shown at once."""


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One thing a project needs before its models show a value: which record, why, is it there.

    ``kind`` is the kind of that record, or ``TYPICAL``.
    """

    kind: str
    sentence: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which rows of a register: so many from a place on, those with a text in them, in an order.

    ``words`` are stored words that are found too, for what a screen shows in other ones.
    ``order_by`` is a column; empty orders by the key.
    """

    first: int = 0
    n: int = PAGE
    find: str = ""
    words: tuple[str, ...] = ()
    order_by: str = ""
    is_descending: bool = False
    with_archived: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a register from a place on, and how many of that kind there are.

    ``n_found`` hold what was looked for, ``n_all`` counts archived ones too, ``n_shown`` those
    that stand in the register when nothing is looked for.
    """

    rows: tuple[dict[str, Any], ...]
    first: int
    n_found: int
    n_shown: int
    n_all: int
    n_archived: int

    @property
    def n_pages(self) -> int:
        """How many pages the found ones fill; one when nothing was found."""
        return max(-(-self.n_found // PAGE), 1)


def projects(workspace: Workspace, *, archived: bool = False) -> list[Project]:
    """Every project by title; those that are archived only when they are asked for."""
    return [p for p in workspace.store.projects() if archived or not p.archived]


def records(workspace: Workspace, project: str, kind: str) -> list[dict[str, Any]]:
    """What holds now for one kind of record in a project.

    Raises
    ------
    NotFoundError
        When the kind is unknown.
    """
    with workspace.store.reader() as reader:
        return reader.table(record_of(kind), project)


def page(workspace: Workspace, project: str, kind: str, asked: PageRequest) -> Page:
    """One page of what holds now for a kind of record: neither more nor less is read.

    Raises
    ------
    NotFoundError
        When the kind is unknown.
    """
    with workspace.store.reader() as reader:
        rows, counts = reader.page(record_of(kind), project, **asdict(asked))
    n_all, n_archived = counts["all"], counts["archived"]
    n_shown = n_all if asked.with_archived else n_all - n_archived
    return Page(tuple(rows), asked.first, counts["found"], n_shown, n_all, n_archived)


def named(
    workspace: Workspace, project: str, kind: str, parts: Sequence[str]
) -> dict[str, Any] | None:
    """The record under a key, whose parts behind the project are given as text; None without it.

    Raises
    ------
    NotFoundError
        When the kind is unknown.
    """
    record = record_of(kind)
    kinds = {c.name: c.kind for c in columns(record)}
    names = [name for name in record.key if name != "project"]
    if len(parts) != len(names):
        return None
    try:
        key = [_read(part, kinds[name]) for part, name in zip(parts, names, strict=True)]
    except ValueError:  # no moment or no flag, so no key
        return None
    with workspace.store.reader() as reader:
        row = reader.one(record, (project, *key))
    return None if row is None else dict(row)


def _read(part: str, kind: ColumnKind) -> object:
    """A part of a key, written as ``str`` writes it."""
    if kind in _MOMENTS:
        return datetime.fromisoformat(part)
    return ("False", "True").index(part) == 1 if kind is ColumnKind.FLAG else part


def history(
    workspace: Workspace, project: str, kind: str, *, last: int | None = None
) -> list[dict[str, Any]]:
    """Every version of a kind's records with who wrote it, when and in which batch.

    ``last`` keeps the newest versions only, and these come first. Of decisions also how they came
    in: evidence that did not come from us is left out.
    """
    record = record_of(kind)
    with workspace.store.reader() as reader:
        rows = reader.history(record, project, last=last)
    return [with_origin(row) for row in rows] if record is Decision else rows


def steps_of(
    reader: Reader, project: str, cases: Collection[CaseValue], day: date
) -> list[SetupStep]:
    """What a project needs, from the mechanism to the first results, in the order to give it.

    Typical numbers that nobody has checked are a step only while there are any.
    """
    kpis = [
        k
        for k in reader.current(Kpi, project)
        if not k.archived and kpi_proxy(k).state(day) is not ProxyState.EXPIRED
    ]
    models = [m for m in reader.current(Model, project) if not m.archived]
    n_typical = sum(len(case.typical) for case in cases)
    check = SetupStep(
        TYPICAL, "put your own numbers in the place of the typical ones.", is_done=False
    )
    return [
        SetupStep("models", "name its model, as its result files will call it.", bool(models)),
        SetupStep("value_cases", "say by which mechanism its model creates value.", bool(cases)),
        SetupStep(
            "quantities",
            "give its value case the numbers it asks for.",
            bool(cases) and all(case.best is not None for case in cases),
        ),
        SetupStep("kpis", "name the KPI that the stakeholders want to improve.", bool(kpis)),
        *([check] if n_typical else []),
        SetupStep(
            "metric_results",
            "upload the first monitoring results of its model.",
            any(case.current is not None for case in cases),
        ),
    ]


def template_csv(kind: str) -> str:
    """A CSV to fill in: the header and one example row that imports without a fault."""
    return template(record_of(kind))


def save(
    workspace: Workspace,
    project: str,
    kind: str,
    rows: Iterable[Mapping[str, object]],
    *,
    is_new_model: bool = False,
) -> Receipt:
    """Write records as a form gives them: new ones are added, known ones replaced.

    Goes the way of every import, as a small file, so that an edit too has a receipt and an undo.

    Parameters
    ----------
    is_new_model : bool
        Whether a name that is not among the models is meant to be a new one; else it is asked.

    Raises
    ------
    InputError
        When there is nothing to write, or the kind is written in a way of its own.
    """
    if record_of(kind) is Decision:
        raise InputError(
            "A decision is recorded on the Adoption screen, which keeps the options it rests on."
        )
    return write_rows(workspace, project, kind, rows, is_new_model=is_new_model)


def write_rows(
    workspace: Workspace,
    project: str,
    kind: str,
    rows: Iterable[Mapping[str, object]],
    *,
    is_new_model: bool = False,
) -> Receipt:
    """Write records of any kind as the application itself; see `save`.

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
        out.writerow({k: written(v) for k, v in ({"project": project} | dict(row)).items()})
        n_rows += 1
    if not n_rows:
        raise InputError("There is nothing to save: change or fill in a row first.")
    return import_file(
        workspace,
        project,
        kind,
        f"{Project.kind if record is Project else kind}.csv",
        text.getvalue().encode(),
        profile=Profile(restatement="confirm")
        if record is not Model and not is_new_model
        else Profile(restatement="confirm", look_alike="new", new_model="new"),
        channel=FORM,
    )


def written(value: object) -> str:
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
            return kept_cell(str(value))
