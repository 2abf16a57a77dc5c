"""Batches put into a store directly, for tests of what lies below the intake."""

from __future__ import annotations

from datetime import datetime

from mlpm_core.records import Model, Receipt
from mlpm_core.services.ingest import batches

NOON = datetime(2026, 6, 30, 12)


def add_batch(writer, seq, undoes=None, project="shop"):
    done = Receipt(
        status="committed", batch=batches.name_of(seq), project=project, kind="models",
        sha256="0" * 64, actor="test", received_at=NOON,
    )  # fmt: skip
    batches.add(writer, seq, done, "http", undoes=undoes)


def model(name, purpose=""):
    return {"project": "shop", "model_id": name, "purpose": purpose, "owner": "", "archived": False}


def add_models(store, seq, *names):
    with store.writer() as writer:
        add_batch(writer, seq)
        writer.append(Model, seq, [model(name) for name in names])
