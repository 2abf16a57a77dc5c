"""What screens do: each action names its actor, leaves a receipt, and is said once afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from mlpm_core.services import demo, evaluations, proxies, registers, undoing, uploads
from pages.parts import loaders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlpm_core.records import Receipt

__all__ = [
    "commit",
    "decide",
    "remove_demo",
    "save",
    "say_and_rerun",
    "start_case",
    "undo",
    "write_proxy",
]


def save(
    project: str,
    kind: str,
    rows: Iterable[Mapping[str, object]],
    *,
    is_new_model: bool = False,
) -> Receipt:
    """Write records as a form gives them; ``is_new_model`` when it names a model anew."""
    return registers.save(
        loaders.workspace(), loaders.actor(), project, kind, rows, is_new_model=is_new_model
    )


def commit(upload: uploads.Upload, data: bytes) -> Receipt:
    """Store a file that was previewed."""
    return uploads.import_upload(
        loaders.workspace(), loaders.actor(), upload, data, channel="screen"
    )


def decide(
    project: str,
    value_case_id: str,
    *,
    chosen: str,
    title: str,
    why: str,
    decided_by: str,
    review_on: date | None,
    decided_on: date | None,
    supersedes: str,
    runs_as: tuple[str, str],
    attendees: str,
    conditions: str,
    dissent: str,
) -> Receipt:
    """Record what was decided, with the options as they stand now."""
    return evaluations.decide(
        loaders.workspace(),
        loaders.actor(),
        project,
        value_case_id,
        chosen=chosen,
        title=title,
        why=why,
        decided_by=decided_by,
        review_on=review_on,
        decided_on=decided_on,
        supersedes=supersedes,
        runs_as=runs_as,
        attendees=attendees,
        conditions=conditions,
        dissent=dissent,
    )


def write_proxy(
    project: str,
    candidate: str,
    *,
    stands_for: str,
    expires_on: date,
    baseline: float | None,
    target: float | None,
    owner: str,
    counted: str,
) -> Receipt:
    """Write a KPI down that stands in for one nobody has named."""
    return proxies.write_proxy(
        loaders.workspace(),
        loaders.actor(),
        project,
        candidate,
        stands_for=stands_for,
        expires_on=expires_on,
        baseline=baseline,
        target=target,
        owner=owner,
        counted=counted,
    )


def start_case(project: str, mechanism: str, kpi: str) -> proxies.StartedCase:
    """Write a value case with a mechanism, named in the KPI that it moves."""
    return proxies.start_case(loaders.workspace(), loaders.actor(), project, mechanism, kpi)


def undo(project: str, batch: str) -> Receipt:
    """Take a batch back."""
    return undoing.undo(loaders.workspace(), loaders.actor(), project, batch)


def remove_demo() -> NoReturn:
    """Take the whole demo back; its history stays in the imports."""
    undone = demo.remove(loaders.workspace(), loaders.actor())
    say_and_rerun(f"The demo is removed: {len(undone)} batches were undone.")


def say_and_rerun(told: str) -> NoReturn:
    """Say it at the top of the screen after the rerun that shows what changed."""
    st.session_state["notice"] = told
    st.rerun()
    raise AssertionError  # pragma: no cover  st.rerun does not come back
