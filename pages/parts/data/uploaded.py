"""What was dropped, pasted or corrected on Upload, and what was said of it, for one session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.common.format import literal, plain

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it is to be imported: its kind, its name as given, its bytes, and their hash.

    ``origin`` is the hash of the file that came, where this one was corrected here.
    """

    kind: str
    name: str
    data: bytes
    sha256: str
    origin: str

    @classmethod
    def of(cls, kind: str, name: str, data: bytes, origin: str = "") -> UploadedFile:
        """A file from its bytes."""
        sha256 = hashlib.sha256(data).hexdigest()
        return cls(kind, name, data, sha256, origin or sha256)

    @property
    def title(self) -> str:
        """The name, for a place that reads Markdown."""
        return literal(self.name)

    @property
    def size(self) -> str:
        """The size as people read it."""
        n = len(self.data)
        return f"{plain(n / 2**20, 1)} MB" if n >= 2**20 else f"{plain(n / 1024)} KB"

    def key(self, what: str) -> str:
        """The key under which the session keeps something about this file."""
        return f"upload_{what}_{self.kind}_{self.sha256}"

    def origin_key(self, what: str) -> str:
        """The same for the file that came, in whose place this one stands."""
        return f"upload_{what}_{self.kind}_{self.origin}"

    @property
    def answers(self) -> list[str]:
        """What was answered about it so far."""
        return list(st.session_state.get(self.key("answers"), ()))

    def answer(self, answers: Iterable[str]) -> None:
        """Put answers in the place of those given so far."""
        st.session_state[self.key("answers")] = list(answers)

    @property
    def asking(self) -> str:
        """The key of whether to ask what earlier files were answered."""
        return self.key("ask")

    @property
    def asks_again(self) -> bool:
        """Whether its questions are asked although earlier files answered them."""
        return bool(st.session_state.get(self.asking, False))

    @property
    def asks_for_part(self) -> bool:
        """Whether it is open which part of it is read, for one is stored already."""
        return bool(st.session_state.get(self.key("part"), False)) and not self.answers

    def another_part(self) -> None:
        """Ask which part of it is read, and take back what was answered."""
        self.answer(())
        st.session_state[self.key("part")] = True


def turn() -> int:
    """How many files this session stored: each one gives way to an empty place for the next."""
    return int(st.session_state.setdefault("upload_turn", 0))


def next_turn() -> None:
    """Make room for the next file."""
    st.session_state["upload_turn"] = turn() + 1
