"""How answers are kept for screens, keyed by the version of the project that they are of."""

from __future__ import annotations

import getpass
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import streamlit as st

from mlpm_core.services.lifecycle import open_workspace
from mlpm_core.services.session.consistent import consistent
from pages.parts.common import locales
from pages.parts.common.drafts import DraftStore

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from mlpm_core.services.session.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")


@st.cache_resource(max_entries=512, ttl="15m", show_spinner=False)
def _kept(key: Hashable, _compute: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Results are immutable, so all sessions share them; a batch makes new ones of its project."""
    return _compute()


@st.cache_resource(show_spinner=False)
def drafts() -> DraftStore:
    """What people typed and did not save, of all sessions; each is found by its own id alone."""
    return DraftStore()


def shared(read: Callable[P, T]) -> Callable[P, T]:
    """Keep what a loader gives until something is written or the day is over.

    Arguments whose names begin with ``_`` are not part of the key. A project's own clock moves by
    what is written to it. All readers share an answer, so that it holds no day as one of them
    writes it: days are written where they are shown.
    """
    return _keeping(read)


def tried(read: Callable[P, T]) -> Callable[P, T]:
    """The same as `shared` for what is tried in one transaction and rolled back."""
    return _keeping(read, is_one_moment=True)


def _keeping(read: Callable[P, T], *, is_one_moment: bool = False) -> Callable[P, T]:
    asks = signature(read)
    is_of_project = next(iter(asks.parameters), "") == "project"

    @wraps(read)
    def loader(*args: P.args, **kwargs: P.kwargs) -> T:
        bound = asks.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = [(k, v) for k, v in bound.arguments.items() if not k.startswith("_")]
        now = workspace()
        project = bound.arguments["project"] if is_of_project else None
        version = now.version if project is None else now.version_of(project)
        key = (read.__name__, version, now.moment, now.today(), arguments)

        def answer() -> T:
            with locales.of_nobody():
                return read(*args, **kwargs)

        kept: T = _kept(key, answer if is_one_moment else lambda: consistent(now, answer, project))
        return kept

    return loader


def workspace() -> Workspace:
    """The process's workspace, as of the moment in view; opening is idempotent."""
    when = st.session_state.get("as_of")
    theirs = open_workspace().acting_as(_actor())
    return theirs.as_of(when) if when else theirs


def _actor() -> str:
    """Who is at the screen: the local user until sign-in comes."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local user"
