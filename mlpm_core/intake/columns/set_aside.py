"""Rows that are no results of their own: totals among models, and outcomes not known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.intake.columns.rows import Flags, distinct, flags
from mlpm_core.intake.columns.totals import is_total
from mlpm_core.intake.messages import Refusal, question, warned
from mlpm_core.records import ColumnKind, Label

if TYPE_CHECKING:
    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Faults, Reading
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Record, Warned

_NAMED: Final = ("model_id", "candidate", "kpi_id")


def set_aside(
    record: type[Record],
    readings: dict[str, Reading],
    file: FileColumns,
    faults: Faults,
    profile: Profile,
) -> tuple[Flags, list[Warned]]:
    """Which records count as ignored, and what is said of them.

    Raises
    ------
    Refusal
        With the question whether a name such as Total is that of a model.
    """
    if profile.is_replay:
        return np.zeros(len(faults.lines), dtype=bool), []
    if record is Label:
        unknown = _unknown_outcomes(readings["y_true"]) & ~faults.is_bad
        n = int(unknown.sum())
        return unknown, [warned("not-known-yet", n, n=n)] if n else []
    name = next((n for n in _NAMED if n in file.at), None)
    if name is None:
        return np.zeros(len(faults.lines), dtype=bool), []
    codes, names = distinct(readings[name].array(ColumnKind.NAME))
    used = [n for n in names if n]
    totals = [n for n in used if is_total(str(n))]
    if not totals or len(totals) == len(used) or profile.totals == "keep":
        return np.zeros(len(faults.lines), dtype=bool), []
    is_left = flags(n in totals for n in names)[codes] & ~faults.is_bad
    n = int(is_left.sum())
    if profile.totals is None and n:
        asked = question(
            "totals", "totals", ["leave-out", "keep"],
            names=", ".join(totals), column=file.label(name), n=n,
        )  # fmt: skip
        raise Refusal(questions=[asked])
    return is_left, [warned("totals", n, n=n, names=totals)] if n else []


def _unknown_outcomes(reading: Reading) -> Flags:
    codes, values = distinct(reading.array(ColumnKind.TEXT))
    return flags(not (value or "").strip() for value in values)[codes]
