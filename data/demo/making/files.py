"""The files as managers would upload them, and decisions as the application writes them."""

from __future__ import annotations

import csv
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from making.story import (
    CLOCK_ON,
    PIA,
    Row,
)
from mlpm_core.records import KINDS
from mlpm_core.services import demo, evaluations, registers
from mlpm_core.services.imports import import_file
from mlpm_core.services.workspace import Settings, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    fields = KINDS[kind].model_fields
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(fields)
        for row in rows:
            if unknown := row.keys() - fields:
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


def decided(folder: Path, on: date, **what: object) -> list[Row]:
    """A decision with its evidence, as the application itself writes it on that day."""
    with tempfile.TemporaryDirectory() as store:
        workspace = Workspace(Settings(data=Path(store), demo=False))
        files = [f for f in demo.files() if f[2].parent == folder]
        (project,) = {name for name, *_ in files}
        for _, kind, path in files:
            if kind in ("projects", "models", "value_cases", "quantities", "evaluations"):
                text = path.read_text("utf-8").replace(str(CLOCK_ON), str(on))
                import_file(workspace, PIA, project, kind, path.name, text.encode())
        receipt = evaluations.decide(workspace, PIA, project, **what)  # type: ignore[arg-type]
        if receipt.status != "committed":
            raise ValueError(receipt)
        rows = registers.records(workspace, PIA, project, "decisions")
        workspace.close()
    return rows
