"""Tokens given out to other programs: known by their hash alone, for some projects and actions."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.services.session.private_file import locked, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ALL_PROJECTS: Final = "*"
_FILE: Final = "tokens.json"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_MOST_DAYS: Final = 3650


class Action(StrEnum):
    """What a token may be allowed."""

    READ = "read"
    IMPORT = "import"
    UNDO = "undo"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token: never itself.

    ``projects`` may hold `ALL_PROJECTS`; ``expires_on`` is the last day it opens anything.
    """

    name: str
    sha256: str
    projects: tuple[str, ...]
    actions: tuple[str, ...]
    made_on: str
    made_by: str
    expires_on: str | None

    @property
    def is_for_all(self) -> bool:
        """Whether it is for every project; the name of one project, ``*`` too, never is."""
        return self.projects == (ALL_PROJECTS,)

    def may(self, action: Action) -> bool:
        """Whether an action is among those it is for."""
        return action in self.actions

    def refusal(self, action: Action, project: str | None, today: date) -> str | None:
        """Why it may not do this; None when it may.

        Parameters
        ----------
        project
            Whose data it concerns; None concerns all projects.

        Examples
        --------
        >>> token = Token("ci", "", ("shop",), ("read",), "2026-01-01", "ada", None)
        >>> token.refusal(Action.READ, "shop", date(2026, 1, 2)) is None
        True
        >>> print(token.refusal(Action.IMPORT, "shop", date(2026, 1, 2)))
        Token ci may read, not import.
        >>> print(token.refusal(Action.READ, None, date(2026, 1, 2)))
        Token ci is for project shop only; name it, or use a token for all projects.
        """
        if self.expires_on is not None and today.isoformat() > self.expires_on:
            return f"Token {self.name} expired on {self.expires_on}; make a new one."
        if not self.may(action):
            return f"Token {self.name} may {', '.join(self.actions)}, not {action}."
        if self.is_for_all or (project is not None and project in self.projects):
            return None
        plural = "project" if len(self.projects) == 1 else "projects"
        return (
            f"Token {self.name} is for {plural} {', '.join(self.projects)} only; name it, or use a "
            "token for all projects."
        )


class Tokens:
    """The tokens of a data folder; a change by another process is seen at the next question."""

    def __init__(self, data: Path) -> None:
        self._file = data / _FILE
        self._read: tuple[bytes, dict[str, Token]] = b"", {}

    def all(self) -> list[Token]:
        """Every token, by name.

        Raises
        ------
        StoreError
            When the file cannot be read, or another user could have written it.
        """
        return sorted(self._tokens().values(), key=lambda token: token.name)

    def find(self, secret: str) -> Token | None:
        """The token that a secret is, if it is one."""
        # A hash of 256 random bits gives nothing away by the time a look-up takes.
        return self._tokens().get(hashlib.sha256(secret.encode()).hexdigest())

    def make(
        self,
        name: str,
        projects: Iterable[str],
        actions: Iterable[str],
        *,
        actor: str,
        today: date,
        days: int | None = None,
    ) -> str:
        """Make a token and return it; it is told this once.

        Raises
        ------
        InputError
            When the name is taken or none, or an action is unknown; it names all that is wrong.
        StoreError
            When the file of tokens cannot be read or written.
        """
        projects, actions = tuple(dict.fromkeys(projects)), tuple(dict.fromkeys(actions))
        faults = []
        if not _NAME.fullmatch(name):
            faults.append(
                f"{name!r} is no name for a token: up to 60 letters, digits, points and dashes."
            )
        if not projects or not all(project.strip() for project in projects):
            faults.append("Say for which projects it is.")
        if ALL_PROJECTS in projects and len(projects) > 1:
            faults.append("It is for all projects or for some; leave the one or the others out.")
        unknown = [a for a in actions if a not in set(Action)]
        if unknown or not actions:
            faults.append(f"Actions are {', '.join(Action)}; got {', '.join(unknown) or 'none'}.")
        if days is not None and not 0 < days <= _MOST_DAYS:
            faults.append(f"It may last 1 to {_MOST_DAYS:,} days, not {days}.")
        if faults:
            raise InputError(" ".join(faults))
        secret = f"mlpm_{secrets.token_urlsafe(32)}"
        until = None if days is None else (today + timedelta(days=days)).isoformat()
        sha256 = hashlib.sha256(secret.encode()).hexdigest()
        made = Token(name, sha256, projects, actions, today.isoformat(), actor, until)
        with self._changing() as tokens:
            if name in tokens:
                raise InputError(f"There is a token {name} already; revoke it first.")
            tokens[name] = made
        return secret

    def revoke(self, name: str) -> Token:
        """Make a token open nothing any more, from the moment this returns.

        Raises
        ------
        NotFoundError
            When there is none of that name.
        StoreError
            When the file of tokens cannot be read or written.
        """
        with self._changing() as tokens:
            if name not in tokens:
                raise NotFoundError.of("token", name, tokens)
            return tokens.pop(name)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Token]]:
        """The tokens by name, to be changed by nobody else; what the block leaves is stored."""
        try:
            with locked(self._file):
                tokens = {token.name: token for token in self.all()}
                yield tokens
                text = json.dumps([asdict(token) for token in tokens.values()], indent=1)
                write_private(self._file, text)
        except OSError as error:
            raise StoreError(f"{self._file} cannot be written: {error.strerror}.") from error

    def _tokens(self) -> dict[str, Token]:
        """Every token by its hash, read anew: no clock tells two writes in one moment apart."""
        try:
            text = read_private(self._file)
            if text != self._read[0]:
                rows: list[dict[str, Any]] = json.loads(text)
                tokens = [
                    Token(**row | {k: tuple(row[k]) for k in ("projects", "actions")})
                    for row in rows
                ]
                self._read = text, {token.sha256: token for token in tokens}
        except FileNotFoundError:
            self._read = b"", {}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError(
                f"{self._file} cannot be read: {error}. Make its tokens anew."
            ) from error
        return self._read[1]
