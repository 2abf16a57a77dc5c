"""Backups that were read back, restores that were checked first, and whether all agrees now."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mlpm_core import __version__
from mlpm_core.errors import InputError, StoreError
from mlpm_core.records import Receipt, record_of
from mlpm_core.services.workspace import Check, Settings, Workspace
from mlpm_core.store import migrations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["backup", "folder_of", "read_back", "restore", "told", "verify"]

_DATABASE, _LEDGER, _MANIFEST = "mlpm.duckdb", "ledger.jsonl", "manifest.json"
_RAW: Final = re.compile(r"raw/[0-9a-f]{64}")
_CHUNK: Final = 1 << 20


def told(checks: list[Check]) -> dict[str, Any]:
    """Checks as ``mlpm verify --json`` prints them."""
    return {
        "ok": all(check.ok for check in checks),
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks],
    }


def folder_of(settings: Settings) -> Path:
    """Where backups go unless told otherwise."""
    return settings.data / "backups"


def verify(workspace: Workspace) -> list[Check]:
    """Whether database, ledger and raw files agree, down to every row's batch and every byte.

    Each check that fails says what to do.
    """
    checks = []
    with workspace.store.reader() as reader:
        batches = {r["seq"]: r for r in reader.rows("batch_rows")}
        evidence = {r["sha256"] for r in reader.rows("evidence")}
        wrong = [
            row["batch"]
            for row in batches.values()
            if (receipt := Receipt.model_validate_json(row["receipt"])).undoes is None
            and reader.count(record_of(row["kind"]), row["seq"]) != receipt.stored
        ]
    checks.append(
        _check(
            "rows",
            f"{len(batches):,} batches hold the rows their receipts tell",
            wrong,
            "hold other rows than their receipts tell: stop the app, move mlpm.duckdb away and "
            "start again; it is built anew from the ledger and the raw files",
        )
    )
    lost, unknown = workspace.ledger.missing(batches)
    checks.append(
        _check(
            "ledger",
            "agrees with the database",
            [f"batch {seq}" for seq in (*lost, *unknown)],
            "are in one of ledger and database only: start the app again, which mends it; else "
            "restore a backup",
        )
    )
    damaged = []
    wanted = {r["sha256"] for r in batches.values() if r["undoes"] is None} | evidence
    for sha256 in sorted(wanted):
        try:
            workspace.ledger.raw(sha256)
        except StoreError:
            damaged.append(sha256[:12])
    checks.append(
        _check(
            "raw files",
            f"{len(wanted):,} files are as they came",
            damaged,
            "are missing or damaged: restore a backup, or import the same files again",
        )
    )
    return checks


def backup(workspace: Workspace, folder: Path | None = None) -> tuple[Path, list[Check]]:
    """Write database, ledger and raw files into one file, and read it back.

    Returns
    -------
    tuple of Path and list of Check
        The file, named by its moment, and what was found when it was read back.

    Raises
    ------
    StoreError
        When the disk refuses; nothing half is left.
    """
    where = folder or folder_of(workspace.settings)
    moment = workspace.now()
    path = where / f"mlpm-{moment:%Y%m%dT%H%M%SZ}.zip"
    part = path.with_suffix(f".{os.getpid()}.part")
    copy = path.with_suffix(f".{os.getpid()}.duckdb")
    try:
        where.mkdir(parents=True, exist_ok=True)
        with workspace.store.still():
            workspace.store.snapshot(copy)
            names = {_DATABASE: copy, _LEDGER: workspace.settings.data / _LEDGER}
            raw = sorted((workspace.settings.data / "raw").glob("*"))
            names |= {
                f"raw/{file.name}": file for file in raw if _RAW.fullmatch(f"raw/{file.name}")
            }
            hashes = {name: _sha256(file) for name, file in names.items() if file.exists()}
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name in hashes:
                    archive.write(names[name], name)
                archive.writestr(_MANIFEST, _manifest(moment, hashes))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        checks = read_back(part)
        part.replace(path)
    except OSError as error:
        raise StoreError(f"The backup could not be written: {error.strerror or error}.") from error
    finally:
        for rest in (part, copy):
            with suppress(OSError):
                rest.unlink(missing_ok=True)
    return path, checks


def restore(settings: Settings, file: Path) -> list[Check]:
    """Put a backup in the place of the store; what was there is kept beside it.

    Raises
    ------
    InputError
        When the file is no backup, is damaged, or comes from a newer MLPM; nothing is changed.
    StoreError
        When the disk refuses.
    """
    if settings.read_only:
        raise InputError("This copy of MLPM only reads (MLPM_READ_ONLY=1); nothing was changed.")
    checks = read_back(file)
    if wrong := [check for check in checks if not check.ok]:
        raise InputError(f"{file.name} cannot be restored: {wrong[0].detail}")
    moment = f"{datetime.now():%Y%m%dT%H%M%S%f}"
    fresh, kept = settings.data / f".restore-{moment}", settings.data / f"replaced-{moment}"
    try:
        with zipfile.ZipFile(file) as archive:
            for name in _members(archive):
                target = fresh / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as given, target.open("wb") as out:
                    shutil.copyfileobj(given, out, _CHUNK)
                    out.flush()
                    os.fsync(out.fileno())
        kept.mkdir(parents=True)
        for name in (_DATABASE, f"{_DATABASE}.wal", _LEDGER, "raw"):
            if (settings.data / name).exists():
                (settings.data / name).rename(kept / name)
        for name in (_DATABASE, _LEDGER, "raw"):
            if (fresh / name).exists():
                (fresh / name).rename(settings.data / name)
    except OSError as error:
        raise StoreError(f"The backup could not be put in place: {error.strerror}.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    workspace = Workspace(settings)
    try:
        checks += verify(workspace)
    finally:
        workspace.close()
    return [*checks, Check("replaced", True, f"what was there lies in {kept}")]


def _manifest(moment: datetime, hashes: dict[str, str]) -> str:
    return json.dumps(
        {
            "made_at": moment.isoformat(),
            "version": __version__,
            "schema": migrations()[-1][0],
            "sha256": hashes,
        },
        indent=1,
    )


def read_back(file: Path) -> list[Check]:
    """Whether a backup is whole: every member there as its manifest says, of a known schema."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            hashes = dict(manifest["sha256"])
            schema = int(manifest["schema"])
            found = {}
            for name in _members(archive):
                digest = hashlib.sha256()
                with archive.open(name) as member:
                    while data := member.read(_CHUNK):
                        digest.update(data)
                found[name] = digest.hexdigest()
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        return [Check("backup", False, f"it is no backup of MLPM, or damaged: {error}")]
    newest = migrations()[-1][0]
    wrong = sorted(n for n in hashes.keys() | found.keys() if hashes.get(n) != found.get(n))
    return [
        _check("backup", f"{len(found):,} files are whole", wrong, "are not as they were written"),
        Check(
            "schema",
            schema <= newest,
            f"version {schema}"
            if schema <= newest
            else f"it is of version {schema}, this MLPM knows {newest}: install the newer MLPM",
        ),
    ]


def _members(archive: zipfile.ZipFile) -> Iterator[str]:
    """The names of what a backup holds; anything else is no backup, whatever path it names."""
    for name in archive.namelist():
        if name in (_DATABASE, _LEDGER) or _RAW.fullmatch(name):
            yield name
        elif name != _MANIFEST:
            raise ValueError(f"it holds {name!r}")


def _check(name: str, fine: str, wrong: list[str], advice: str) -> Check:
    if not wrong:
        return Check(name, True, fine)
    some = ", ".join(wrong[:5]) + (", ..." if len(wrong) > 5 else "")
    return Check(name, False, f"{some} {advice}.")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
