"""Backups that were read back, restores that were checked first, and whether all agrees now."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mlpm_core import __version__
from mlpm_core.errors import InputError, StoreError
from mlpm_core.named_file import open_named
from mlpm_core.services.admin.figures_check import forget_wrong_figures
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session import data_folder
from mlpm_core.services.session.data_folder import DATABASE, LEDGER, quarantine
from mlpm_core.services.session.workspace import Check, Workspace
from mlpm_core.store import BatchContent, Ledger, migrations, recount_all, wrong_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mlpm_core.records import Record
    from mlpm_core.services.session.settings import Settings

_MANIFEST: Final = "manifest.json"
_RAW: Final = re.compile(r"raw/[0-9a-f]{64}(\.zst)?")
_CHUNK: Final = 1 << 20


def checks_json(checks: list[Check]) -> dict[str, Any]:
    """Checks as ``mlpm verify --json`` prints them."""
    return {
        "ok": all(check.ok for check in checks),
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks],
    }


def folder_of(settings: Settings) -> Path:
    """Where backups go unless told otherwise."""
    return settings.data / "backups"


def verify(workspace: Workspace, *, head: str | None = None) -> list[Check]:
    """Whether database, ledger and raw files agree, down to every cell and every byte.

    Each check that fails says what to do.

    Parameters
    ----------
    head : str, optional
        A last hash that an earlier `verify` told and somebody noted elsewhere: the ledger must
        still hold all that it stood for. Without it a ledger that was written anew together with
        the database is not seen.
    """
    checks = _record_checks(workspace, head)
    is_in_order = all(check.ok for check in checks)  # else the figures rest on what is wrong
    return checks + (_figures_checks(workspace) if is_in_order else [])


def _record_checks(workspace: Workspace, head: str | None = None) -> list[Check]:
    with workspace.store.write_locked(), workspace.store.reader() as reader:
        rows = {row["seq"]: row for row in reader.rows("batch_rows", after=0)}
        contents, views = reader.contents(), workspace.store.changed_views()
        evidence = {row["sha256"] for row in reader.rows("evidence")}
        rejects = {row["seq"]: row["sha256"] for row in reader.rows("rejects", seq=0)}
        entries = {entry["seq"]: entry for entry in workspace.ledger.entries()}
        lost, cut = workspace.ledger.missing(rows)
        chain, last = workspace.ledger.faults(), workspace.ledger.head
        chain += ["its lines hold no hash"] if workspace.ledger.is_unchained else []
        is_there = head is None or workspace.ledger.ever_was(head)
        checks = [_rows_check(rows, contents, views)]
        if checks[0].ok:  # else nothing follows from the rows
            checks.append(_notes_check(workspace, reader.wrong_notes()))
            checks.append(_counts_check(workspace, wrong_counts(reader)))
    checks.append(_receipts_check(rows, entries, rejects))
    wrong = [*chain, *(f"batch {seq} is in the ledger only" for seq in lost)]
    wrong += [f"batch {seq} is in the database only" for seq in cut]
    wrong += [] if is_there else [f"it never ended with {head}"]
    checks.append(
        _check(
            "ledger",
            f"{len(entries):,} lines follow from one another; note the last hash elsewhere: {last}",
            wrong,
            "so that the ledger is not as it was written: restore a backup; or, if the database is "
            "right, stop the app and write the ledger anew from it: mlpm verify --rewrite-ledger",
        )
    )
    damaged = []
    hashes = {r["sha256"] for r in rows.values() if r["undoes"] is None} | evidence
    for sha256 in sorted(hashes):
        try:
            workspace.ledger.raw_files.check(sha256)
        except StoreError:
            damaged.append(sha256[:12])
    checks.append(
        _check(
            "raw files",
            f"{len(hashes):,} files are as they came",
            damaged,
            "are missing or damaged: restore a backup, or import the same files again",
        )
    )
    return checks


def _figures_checks(workspace: Workspace) -> list[Check]:
    """That other figures were kept than the records give; nothing when none were."""
    wrong = forget_wrong_figures(workspace)
    advice = (
        "had other figures kept than the records give. They are forgotten now and computed anew; "
        "start the app again, so that no screen shows them any more"
    )
    return [_check("figures", "", wrong, advice)] if wrong else []


def _rows_check(
    rows: Mapping[int, Mapping[str, Any]], contents: Mapping[int, str], views: list[str]
) -> Check:
    nothing = BatchContent().hexdigest()
    wrong = [r["batch"] for seq, r in rows.items() if contents.get(seq, nothing) != r["content"]]
    wrong += [f"rows of batch {seq}, which is none," for seq in sorted(contents.keys() - rows)]
    wrong += [f"the view {name}, which was changed," for name in views]
    return _check(
        "rows",
        f"{len(rows):,} batches hold the rows that came with them, cell by cell",
        wrong,
        "hold other rows than came with them: stop the app, move mlpm.duckdb away and start again; "
        "it is built anew from the ledger and the raw files",
    )


def _notes_check(workspace: Workspace, wrong: Mapping[type[Record], int]) -> Check:
    """Whether what is shown as holding follows from the batches; if not it is put right."""
    if not workspace.store.read_only:
        for record in wrong:
            with workspace.store.writer() as writer:
                writer.rebuild_notes(record)
    return _check(
        "current rows",
        "of every key the newest row in force is the one that holds",
        [f"{n:,} of {record.plural.lower()}" for record, n in wrong.items()],
        "told another batch that replaced them than the batches give, so that screens showed wrong "
        "rows: this was put right, unless MLPM only reads; verify again",
    )


def _counts_check(workspace: Workspace, n_wrong: int) -> Check:
    """Whether the counts of prediction logs follow from the rows; if not they are made anew."""
    if n_wrong and not workspace.store.read_only:
        with workspace.store.writer() as writer:
            recount_all(writer)
    return _check(
        "counts",
        "the counts of prediction logs are those of the stored predictions and labels",
        [f"{n_wrong:,} of them"] if n_wrong else [],
        "were others, so that segments and figures of a log were wrong: they were counted again, "
        "unless MLPM only reads; verify again",
    )


def _receipts_check(
    rows: Mapping[int, Mapping[str, Any]],
    entries: Mapping[int, Mapping[str, Any]],
    rejects: Mapping[int, str],
) -> Check:
    """Whether what the database says of each batch is what the ledger noted of it."""
    wrong = []
    for seq in sorted(rows.keys() & entries.keys()):
        stored = json.loads(json.dumps(rows[seq], default=str))
        noted = {name: value for name, value in entries[seq].items() if name != "chain"}
        differing = [n for n in stored.keys() | noted.keys() if stored.get(n) != noted.get(n)]
        if rejects.get(seq, "") != stored["rejects"]:
            differing.append("rejected rows")
        wrong += [f"{stored['batch']} ({', '.join(sorted(differing))})"] if differing else []
    wrong += [f"rejected rows of batch {seq}, which is none," for seq in rejects.keys() - rows]
    return _check(
        "receipts",
        f"{len(rows):,} receipts say the same in database and ledger",
        wrong,
        "say one thing in the database and another in the ledger: restore a backup",
    )


def rewrite_ledger(workspace: Workspace) -> Path:
    """Write the ledger anew from the database, and return where the old one lies now.

    Raises
    ------
    StoreError
        When this copy only reads, or the disk refuses.
    """
    if workspace.settings.read_only:
        raise StoreError("This copy of MLPM only reads (MLPM_READ_ONLY=1); nothing was changed.")
    with workspace.store.write_locked(), workspace.store.reader() as reader:
        aside = quarantine(workspace.settings.data) / LEDGER
        workspace.ledger.rewrite(reader.rows("batch_rows", after=0), aside)
    return aside


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
        with workspace.store.quiet():
            workspace.acknowledge()
            workspace.store.snapshot(copy)
            names = {DATABASE: copy, LEDGER: workspace.settings.data / LEDGER}
            raw = sorted((workspace.settings.data / "raw").glob("*"))
            names |= {
                f"raw/{file.name}": file for file in raw if _RAW.fullmatch(f"raw/{file.name}")
            }
            hashes = {name: _sha256(file) for name, file in names.items() if file.exists()}
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name in hashes:
                    is_compressed = name.endswith(".zst")
                    how = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
                    archive.write(names[name], name, how)
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

    The backup is opened and verified beside the store first, and moved into its place whole.

    Raises
    ------
    InputError
        When the file is no backup, is damaged, does not agree with itself, or comes from a newer
        MLPM; nothing is changed.
    StoreError
        When another process holds the data or the disk refuses; everything is then as it was.
    """
    if settings.read_only:
        raise InputError("This copy of MLPM only reads (MLPM_READ_ONLY=1); nothing was changed.")
    checks = read_back(file)
    if wrong := [check for check in checks if not check.ok]:
        raise InputError(f"{file.name} cannot be restored: {wrong[0].detail}")
    lock = data_folder.claim(settings)
    fresh = settings.data / f".restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    try:
        data_folder.put_back(settings.data)
        _unpack(file, fresh)
        checks += _verified(settings.model_copy(update={"data": fresh}), file.name)
        kept = data_folder.swap(settings.data, fresh)
    except OSError as error:
        raise StoreError(
            f"The backup could not be unpacked: {error.strerror or error}. Nothing was changed."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        lock.close()
    return [*checks, Check("replaced", True, f"what was there lies in {kept}")]


def _unpack(file: Path, to: Path) -> None:
    """Lay the members of a backup down in a folder, flushed to disk."""
    with zipfile.ZipFile(file) as archive:
        needed = sum(archive.getinfo(name).file_size for name in _members(archive))
        free = shutil.disk_usage(to.parent).free
        if needed > free:
            raise OSError(errno.ENOSPC, f"it needs {needed:,} bytes and {free:,} are free")
        for name in _members(archive):
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as given, target.open("wb") as out:
                shutil.copyfileobj(given, out, _CHUNK)
                out.flush()
                os.fsync(out.fileno())


def _verified(settings: Settings, name: str) -> list[Check]:
    """What `verify` finds in an unpacked backup, which must be in order and need no mending."""
    ledger = Ledger(settings.data)
    wrong = [] if ledger.is_unchained else ledger.faults()
    if wrong:
        raise InputError(f"{name} cannot be restored: in its ledger {wrong[0]}.")
    try:
        workspace = open_recovered(settings)
    except StoreError as error:
        raise InputError(f"{name} cannot be restored: {error}") from error
    try:
        if workspace.healed:
            raise InputError(f"{name} cannot be restored: {workspace.healed[0]}")
        checks = _record_checks(workspace)
        if not all(check.ok for check in checks):
            checks = _record_checks(workspace)  # what it put right stays right
        if all(check.ok for check in checks):  # figures are no reason to refuse what they rest on
            forget_wrong_figures(workspace)
    finally:
        workspace.close()
    if failed := [check for check in checks if not check.ok]:
        raise InputError(f"{name} cannot be restored: {failed[0].name}: {failed[0].detail}")
    return checks


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
        with open_named(file) as opened, zipfile.ZipFile(opened) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            hashes = dict(manifest["sha256"])
            schema = int(manifest["schema"])
            digests = {}
            for name in _members(archive):
                digest = hashlib.sha256()
                with archive.open(name) as member:
                    while data := member.read(_CHUNK):
                        digest.update(data)
                digests[name] = digest.hexdigest()
    except InputError as error:
        return [Check("backup", False, str(error))]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        return [Check("backup", False, f"it is no backup of MLPM, or damaged: {error}")]
    wrong = sorted(n for n in hashes.keys() | digests.keys() if hashes.get(n) != digests.get(n))
    wrong += [name for name in (DATABASE,) if name not in digests and name not in wrong]
    newest = migrations()[-1][0]
    if schema < 1:
        problem = f"it says version {schema}, which never was"
    elif schema > newest:
        problem = f"it is of version {schema}, this MLPM knows {newest}: install the newer MLPM"
    else:
        problem = ""
    return [
        _check(
            "backup", f"{len(digests):,} files are whole", wrong, "are not as they were written"
        ),
        Check("schema", not problem, problem or f"version {schema}"),
    ]


def _members(archive: zipfile.ZipFile) -> Iterator[str]:
    """The names of what a backup holds; anything else is no backup, whatever path it names."""
    for name in archive.namelist():
        if name in (DATABASE, LEDGER) or _RAW.fullmatch(name):
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
