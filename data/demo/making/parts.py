"""What the two models in life were made from, and what came of building them again."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from making.dangers import DEMAND, WORKSHOP
from making.demand import fitted_model, model_forecast, wape
from making.story import BUILDER, LIVE_ON, PIA, Array, Row

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

    from making.demand import Sales
    from making.workshop import Requests, Triage

SCORED_DAYS = 91
"""Both models are scored on the first quarter in life, which neither has seen."""
ARCHIVED_UNTIL_ON = date(2024, 6, 1)
"""The ERP archives closed months: when the model was built again, its last month was not there."""
FORECAST, TRIAGE = "demand-forecast-1.0", "request-triage-1.0"
LABELS = "workshop-labels-2024"


def sha256(content: bytes | str | Array) -> str:
    """The digest of the very bytes; of an array those of its numbers, row by row."""
    if isinstance(content, np.ndarray):
        content = np.ascontiguousarray(content).tobytes()
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def model_digest(model: HistGradientBoostingRegressor) -> str:
    """The digest of all numbers in the trees of a model, field by field."""
    whole = hashlib.sha256(np.ascontiguousarray(model._baseline_prediction).tobytes())
    for (tree,) in model._predictors:
        for name in tree.nodes.dtype.names:
            whole.update(np.ascontiguousarray(tree.nodes[name]).tobytes())
    return whole.hexdigest()


def demand_artefacts(sales: Sales, model: HistGradientBoostingRegressor) -> list[Row]:
    """The model of the daily orders and all that it was made from, with digests."""
    live = sales.day(LIVE_ON)
    seen = np.stack([a[:, :live] for a in (sales.units, sales.promo, sales.price)])
    score = sales.units[:, live : live + SCORED_DAYS]
    parts = [
        ("sales-2024-06", "dataset", "", sha256(seen), "models/demand/1.0/sales.parquet", PIA),
        ("forecast-code-1.0", "code", "", _code("demand.py"), "repository, tag 1.0", BUILDER),
        ("python-2024", "environment", "", sha256(_environment()), "repository, lock file",
         BUILDER),
        ("forecast-settings-1.0", "configuration", "", sha256(_settings(model)),
         "models/demand/1.0/settings.json", BUILDER),
        ("quarter-in-life", "test_set", "", sha256(score), "models/demand/1.0/test.parquet", PIA),
        (FORECAST, "model", "sales-2024-06; forecast-code-1.0; python-2024; forecast-settings-1.0",
         model_digest(model), "models/demand/1.0/model", BUILDER),
    ]  # fmt: skip
    return [
        _artefact(DEMAND, *part, created_on=date(2024, 7, 1), model_id="demand-forecast")
        for part in parts
    ]


def demand_rebuilds(
    sales: Sales, model: HistGradientBoostingRegressor, forecast: Array
) -> list[Row]:
    """Two rebuilds, truly made: from the sales that were kept, and from the archive of the ERP.

    Parameters
    ----------
    forecast : array of shape (n_skus, n_days)
        Of the model in use; the first column is ``LIVE_ON``.
    """
    live = sales.day(LIVE_ON)
    days = range(live, live + SCORED_DAYS)
    actual = sales.units[:, live : live + SCORED_DAYS]
    original, digest = wape(forecast[:, :SCORED_DAYS], actual), model_digest(model)
    tried = []
    for day, until, how in (
        (date(2025, 7, 14), live, "From the sales that were kept"),
        (date(2026, 4, 20), sales.day(ARCHIVED_UNTIL_ON), "From the archive, which lacks June"),
    ):
        again = fitted_model(sales, until)
        rebuilt = wape(model_forecast(again, sales, sales.units, days), actual)
        same = "the same bytes" if model_digest(again) == digest else "other bytes"
        tried.append(_rebuild(DEMAND, FORECAST, day, "wape", original, rebuilt,
                              f"{how}: {same}, {model_digest(again)[:12]}"))  # fmt: skip
    return tried


def workshop_artefacts(requests: Requests, triage: Triage, train_until: int) -> list[Row]:
    """The triage and what is kept of its making; the labels it was made from are not."""
    texts = "\n".join(t for t, w in zip(requests.texts, requests.week, strict=True)
                      if w < train_until)  # fmt: skip
    parts = [
        ("workshop-texts-2024", "dataset", "", sha256(texts),
         "models/triage/1.0/texts.csv, names taken out", PIA),
        ("triage-code-1.0", "code", "", _code("workshop.py"), "repository, tag 1.0", BUILDER),
        ("python-2024", "environment", "", sha256(_environment()), "repository, lock file",
         BUILDER),
        (TRIAGE, "model", f"workshop-texts-2024; {LABELS}; triage-code-1.0; python-2024",
         triage.digest, "models/triage/1.0/model", BUILDER),
    ]  # fmt: skip
    return [
        _artefact(WORKSHOP, *part, created_on=date(2024, 9, 2), model_id="request-triage")
        for part in parts
    ]


def workshop_rebuilds(requests: Requests, triage: Triage, test_weeks: range) -> list[Row]:
    """The try of March 2026, which ended where the labels should have been."""
    automatic = np.isin(requests.week, test_weeks) & triage.is_automatic
    wrong = automatic & (triage.job != requests.job)
    return [
        _rebuild(WORKSHOP, TRIAGE, date(2026, 3, 16), "selective_error",
                 float(wrong.sum() / automatic.sum()), None,
                 f"{LABELS} is on no share and in no backup: nothing to train on")
    ]  # fmt: skip


def _artefact(
    project: str,
    artefact_id: str,
    artefact_type: str,
    made_from: str,
    digest: str,
    location: str,
    owner: str,
    *,
    created_on: date,
    model_id: str,
) -> Row:
    is_model = artefact_type == "model"
    return {
        "project": project,
        "artefact_id": artefact_id,
        "artefact_type": artefact_type,
        "made_from": made_from,
        "model_id": model_id if is_model else "",
        "model_version": "1.0" if is_model else "",
        "location": location,
        "digest": digest,
        "licence": "Own" if artefact_type != "environment" else "Open source, see lock file",
        "holds_personal_data": False,
        "owner": owner,
        "created_on": created_on,
        "archived": False,
    }


def _rebuild(
    project: str,
    artefact_id: str,
    day: date,
    metric: str,
    original: float,
    rebuilt: float | None,
    note: str,
) -> Row:
    return {
        "project": project,
        "artefact_id": artefact_id,
        "attempted_on": day,
        "metric": metric,
        "original": f"{original:.6f}",
        "rebuilt": "" if rebuilt is None else f"{rebuilt:.6f}",
        "tolerance": 0.01,
        "note": note,
        "archived": False,
    }


def _code(name: str) -> str:
    return sha256((Path(__file__).parent / name).read_bytes())


def _environment() -> str:
    return "\n".join(f"{name}=={version(name)}" for name in ("numpy", "scikit-learn"))


def _settings(model: HistGradientBoostingRegressor) -> str:
    return json.dumps(model.get_params(), sort_keys=True)
