"""How answers are kept for screens, keyed by the version of the project that they are of.

What is made of such answers alone, such as a chart's rows, is kept by which answers it is made of.
"""

from __future__ import annotations

import getpass
from datetime import date
from enum import Enum
from functools import lru_cache, wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import streamlit as st

from mlpm_core.services.lifecycle import open_workspace
from mlpm_core.services.session.consistent import consistent
from pages.parts.common.drafts import DraftStore
from pages.parts.common.locales import current

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from mlpm_core.quantity.written import Form
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
    what is written to it. Readers who write numbers and days alike share an answer.
    """
    return _keeping(read)


def tried(read: Callable[P, T]) -> Callable[P, T]:
    """The same as `shared` for what is tried in one transaction and rolled back."""
    return _keeping(read, is_one_moment=True)


class _Same:
    """An argument that is known by which object it is; kept, so that no other takes its place."""

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it


class _Equal(_Same):
    """An argument that is known by what it is: a text, a number, a day."""

    def __hash__(self) -> int:
        return hash(self.it)

    def __eq__(self, other: object) -> bool:
        return type(other) is _Equal and type(self.it) is type(other.it) and self.it == other.it


def _known(argument: object) -> object:
    if type(argument) in (tuple, list):
        return tuple(map(_known, cast("tuple[object, ...]", argument)))
    is_plain = argument is None or isinstance(argument, str | int | float | date | Enum)
    return _Equal(argument) if is_plain else _Same(argument)


def _given(known: Any) -> Any:  # noqa: ANN401
    return tuple(map(_given, known)) if type(known) is tuple else known.it


def made_once(make: Callable[P, T]) -> Callable[P, T]:
    """Keep what is made of answers and nothing else, while the same answers are in view.

    Answers that are kept are the same objects in each run of a screen, and nobody changes them; of
    a list or a tuple, each of its items. Lists are given on as tuples. What is made must not be
    changed either: frames are shared by all sessions whose readers write alike.

    Examples
    --------
    >>> first = made_once(lambda answer: list(answer))
    >>> answer = {"a": 1}
    >>> first(answer) is first(answer), first(answer) is first({"a": 1})
    (True, False)
    """

    @lru_cache(maxsize=64)
    def kept(_form: Form, *known: object) -> T:
        names, *arguments = map(_given, known)
        n = len(arguments) - len(names)
        return make(*arguments[:n], **dict(zip(names, arguments[n:], strict=True)))

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        arguments = (tuple(kwargs), *args, *kwargs.values())
        return kept(current().form, *map(_known, arguments))

    return made


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
        key = (read.__name__, version, now.moment, now.today(), current().form, arguments)

        def answer() -> T:
            return read(*args, **kwargs)

        kept: T = _kept(key, answer if is_one_moment else lambda: consistent(now, answer, project))
        return kept

    return loader


def workspace() -> Workspace:
    """The process's workspace, as of the moment in view; opening is idempotent."""
    when = st.session_state.get("as_of")
    theirs = open_workspace().acting_as(_actor())
    return theirs.as_of(when) if when else theirs


@lru_cache(maxsize=1)
def _actor() -> str:
    """Who is at the screen: the local user until sign-in comes."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local user"
