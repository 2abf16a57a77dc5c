"""The files as managers would upload them."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

from making.story import (
    CLOCK_ON,
    Row,
)
from mlpm_core.records import KINDS, columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ORDER = ("projects", "models", "value_cases", "kpis", "quantities", "deployments", "promises")


def cell(value: object) -> str:
    """A value as it stands in a file: a point as decimal mark, nothing for what is missing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, date) else str(value)


def write_file(path: Path, rows: Sequence[Row]) -> None:
    """Write rows of one kind; the kind follows the number in the file's name."""
    kind = next(k for k in KINDS if path.stem[3:].startswith(k))
    fields = [c.name for c in columns(KINDS[kind]) if not c.by_application]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(fields)
        for row in rows:
            if unknown := row.keys() - set(fields):
                raise ValueError(f"{path.name}: no such field: {sorted(unknown)}")
            writer.writerow(cell(row.get(name)) for name in fields)


def write_log(folder: Path, rows: Sequence[Row]) -> None:
    """Write predictions by year, those of the newest year by quarter."""
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(_part(date.fromisoformat(str(row["ts"])[:10])), []).append(row)
    for number, part in enumerate(sorted(parts), start=94):
        write_file(folder / f"{number}_prediction_log_{part}.csv", parts[part])


def _part(on: date) -> str:
    quarter = f"_q{(on.month + 2) // 3}" if on.year == CLOCK_ON.year else ""
    return f"{on.year}{quarter}"


def write_project(folder: Path, plan: dict[str, list[Row]], results: Sequence[Row] = ()) -> None:
    """Write a project's files in the order of their import, results by year and quarter."""
    plan["projects"][0] |= {"currency": "EUR", "clock_on": CLOCK_ON, "is_demo": True}
    for number, kind in enumerate(ORDER, start=1):
        if kind in plan:
            rows = (
                plan[kind]
                if kind == "quantities"
                else [r | {"archived": False} for r in plan[kind]]
            )
            write_file(folder / f"{number:02}_{kind}.csv", rows)
    parts: dict[str, list[Row]] = {}
    for row in results:
        on = row["period_start"]
        if not isinstance(on, date):
            raise TypeError(f"{on!r} is no day")
        parts.setdefault(_part(on), []).append(row)
    for number, part in enumerate(sorted(parts), start=len(ORDER) + 1):
        rows = sorted(
            parts[part],
            key=lambda r: (
                str(r["model_id"]),
                str(r["granularity"]),
                str(r["metric"]),
                str(r["period_start"]),
            ),
        )
        write_file(folder / f"{number:02}_metric_results_{part}.csv", rows)
    if "estimates" in plan:
        write_file(
            folder / "90_estimates.csv", [r | {"archived": False} for r in plan["estimates"]]
        )
