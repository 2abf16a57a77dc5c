"""Good records against each other and against what is stored; the import plan follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.metric_rules import unknown_metrics
from mlpm_core.intake.columns.names import is_number_like, is_slip, skeleton
from mlpm_core.intake.columns.period_words import day_in_words
from mlpm_core.intake.columns.rows import Flags, Rows, distinct, flags
from mlpm_core.intake.import_plan import ImportPlan, status_of
from mlpm_core.intake.messages import Refusal, question, shown, warned
from mlpm_core.records import KINDS, MetricResult, Model, Prediction, columns, names_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mlpm_core.intake.columns.readings import Faults
    from mlpm_core.intake.files.table import Codes
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.intake.profile import Profile
    from mlpm_core.intake.request import StoredRecords
    from mlpm_core.records import Column, Question, Record, Warned

_MOST_SHOWN, _FEW = 20, 5
_MOST_COMPARED = 2000
_MEETS_MODELS_FIRST = (MetricResult, Prediction)


def compared(
    file: ParsedFile, stored: StoredRecords, profile: Profile, *, accept_good: bool
) -> ImportPlan:
    """The import plan of a file whose records have been read, and which stays as it is.

    Raises
    ------
    Refusal
        With questions about names that look alike and values that change.
    """
    file = replace(file, faults=file.faults.copy())
    record, faults = file.record, file.faults
    names = [c.name for c in columns(record)]
    questions: list[Question] = []
    known_models: Collection[str] = ()
    rows = _with_known_references(file, stored)
    registers_models = any(
        c.name == "model_id" and c.required and not c.refers_to for c in columns(record)
    )
    if registers_models:
        known_models = set(stored.names(Model.kind))
        rows, questions = _models_told_apart(rows, known_models, profile)
    if registers_models and record is not Model:
        rows, more = _new_models_agreed(rows, record, known_models, profile)
        questions += more
    has_rows = np.zeros(len(faults.is_bad), dtype=bool)
    rows, is_repeat_row = _without_conflicts(rows, record, names, file, stored)
    has_rows[rows.of] = True
    first = rows.taken(~is_repeat_row)
    is_changed, is_same, changes = _against_stored(first, record, names, stored)
    if changes and profile.restatement is None and not record.is_immutable:
        questions.append(_restatement(int(is_changed.sum()), changes))
    if questions:
        raise Refusal(questions=questions)

    n_records = len(faults.is_bad)
    is_kept = np.zeros(n_records, dtype=bool)
    is_kept[first.of[~is_same]] = True
    is_left = file.set_aside
    is_kept |= ~faults.is_bad & ~has_rows & ~is_left  # a wide row without any metric
    is_identical = np.zeros(n_records, dtype=bool)
    is_identical[first.of[is_same]] = True
    is_identical &= ~is_kept
    is_repeat = ~faults.is_bad & ~is_kept & ~is_identical & ~is_left
    changed = np.zeros(n_records, dtype=bool)
    changed[first.of[is_changed]] = True

    kept, same = first.taken(~is_same), first.taken(is_same)
    new_models: list[str] = []
    if registers_models and record is not Model:
        used = kept.fields["model_id"].unique().to_pylist()
        new_models = [m for m in used if m not in known_models]
    accepted, rejected = int(is_kept.sum()), int(faults.is_bad.sum()) + file.n_damaged
    receipt = file.receipt.model_copy(
        update={
            "status": status_of(accepted, rejected, accept_good=accept_good),
            "accepted": accepted,
            "rejected": rejected,
            "ignored": file.receipt.ignored
            + int(is_repeat.sum() + is_identical.sum() + (is_left & ~faults.is_bad).sum()),
            "new": int((is_kept & ~changed).sum()),
            "changed": int((is_kept & changed).sum()),
            "identical": int(is_identical.sum()),
            "rejects": sorted(faults.rejects, key=lambda r: (r.row is not None, r.row or 0)),
            "warnings": file.warned(
                *_row_warnings(file, kept, new_models, is_repeat, is_identical)
            ),
        }
    )
    return ImportPlan(
        receipt=receipt,
        lines=_lines(faults, kept.of),
        rows=kept.table(names),
        same_lines=_lines(faults, same.of),
        same_rows=same.table(names),
        new_models=new_models,
        changed_lines=_lines(faults, np.flatnonzero(changed)),
        registers_models=bool(new_models),
        parts=file.parts,
    )


def _with_known_references(file: ParsedFile, stored: StoredRecords) -> Rows:
    """The rows that name only what is there; the others are rejected."""
    rows = file.rows
    for column in columns(file.record):
        if column.refers_to is None:
            continue
        existing = set(stored.names(column.refers_to))
        codes, cells = distinct(rows.fields[column.name])
        values = [_unknown_name(column, cell, existing) for cell in cells]
        is_unknown = flags(bool(v) for v in values)
        if not is_unknown.any():
            continue
        plural = KINDS[column.refers_to].plural
        plural = plural if plural[:2].isupper() else plural.lower()
        near = _near(np.flatnonzero(is_unknown).tolist(), values, existing)
        has = f" ({', '.join(map(shown, sorted(existing)))})" if len(existing) <= _FEW else ""
        for i in np.flatnonzero(is_unknown[codes]).tolist():
            file.faults.add(
                int(rows.of[i]),
                file.labels[column.name],
                "unknown-reference",
                values[int(codes[i])],
                plural=plural,
                near=near.get(int(codes[i]), has if existing else ""),
            )
    return rows.taken(~file.faults.is_bad[rows.of])


def _unknown_name(column: Column, cell: str | None, existing: Collection[str]) -> str:
    """The first name in a cell that is not there; empty where all are."""
    names = names_in(cell or "") if column.several else (cell or "",)
    return next((name for name in names if name and name not in existing), "")


def _near(places: list[int], values: Sequence[str], existing: Collection[str]) -> dict[int, str]:
    """What the first of some unknown names may have meant, by their places among the values."""
    some = sorted(existing)[:_MOST_COMPARED]
    near = {i: get_close_matches(values[i], some, n=1, cutoff=0.6) for i in places[:_MOST_SHOWN]}
    return {i: f" (did you mean {shown(names[0])}?)" for i, names in near.items() if names}


def _models_told_apart(
    rows: Rows, existing: Collection[str], profile: Profile
) -> tuple[Rows, list[Question]]:
    """The rows once new names that look like stored ones are settled."""
    looks = {skeleton(name): name for name in existing}
    if not looks:
        return rows, []
    used = rows.fields["model_id"].unique().to_pylist()
    alike = {
        name: looks[skeleton(name)]
        for name in used
        if name not in existing and skeleton(name) in looks
    }
    if not alike or profile.look_alike == "new":
        return rows, []
    if profile.look_alike == "stored":
        return _renamed(rows, alike), []
    name, other = next(iter(alike.items()))
    return rows, [
        question(
            "look-alike",
            "look_alike",
            ["new", "stored"],
            name=name,
            other=other,
            preview=[f"{shown(n)}: {shown(o)}" for n, o in list(alike.items())[:20]],
        )
    ]


def _new_models_agreed(
    rows: Rows, record: type[Record], registered: Collection[str], profile: Profile
) -> tuple[Rows, list[Question]]:
    """The rows once it is settled whether names that are not stored are new models or slips.

    Results and predictions are where a model is met first: there only a name that differs from a
    stored one by a slip is asked about. A project without models has nothing to mistake.
    """
    looks = set(map(skeleton, registered))
    names = rows.fields["model_id"].unique().to_pylist()
    unregistered = [n for n in names if n not in registered and skeleton(n) not in looks]
    nearest = {name: _nearest(name, registered) for name in unregistered}
    if record in _MEETS_MODELS_FIRST:
        nearest = {n: near for n, near in nearest.items() if near is not None and is_slip(n, near)}
    if not nearest or not registered or profile.new_model == "new":
        return rows, []
    meant = {name: near for name, near in nearest.items() if near is not None}
    if profile.new_model == "stored" and len(meant) == len(nearest):
        return _renamed(rows, meant), []
    shown_names = [
        shown(name) + (f" (did you mean {shown(near)}?)" if near is not None else "")
        for name, near in list(nearest.items())[:_MOST_SHOWN]
    ]
    choices = ["new", "stored"] if len(meant) == len(nearest) else ["new"]
    return rows, [question("new-model", "new_model", choices, names=", ".join(shown_names))]


def _nearest(name: str, registered: Collection[str]) -> str | None:
    """The stored name that somebody probably meant."""
    slips = sorted(k for k in registered if is_slip(name, k))
    return next(iter([*slips, *get_close_matches(name, sorted(registered), n=1, cutoff=0.6)]), None)


def _renamed(rows: Rows, meant: Mapping[str, str]) -> Rows:
    """The rows with stored names of models in the place of others."""
    codes, values = distinct(rows.fields["model_id"])
    settled = pa.array([meant.get(v, v) for v in values], pa.string()).take(pa.array(codes))
    return Rows(rows.of, rows.fields | {"model_id": settled})


def _without_conflicts(
    rows: Rows, record: type[Record], names: list[str], file: ParsedFile, stored: StoredRecords
) -> tuple[Rows, Flags]:
    """The rows whose key no other row gives different content, and which repeat an earlier one."""
    ascends = any(_ascends(rows.fields[name]) for name in record.key)
    if ascends or stored.keys_are_unique(_shortened(rows, record.key)):
        return rows, np.zeros(len(rows.of), dtype=bool)
    key = rows.numbered(record.key)
    content = rows.numbered(names)
    order = np.lexsort((content, key))
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    differs = np.diff(content[order], prepend=content[order[:1]]) != 0
    differs[starts] = False
    is_torn = np.add.reduceat(differs.astype(np.int64), starts) > 0
    ends = np.append(starts[1:], len(key))
    for start, end in zip(starts[is_torn].tolist(), ends[is_torn].tolist(), strict=True):
        members = np.sort(order[start:end])
        records = np.unique(rows.of[members]).tolist()
        line_list = ", ".join(map(file.row_in_words, records[:10]))
        line_list += f" and {len(records) - 10} more" if len(records) > 10 else ""
        written = _rewritten_id(rows, int(members[0]))
        code, said = ("conflict-of-ids", {"id": written}) if written else ("conflict", {})
        for i in records:
            file.faults.add(i, None, code, None, rows=line_list, **said)
    is_good = ~file.faults.is_bad[rows.of]
    return rows.taken(is_good), _repeats(content[is_good])


def _ascends(texts: pa.Array) -> bool:
    """Whether every text is longer than the one before it or as long and later, as counted ids are.

    Examples
    --------
    >>> _ascends(pa.array(["p8", "p9", "p10"])), _ascends(pa.array(["a", "b", "b"]))
    (True, False)
    """
    if not pa.types.is_string(texts.type) or texts.null_count or not len(texts):
        return False
    before, after = texts.slice(0, len(texts) - 1), texts.slice(1)
    sizes = pc.binary_length(texts)
    size_before, size_after = sizes.slice(0, len(texts) - 1), sizes.slice(1)
    is_later = pc.and_(pc.equal(size_before, size_after), pc.less(before, after))
    return bool(pc.all(pc.or_(pc.less(size_before, size_after), is_later), min_count=0).as_py())


def _lines(faults: Faults, records: Codes) -> Codes:
    """The lines of some records, from 1."""
    lines: Codes = faults.lines[records]
    lines += 1
    return lines


def _rewritten_id(rows: Rows, i: int) -> str | None:
    """The id of a row that looks like a number which a spreadsheet rewrote; None without one."""
    ids = (rows.fields[name][i].as_py() for name in rows.fields if name.endswith("_id"))
    return next((str(written) for written in ids if written and is_number_like(written)), None)


def _shortened(rows: Rows, key: Sequence[str]) -> pa.Table:
    """Keys that differ where these do; fields of few values are put as one number."""
    has_many = {name: v for name in key if pa.types.is_string((v := rows.fields[name]).type)}
    number = rows.numbered(name for name in key if name not in has_many)
    return pa.table({"others": number} | has_many)


def _repeats(content: Codes) -> Flags:
    """Which rows have the content of an earlier one."""
    repeats = np.ones(len(content), dtype=bool)
    repeats[np.unique(content, return_index=True)[1]] = False
    return repeats


def _against_stored(
    rows: Rows, record: type[Record], names: list[str], stored: StoredRecords
) -> tuple[Flags, Flags, list[str]]:
    """Which rows change, and which repeat, a stored row; and the first changes in words."""
    is_changed, is_same = np.zeros((2, len(rows.of)), dtype=bool)
    if not len(rows.of):
        return is_changed, is_same, []
    was = stored.matching(record, rows.table(record.key))
    now = rows.table(names).take(was.column("place"))
    differs = {n: _differ(was.column(n), now.column(n)) for n in names if n not in record.key}
    differs_at_all = np.logical_or.reduce([np.zeros(was.num_rows, dtype=bool), *differs.values()])
    places = was.column("place").to_numpy()
    is_changed[places[differs_at_all]] = True
    is_same[places[~differs_at_all]] = True
    changes = []
    labels = {c.name: c.label for c in columns(record)}
    for i in np.flatnonzero(differs_at_all)[:_MOST_SHOWN].tolist():
        different = [n for n, differ in differs.items() if differ[i]]
        name = "value" if "value" in different else different[0]
        before, after = (_value_text(t.column(name)[i].as_py()) for t in (was, now))
        what = f"{before} to {after}" if name == "value" else f"{labels[name]}, {before} to {after}"
        changes.append(f"{_row_text(now, i, record)}: {what}")
    return is_changed, is_same, changes


def _row_text(rows: pa.Table, i: int, record: type[Record]) -> str:
    """What tells a row from the others, as people say it."""
    key = [c for c in columns(record) if c.name in record.key and c.name != "project"]
    said = {c: rows.column(c.name)[i].as_py() for c in key}
    return ", ".join(
        _value_text(value)
        for c, value in said.items()
        if c.required or (value and not c.choices and value is not True)
    )


def _differ(was: pa.ChunkedArray, now: pa.ChunkedArray) -> Flags:
    """Where two columns hold different values; nothing equals only nothing."""
    same = pc.fill_null(pc.equal(was, now.cast(was.type)), False)
    both_empty = pc.and_(was.is_null(), now.is_null())
    return np.asarray(pc.invert(pc.or_(same, both_empty)), dtype=bool)


def _value_text(value: object) -> str:
    if value in (None, ""):
        return "empty"
    if isinstance(value, date) and not (isinstance(value, datetime) and value.time() != time(0)):
        return day_in_words(value)
    return shown(value)


def _restatement(n: int, changes: list[str]) -> Question:
    lines = (
        "1 line changes what is stored:"
        if n == 1
        else f"{n:,} lines change what is stored, such as"
    )
    return question(
        "restatement", "restatement", ["confirm"], lines=lines, first=changes[0], preview=changes
    )


def _row_warnings(
    file: ParsedFile, kept: Rows, new_models: list[str], is_repeat: Flags, is_identical: Flags
) -> list[Warned]:
    """The warnings about rows that were not rejected."""
    warnings = []
    is_good = ~file.faults.is_bad
    if new_models:
        warnings.append(warned("new-model", len(kept.of), names=new_models))
    if "metric" in kept.fields:
        unknown = unknown_metrics(kept)
        if unknown:
            warnings.append(warned("unknown-metric", names=unknown))
    if is_repeat.any():
        warnings.append(warned("duplicate-row", int(is_repeat.sum()), n=int(is_repeat.sum())))
    if is_identical.any():
        warnings.append(warned("identical-row", int(is_identical.sum()), n=int(is_identical.sum())))
    n_noted = {note: int(n[is_good].sum()) for note, n in file.notes.items()}
    for note in ("trimmed", "utc-assumed", "hour-twice", "hour-never"):
        if n_noted.get(note):
            warnings.append(warned(note, n_noted[note], n=n_noted[note]))
    if n_noted.get("number-like-id"):
        rows = file.rows.taken(is_good[file.rows.of])
        written = (
            value
            for name, column in rows.fields.items()
            if name.endswith(("_id", "_version"))
            for value in column.unique().to_pylist()
        )
        ids = [value for value in written if value and is_number_like(value)]
        if ids:  # else an answer took them for others
            warnings.append(warned("number-like-id", n_noted["number-like-id"], ids=ids))
    return warnings
