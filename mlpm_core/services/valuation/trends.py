"""How the KPIs of a value case went of late, kept so that a restart does not value it again."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.quantity import Dimension
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import newest_version
from mlpm_core.services.valuation.maths_version import maths_version
from mlpm_core.store import Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.services.valuation.value_rates import RatePoint


class TrendPoint(NamedTuple):
    """The mean of each dimension in one period, in its own unit."""

    kpis: Mapping[Dimension, float]


def kept_trend(
    workspace: Workspace,
    project: str,
    case: CaseValue,
    day: date,
    compute: Callable[[], Sequence[RatePoint]],
) -> list[TrendPoint]:
    """The newest periods of a value case, oldest first; none when they cannot be computed.

    Parameters
    ----------
    compute : callable
        Values the periods, as of what is committed of the project. That it did so before is found
        by the newest batch of the project, so that nothing has to be read to know it.
    """
    version = workspace.version_of(project)
    place, digest = trend_key(project, case, version, day)
    table = workspace.store.figures
    with workspace.store.reader() as reader:
        figures = table.find_saved(reader.rows, place, digest)
    if figures is not None:
        kept, _ = or_reason(f"Figures kept of {place}", partial(_read, figures.text))
        if kept is not None:
            return kept
    rates, _ = or_reason(f"The value rates of {case.value_case_id} of {project}", compute)
    trend = [TrendPoint(dict(rate.kpis)) for rate in rates or ()]
    if rates is not None and newest_version(workspace, project) == version:
        table.keep(place, digest, Figures(trend_text(rates), b""))
    return trend


def trend_key(
    project: str, case: CaseValue, version: int, day: date
) -> tuple[tuple[str, str], str]:
    """Where the trend of a value case is kept, and the hash of all that it rests on."""
    length = case.as_of.granularity if case.as_of else ""
    what = (maths_version(), project, version, str(day), case.value_case_id, length)
    place = (project, f"{case.value_case_id} trend")
    return place, hashlib.sha256(repr(what).encode()).hexdigest()


def trend_text(rates: Iterable[RatePoint]) -> str:
    """A trend as it is kept."""
    return json.dumps([{d.value: mean for d, mean in rate.kpis.items()} for rate in rates])


def _read(text: str) -> list[TrendPoint]:
    return [
        TrendPoint({Dimension(name): float(mean) for name, mean in point.items()})
        for point in json.loads(text)
    ]
