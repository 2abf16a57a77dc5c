"""Good records against each other and against what is stored; the judgement follows from it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mlpm_core.intake.faults import Refusal, question, shown, warned
from mlpm_core.intake.judgement import Judgement, Source, status_of
from mlpm_core.intake.names import skeleton
from mlpm_core.intake.results import result_rows, unknown_metrics
from mlpm_core.intake.rows import Flags, Rows, Values, flags
from mlpm_core.records import KINDS, MetricResult, Model, Receipt, columns

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlpm_core.intake.check import Checker, Faults, Reading
    from mlpm_core.intake.judging import Stored
    from mlpm_core.intake.profile import Profile
    from mlpm_core.intake.table import Codes
    from mlpm_core.records import Question, Record, Reject, Warned

__all__ = ["Gathered", "compared"]


class Gathered(NamedTuple):
    """What the earlier stages found."""

    record: type[Record]
    profile: Profile
    checker: Checker
    readings: dict[str, Reading]
    faults: Faults
    structural: list[Reject]
    warnings: list[Warned]
    receipt: Receipt
    source: Source


def compared(found: Gathered, stored: Stored, *, accept_good: bool) -> Judgement:
    """The judgement of a file whose records have been read.

    Raises
    ------
    Refusal
        With questions about names that look alike and values that change.
    """
    record, checker, faults = found.record, found.checker, found.faults
    names = [c.name for c in columns(record)]
    _check_references(found, stored)
    questions: list[Question] = []
    known_models: Collection[str] = ()
    readings = found.readings
    registers_models = "model_id" in names and not any(
        c.name == "model_id" and c.refers_to for c in columns(record)
    )
    if registers_models:
        known_models = set(stored.names(Model.kind))
        readings, questions = _models_told_apart(found, known_models)
    if record is MetricResult:
        rows = result_rows(readings, checker, ~faults.is_bad)
    else:
        good = np.nonzero(~faults.is_bad)[0].astype(np.int64)
        rows = Rows(good, {f: Values.of(r).taken(good) for f, r in readings.items()})

    rows = _without_conflicts(rows, record, names, found)
    repeats = _repeats(rows.numbered(names))
    first = rows.taken(~repeats)
    is_changed, is_same, changes = _against_stored(first, record, names, stored)
    if changes and found.profile.restatement is None:
        questions.append(_restatement(changes))
    if questions:
        raise Refusal(questions=questions)

    n_records = len(faults.is_bad)
    is_kept = np.zeros(n_records, dtype=bool)
    is_kept[first.of[~is_same]] = True
    has_rows = np.zeros(n_records, dtype=bool)
    has_rows[rows.of] = True
    is_kept |= ~faults.is_bad & ~has_rows  # a wide row without any metric
    is_identical = np.zeros(n_records, dtype=bool)
    is_identical[first.of[is_same]] = True
    is_identical &= ~is_kept
    is_repeat = ~faults.is_bad & ~is_kept & ~is_identical
    changed = np.zeros(n_records, dtype=bool)
    changed[first.of[is_changed]] = True

    kept = first.taken(~is_same)
    new_models: list[str] = []
    if registers_models and record is not Model:
        models = kept.fields["model_id"]
        used = (str(models.values[i]) for i in dict.fromkeys(models.ids.tolist()))
        new_models = [m for m in used if m not in known_models]
    warnings = found.warnings + _told(found, kept, new_models, is_repeat, is_identical)
    lines = found.source.table.lines
    accepted, damaged = int(is_kept.sum()), len(found.source.table.damaged)
    rejected = int(faults.is_bad.sum()) + damaged
    receipt = found.receipt.model_copy(
        update={
            "status": status_of(accepted, rejected, accept_good=accept_good),
            "accepted": accepted,
            "rejected": rejected,
            "ignored": int(is_repeat.sum() + is_identical.sum()),
            "new": int((is_kept & ~changed).sum()),
            "changed": int((is_kept & changed).sum()),
            "identical": int(is_identical.sum()),
            "rejects": sorted(
                [*found.structural, *faults.rejects], key=lambda r: (r.row is not None, r.row or 0)
            ),
            "warnings": warnings,
        }
    )
    return Judgement(
        receipt=receipt,
        lines=(lines[kept.of] + 1).tolist(),
        rows=kept.tuples(names),
        new_models=new_models,
        changed_lines=frozenset((lines[np.nonzero(changed)[0]] + 1).tolist()),
        model_position=names.index("model_id") if new_models else None,
        source=found.source,
    )


def _check_references(found: Gathered, stored: Stored) -> None:
    for column in columns(found.record):
        if column.refers_to is None:
            continue
        reading = found.readings[column.name]
        known = set(stored.names(column.refers_to))
        is_unknown = flags(
            bool(v) and v not in known and i not in reading.cells.faults
            for i, v in enumerate(reading.cells.values)
        )
        plural = KINDS[column.refers_to].plural.lower()
        for i in np.nonzero(is_unknown[reading.codes])[0].tolist():
            value = str(reading.cells.values[int(reading.codes[i])])
            near = get_close_matches(value, sorted(known), n=1, cutoff=0.6)
            found.faults.add(
                i,
                found.checker.label(column.name),
                "unknown-reference",
                value,
                plural=plural,
                near=f" (did you mean {shown(near[0])}?)" if near else "",
            )


def _models_told_apart(
    found: Gathered, known: Collection[str]
) -> tuple[dict[str, Reading], list[Question]]:
    """The readings once new names that look like stored ones are settled."""
    reading = found.readings["model_id"]
    looks = {skeleton(name): name for name in known}
    used = np.unique(reading.codes[~found.faults.is_bad]).tolist()
    alike = {}
    if looks:
        for i in used:
            name = str(reading.cells.values[i])
            if name not in known and skeleton(name) in looks:
                alike[name] = looks[skeleton(name)]
    answer = found.profile.look_alike
    if not alike or answer == "new":
        return found.readings, []
    if answer == "stored":
        values: list[object] = [alike.get(str(v), v) for v in reading.cells.values]
        settled = reading._replace(cells=reading.cells._replace(values=values))
        return found.readings | {"model_id": settled}, []
    name, other = next(iter(alike.items()))
    return found.readings, [
        question(
            "look-alike",
            "look_alike",
            ["new", "stored"],
            name=name,
            other=other,
            preview=[f"{shown(n)}: {shown(o)}" for n, o in list(alike.items())[:20]],
        )
    ]


def _without_conflicts(rows: Rows, record: type[Record], names: list[str], found: Gathered) -> Rows:
    """The rows whose key no other row gives different content; the others are rejected."""
    key, content = rows.numbered(record.key), rows.numbered(names)
    if not len(key):
        return rows
    order = np.lexsort((content, key))
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    differs = np.diff(content[order], prepend=content[order[:1]]) != 0
    differs[starts] = False
    is_torn = np.add.reduceat(differs.astype(np.int64), starts) > 0
    if not is_torn.any():
        return rows
    in_conflict = np.zeros(len(key), dtype=bool)
    ends = np.append(starts[1:], len(key))
    lines = found.source.table.lines
    for start, end in zip(starts[is_torn].tolist(), ends[is_torn].tolist(), strict=True):
        members = np.sort(order[start:end])
        in_conflict[members] = True
        records = np.unique(rows.of[members]).tolist()
        told = ", ".join(str(int(lines[i]) + 1) for i in records[:10])
        told += f" and {len(records) - 10} more" if len(records) > 10 else ""
        for i in records:
            found.faults.add(i, None, "conflict", None, rows=told)
    return rows.taken(~found.faults.is_bad[rows.of])


def _repeats(content: Codes) -> Flags:
    """Which rows have the content of an earlier one."""
    repeats = np.ones(len(content), dtype=bool)
    repeats[np.unique(content, return_index=True)[1]] = False
    return repeats


def _against_stored(
    rows: Rows, record: type[Record], names: list[str], stored: Stored
) -> tuple[Flags, Flags, list[tuple[str, str]]]:
    """Which rows change, and which repeat, a stored row; and each change in words."""
    is_changed, is_same = np.zeros((2, len(rows.of)), dtype=bool)
    changes: list[tuple[str, str]] = []
    keys = rows.tuples(record.key)
    known = stored.matching(record, keys) if keys else {}
    if not known:
        return is_changed, is_same, changes
    for i, key in enumerate(keys):
        was = known.get(key)
        if was is None:
            continue
        now = {n: v.values[int(v.ids[i])] for n, v in rows.fields.items()}
        different = [n for n in names if was[n] != now[n]]
        if different:
            is_changed[i] = True
            name = "value" if "value" in different else different[0]
            before = shown(was[name]) if was[name] not in (None, "") else "empty"
            after = shown(now[name]) if now[name] not in (None, "") else "empty"
            changes.append((before, after) if name == "value" else (f"{name} {before}", after))
        else:
            is_same[i] = True
    return is_changed, is_same, changes


def _restatement(changes: list[tuple[str, str]]) -> Question:
    old, new = changes[0]
    return question(
        "restatement",
        "restatement",
        ["confirm"],
        n=len(changes),
        old=old,
        new=new,
        preview=[f"{a} to {b}" for a, b in changes[:20]],
    )


def _told(
    found: Gathered, kept: Rows, new_models: list[str], is_repeat: Flags, is_identical: Flags
) -> list[Warned]:
    """The warnings about rows that were not rejected."""
    told = []
    is_good = ~found.faults.is_bad
    if new_models:
        told.append(warned("new-model", len(kept.of), names=new_models))
    if "metric" in kept.fields:
        unknown = unknown_metrics(kept)
        if unknown:
            told.append(warned("unknown-metric", names=unknown))
    if is_repeat.any():
        told.append(warned("duplicate-row", int(is_repeat.sum()), n=int(is_repeat.sum())))
    if is_identical.any():
        told.append(warned("identical-row", int(is_identical.sum()), n=int(is_identical.sum())))
    noted = {
        note: [
            (r, r.noting(note) & is_good) for r in found.readings.values() if note in r.cells.notes
        ]
        for note in ("trimmed", "utc-assumed", "number-like-id")
    }
    for note in ("trimmed", "utc-assumed"):
        n = sum(int(where.sum()) for _, where in noted[note])
        if n:
            told.append(warned(note, n, n=n))
    ids = list(
        dict.fromkeys(
            str(r.cells.values[i])
            for r, where in noted["number-like-id"]
            for i in np.unique(r.codes[where]).tolist()
        )
    )
    if ids:
        n = sum(int(where.sum()) for _, where in noted["number-like-id"])
        told.append(warned("number-like-id", n, ids=ids))
    return told
