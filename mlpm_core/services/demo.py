"""The Bike Shop: demo files a company's managers would upload, loaded the way they would."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mlpm_core.errors import StoreError
from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, Decision, Status
from mlpm_core.services import demo_decisions
from mlpm_core.services.imports import import_file
from mlpm_core.services.undoing import undo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpm_core.records import Receipt
    from mlpm_core.services.workspace import Workspace

__all__ = ["ACTOR", "files", "load", "load_if_empty", "remove"]

ACTOR = "demo"

_FOLDER = Path(__file__).resolve().parents[2] / "data" / "demo" / "bike_shop"


def files() -> Iterator[tuple[str, str, Path]]:
    """Project, kind and path of every demo file, in the order in which they go in."""
    for folder in sorted(p for p in _FOLDER.iterdir() if p.is_dir()):
        paths = sorted(folder.glob("*.csv"))
        with paths[0].open(newline="", encoding="utf-8") as file:
            project = next(csv.DictReader(file))["project"]
        for path in paths:
            stem = re.sub(r"^\d+_", "", path.stem)
            kind = next(k for k in sorted(KINDS, key=len, reverse=True) if stem.startswith(k))
            yield project, kind, path


def load(workspace: Workspace) -> list[Receipt]:
    """Import every demo file that is not in force yet.

    Raises
    ------
    StoreError
        When a demo file is refused: the demo is broken, not the user's data.
    """
    done = []
    for project, kind, path in files():
        if kind == Decision.kind:
            done += demo_decisions.recorded(workspace, ACTOR, project, path)
            continue
        receipt = import_file(
            workspace,
            ACTOR,
            project,
            kind,
            path.name,
            path.read_bytes(),
            profile=Profile(restatement="confirm"),
            channel="demo",
        )
        if receipt.status not in (Status.COMMITTED, Status.DUPLICATE):
            fault = receipt.rejects[0].message if receipt.rejects else receipt.status.value
            raise StoreError(f"The demo file {path.name} was not taken: {fault}")
        done.append(receipt)
    return done


def load_if_empty(workspace: Workspace) -> None:
    """Load the demo into a store that holds nothing else; a load cut short is completed."""
    with workspace.store.reader() as reader:
        batches = reader.rows("all_seqs")
    is_untouched = all(b["actor"] == ACTOR and b["undoes"] is None for b in batches)
    if is_untouched and len(batches) < len(list(files())):
        load(workspace)


def remove(workspace: Workspace, actor: str) -> list[Receipt]:
    """Undo every batch in the demo's projects, newest first: the demo is gone, its history kept."""
    undone = []
    with workspace.store.reader() as reader:
        demo = [p["project"] for p in reader.rows("projects") if p["is_demo"]]
        batches = [
            (project, row["batch"])
            for project in demo
            for row in reader.rows("batches", project=project)
            if row["undone_by"] is None and row["undoes"] is None
        ]
    for project, batch in batches:
        undone.append(undo(workspace, actor, project, batch, channel="demo"))
    return undone
