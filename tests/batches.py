"""Batches put into a store directly, for tests of what lies below the intake."""

from __future__ import annotations

from datetime import datetime

from mlpm_core.records import Model

NOON = datetime(2026, 6, 30, 12)


def add_batch(writer, seq, undoes=None, project="shop"):
    writer.run(
        "add_batch", seq=seq, batch=f"B{seq:05d}", project=project, kind="models", channel="http",
        sha256="0" * 64, actor="test", received_at=NOON, undoes=undoes, receipt="{}",
    )  # fmt: skip


def model(name, purpose=""):
    return {"project": "shop", "model_id": name, "purpose": purpose, "owner": "", "archived": False}


def add_models(store, seq, *names):
    with store.writer() as writer:
        add_batch(writer, seq)
        writer.append(Model, seq, [model(name) for name in names])
