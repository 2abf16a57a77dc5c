"""What an address names, what a screen shows of it, and how the address follows a choice.

Keys in the URL are public: a renamed one breaks links.

``project``  the project in view      ``case``  its value case      ``kind``  a kind of record
``by``       length of a period       ``batch`` a batch             ``record``  one record
``made``     is "how it was made" open     ``estimate`` one of its estimates
``mechanism``  how a model creates value, or ``@new``
``kpi``      a KPI, or ``@net`` for net money     ``deployment``  a model in use
``as_of``    the day, moment or batch as of which all is shown; once ``known``
``dimension``  what should get better     ``candidate``  a KPI to find     ``mechanism``  how
``range``    the days shown: ``4w``, ``quarter``, ``year``, ``ytd``, or two days as
             ``2026-01-01..2026-03-31``; all without it     ``against``  what they are compared
             with: the period before without it, ``year-ago``, or two days
``draft``    what was typed and not saved     ``since``  the day since which a KPI changed
``model``    of the models in use the one that is shown in short, as ``project/deployment``
``term``     a word that is looked for in the glossary
``print``    is 1 while the screen is shown as it prints
``edit``     is 1 while what people fill in on a screen is open, 0 once they closed it
``supersedes``  the decision under review, whose place the next one takes
``part``     of the Support screen; ``help``, ``sourcing``, ``labelling``, ``runs``  a plan of it
``find``, ``owner``, ``health``, ``aim`` (what should get better), ``waits``, ``group``, ``order``
             narrow and arrange the list of projects      ``shown``  the one of them in short

Streamlit's own bind="query-params" writes titles into the URL: a renamed project would break every
link to it. So the URL holds ids, and whoever wrote last wins: the link or the control.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from collections.abc import Collection

_WITHIN = {
    "project": (
        *("case", "batch", "record", "estimate", "mechanism", "kpi", "deployment", "by"),
        *("help", "sourcing", "labelling", "runs", "edit"),
    ),
    "case": ("kpi",),
    "deployment": ("by",),
    "kind": ("record",),
    "dimension": ("candidate", "mechanism"),
    "candidate": ("mechanism",),
}
"""What a key's value gives its meaning to: another project has other value cases."""
_BOUND = ("made", "since")  # Streamlit keeps them, and writes them again
_KEPT = (
    "project",
    "draft",
)  # there always is one in view; what was typed is kept until it is saved


def named(key: str) -> tuple[str, ...]:
    """Every value that the address has for a key; none when it does not have it."""
    return tuple(dict.fromkeys(st.query_params.get_all(key)))


def step_back() -> None:
    """After the browser's Back or Forward, let go of every choice that the address has no more.

    Without it a choice that has no default in the address, such as all days, could not be gone
    back to: what was chosen since would be written into the address again.
    """
    run = get_script_run_ctx()
    if run is None or not run.is_history_navigation:
        return
    for seen in [str(name) for name in st.session_state if str(name).startswith("seen_")]:
        key = seen.removeprefix("seen_")
        if key not in st.query_params and key not in _KEPT:
            del st.session_state[seen]
            st.session_state[key] = None


def carry(*keys: str) -> None:
    """Write what was chosen for all screens into the address of a screen that was just opened."""
    for key in keys:
        if st.session_state.pop(f"left_{key}", False):
            st.session_state[key] = None
    missing = {
        key: str(value)
        for key in keys
        if (value := st.session_state.get(key)) and key not in st.query_params
    }
    if missing:
        st.query_params.update(missing)


def rename(former: str, key: str) -> None:
    """Follow an address that was written when a key still had its former name."""
    if former in st.query_params:
        left = {k: st.query_params.get_all(k) for k in st.query_params if k != former}
        st.query_params.from_dict({key: st.query_params.get_all(former)} | left)


def is_news(key: str) -> bool:
    """Whether the address names something that this session has not followed yet."""
    names = named(key)
    return bool(names) and list(names) != st.session_state.get(f"seen_{key}")


def follow(key: str, options: Collection[str], default: str | None) -> tuple[str, ...]:
    """Put into ``st.session_state[key]`` what the address names, or what was chosen since.

    Parameters
    ----------
    options : collection of str
        What there is to choose from.
    default : str, optional
        What is chosen while the address names nothing.

    Returns
    -------
    tuple of str
        What the address names though it is not there; the state is then None: never another one.
    """
    names, chosen = named(key), st.session_state.get(key)
    if names and (is_news(key) or chosen not in options):
        st.session_state[f"seen_{key}"] = list(names)
        chosen = names[0] if len(names) == 1 and names[0] in options else None
    elif chosen not in options:  # it is gone, or nothing was chosen yet
        chosen = default
    st.session_state[key] = chosen
    return names if chosen is None else ()


def show(key: str, value: str) -> str:
    """Write a choice into the address; what belonged to another choice leaves it."""
    before = named(key)
    st.session_state[f"seen_{key}"] = [value]
    if before == (value,):
        return value
    gone = _WITHIN.get(key, ()) if before else ()
    for inner in gone:
        st.session_state.pop(inner, None)
        st.session_state.pop(f"seen_{inner}", None)
    if any(inner in st.query_params for inner in gone):  # at once: one step of the way back
        left = [k for k in st.query_params if k not in gone and k not in _BOUND]
        st.query_params.from_dict({k: st.query_params.get_all(k) for k in left} | {key: value})
    else:
        st.query_params[key] = value
    return value


def leave(key: str) -> None:
    """Let go, in the next run, what is in view on all screens, for it is there no more."""
    drop(key)
    st.session_state[f"left_{key}"] = True


def drop(key: str) -> None:
    """Take a key out of the address."""
    st.session_state.pop(f"seen_{key}", None)
    st.query_params.pop(key, None)
