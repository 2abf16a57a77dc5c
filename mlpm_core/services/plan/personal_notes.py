"""Personal notes on stakeholders: kept apart from all records, never exported, erased for good."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.quantity.written import fig
from mlpm_core.records import StakeholderRecord
from mlpm_core.services.session.private_file import locked, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpm_core.services.session.workspace import Workspace

NOTES_FILE: Final = "personal_notes.json"
LONGEST_NOTE: Final = 4000
"""Letters that a note, or its source, may have."""


@dataclass(frozen=True, slots=True)
class PersonalNote:
    """What one should know before talking to somebody, and who said so."""

    text: str
    source: str = ""


class PersonalNotes:
    """The personal notes of a data folder: one file that only its owner reads.

    They are no records: no batch, ledger, raw file, export, backup, route or log holds them, and
    nothing of a note is left in the folder once it is erased. What a disk, or a copy of the whole
    folder made by other means, still holds is out of reach.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._file = workspace.settings.data / NOTES_FILE

    def of(self, project: str, stakeholder_id: str) -> PersonalNote | None:
        """The note on a stakeholder; None without one.

        Raises
        ------
        StoreError
            When the file cannot be read, or another user could have written it.
        """
        return self._read().get((project, stakeholder_id))

    def keep(self, project: str, stakeholder_id: str, note: PersonalNote) -> None:
        """Put a note in the place of the one before, of which nothing is left.

        Raises
        ------
        InputError
            When it is empty or too long, or this copy of MLPM only reads.
        NotFoundError
            When there is no such project or stakeholder.
        StoreError
            When the file cannot be read or written.
        """
        self._workspace.project(project)
        with self._workspace.store.reader() as reader:
            known = {s.stakeholder_id for s in reader.current(StakeholderRecord, project)}
        if stakeholder_id not in known:
            raise NotFoundError.of("stakeholder", stakeholder_id, known)
        if not note.text.strip():
            raise InputError("The note is empty; write something, or erase it.")
        if max(len(note.text), len(note.source)) > LONGEST_NOTE:
            raise InputError(
                f"A note and its source have up to {fig(LONGEST_NOTE):,} letters each."
            )
        with self._changing() as notes:
            notes[project, stakeholder_id] = note

    def erase(self, project: str, stakeholder_id: str) -> bool:
        """Erase a note for good; whether there was one.

        Raises
        ------
        InputError
            When this copy of MLPM only reads.
        StoreError
            When the file cannot be read or written.
        """
        with self._changing() as notes:
            return notes.pop((project, stakeholder_id), None) is not None

    @contextmanager
    def _changing(self) -> Iterator[dict[tuple[str, str], PersonalNote]]:
        """The notes; nobody else changes them meanwhile, and what the block leaves is stored."""
        if self._workspace.settings.read_only:
            raise InputError("This copy of MLPM only reads (MLPM_READ_ONLY=1).")
        try:
            with locked(self._file):
                notes = self._read()
                yield notes
                if not notes:
                    self._file.unlink(missing_ok=True)
                    return
                rows = [
                    {"project": project, "stakeholder_id": who} | asdict(note)
                    for (project, who), note in notes.items()
                ]
                write_private(self._file, json.dumps(rows, indent=1))
        except OSError as error:
            raise StoreError(f"{self._file} cannot be written: {error.strerror}.") from error

    def _read(self) -> dict[tuple[str, str], PersonalNote]:
        try:
            rows: list[dict[str, Any]] = json.loads(read_private(self._file))
            return {
                (row["project"], row["stakeholder_id"]): PersonalNote(row["text"], row["source"])
                for row in rows
            }
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(f"{self._file} cannot be read: {error.strerror}.") from error
        except (ValueError, TypeError, KeyError):
            # not chained: the error would carry the notes into a log
            raise StoreError(
                f"{self._file} cannot be read: it is damaged. Move it away or delete it."
            ) from None
