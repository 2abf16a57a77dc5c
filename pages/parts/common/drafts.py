"""What was typed and not saved: kept in memory for a day, so that it outlives a reload."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LASTS = timedelta(days=1)
_MOST_IDS, _MOST_FORMS, _MOST_CHARACTERS = 500, 20, 50_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into one form, with what the form was filled from."""

    read: Mapping[str, Any] | None
    initial: Mapping[str, object]
    typed: Mapping[str, object]
    changed_at: datetime


def new_id() -> str:
    """An id that nobody guesses: whoever holds it sees the drafts."""
    return secrets.token_urlsafe(16)


class DraftStore:
    """Drafts by id and form: so many at most, the oldest go first, and none outlasts a day.

    Examples
    --------
    >>> store, now = DraftStore(), datetime(2026, 6, 30, tzinfo=UTC)
    >>> store.keep("id", "form", Draft(None, {"a": ""}, {"a": "b"}, now), now)
    >>> store.find("id", "form", now + timedelta(hours=23)).typed
    {'a': 'b'}
    >>> store.find("id", "form", now + timedelta(hours=25)), store.find("other", "form", now)
    (None, None)
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, OrderedDict[str, Draft]] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, draft_id: str, now: datetime | None = None) -> bool:
        """Whether anything is kept under an id."""
        with self._lock:
            self._forget(now)
            return draft_id in self._kept

    def forms(self, draft_id: str, now: datetime | None = None) -> list[str]:
        """The forms that something is kept of, the one that was typed into last first."""
        with self._lock:
            self._forget(now)
            return list(reversed(self._kept.get(draft_id, OrderedDict())))

    def find(self, draft_id: str, form: str, now: datetime | None = None) -> Draft | None:
        """What was typed into a form, or None."""
        with self._lock:
            self._forget(now)
            return self._kept.get(draft_id, OrderedDict()).get(form)

    def keep(self, draft_id: str, form: str, draft: Draft, now: datetime | None = None) -> None:
        """Keep a draft in the place of an earlier one of the form; one that is huge is let go."""
        size = sum(len(str(value)) for value in draft.typed.values())
        with self._lock:
            self._forget(now)
            forms = self._kept.setdefault(draft_id, OrderedDict())
            forms.pop(form, None)
            if size <= _MOST_CHARACTERS:
                forms[form] = draft
            while len(forms) > _MOST_FORMS:
                forms.popitem(last=False)
            self._kept.move_to_end(draft_id)
            while len(self._kept) > _MOST_IDS:
                self._kept.popitem(last=False)

    def drop(self, draft_id: str, form: str) -> None:
        """Forget what was typed into a form."""
        with self._lock:
            forms = self._kept.get(draft_id)
            if forms is not None:
                forms.pop(form, None)
                if not forms:
                    del self._kept[draft_id]

    def _forget(self, now: datetime | None) -> None:
        """Let go what is too old."""
        oldest = (now or datetime.now(UTC)) - LASTS
        for draft_id, forms in list(self._kept.items()):
            for name in [name for name, draft in forms.items() if draft.changed_at < oldest]:
                del forms[name]
            if not forms:
                del self._kept[draft_id]
