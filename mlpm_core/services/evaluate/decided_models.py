"""What the model that was decided realised: only results of its own deployments tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpm_core.evaluation import NONE
from mlpm_core.quantity.words import day_in_words
from mlpm_core.records import Deployment, Slot, ValueCase
from mlpm_core.services.evaluate.views import Range
from mlpm_core.services.valuation.mechanisms import mechanism_of_case
from mlpm_core.services.valuation.monitored import as_if_deployed, monitored_periods
from mlpm_core.services.valuation.value_cases import CaseValue, valued_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.periods import Period
    from mlpm_core.records import Project
    from mlpm_core.services.valuation.now import Stretch
    from mlpm_core.store import Reader


@dataclass(frozen=True, slots=True)
class Realised:
    """What the decided model realised, or in ``reason`` why nothing can be said of it.

    ``when`` says when that was monitored, ``instead`` which other model is in use today, and since
    when; it is empty while the decided one is.
    """

    value: Range | None = None
    when: Stretch | Period | None = None
    reason: str = ""
    instead: str = ""


class DecidedModels:
    """The deployments of a project, asked for the models that its decisions chose."""

    def __init__(self, reader: Reader, project: Project, today: date) -> None:
        self._reader, self._project, self._today = reader, project, today
        name = project.project
        self._cases = {c.value_case_id: c for c in reader.current(ValueCase, name)}
        self._deployments = reader.current(Deployment, name)
        self._valued: dict[tuple[str, str, str, str], CaseValue] = {}

    def title(self, value_case_id: str) -> str:
        """The title of a value case; its id when it has none, or is no longer there."""
        case = self._cases.get(value_case_id)
        return str((case.title if case else "") or value_case_id)

    def realised(self, decision: Mapping[str, Any]) -> Realised:
        """What the candidate that a decision chose realised since.

        Only the deployments of its value case count, and of them only those of the version it was
        decided on: the candidate's name, or the model and version that the decision names for it.
        """
        case = self._cases.get(decision["value_case_id"])
        if case is None:
            return Realised(reason="Its value case no longer exists.")
        if decision["chosen"] == NONE:
            reason = "No candidate was adopted, so no value is expected from one."
            return Realised(reason=reason, instead=self._instead(case))
        deployments = [
            deployment
            for champion in self._deployed(case)
            if (deployment := self._as_decided(champion, decision, case)) is not None
        ]
        begun = [d for d in deployments if d.from_on is None or d.from_on <= self._today]
        if not begun:
            return Realised(reason=_not_yet(deployments), instead=self._instead(case))
        deployment = max(begun, key=self._recency)
        instead = "" if self._is_in_use(deployment) else self._instead(case)
        value = self._value(case, deployment)
        first = deployment.from_on
        since = f"In use since {day_in_words(first)}" if first else "In use"
        if deployment.to_on and not self._is_in_use(deployment):
            since = f"In use until {day_in_words(deployment.to_on)}"
        if value.as_of is None or not _is_told_in_use(value, deployment):
            return Realised(reason=f"{since}; there are no results yet.", instead=instead)
        if value.current is None:
            reason = f"{since}; no value can be computed from its results: {value.problem}"
            return Realised(reason=reason, instead=instead)
        when = value.rests_on or value.as_of
        return Realised(Range.of(value.current.net, value.currency), when, "", instead)

    def versions(self, value_case_id: str) -> list[tuple[str, str]]:
        """Model and version of everything that was, is or will be in use for a value case."""
        case = self._cases.get(value_case_id)
        deployed = self._deployed(case) if case else []
        return sorted({(d.model_id, d.model_version) for d in deployed})

    def _deployed(self, case: ValueCase) -> list[Deployment]:
        """The champions of a value case; its model as if deployed, while none is recorded."""
        of_case = [d for d in self._deployments if d.value_case_id == case.value_case_id]
        if of_case:
            return [d for d in of_case if d.slot == Slot.CHAMPION and not d.archived]
        as_if = as_if_deployed(case.model_id)
        return [as_if] if self._monitored(as_if, case) else []

    def _as_decided(
        self, deployment: Deployment, decision: Mapping[str, Any], case: ValueCase
    ) -> Deployment | None:
        """A deployment of the decided version, narrowed to it; None when it is of another."""
        if decision["model_id"] not in ("", deployment.model_id):
            return None
        to_on = deployment.to_on
        if to_on is not None and to_on < decision["decided_on"]:
            return None  # what ran before was not decided here
        version = decision["model_version"] or decision["chosen"]
        narrowed = deployment.model_copy(update={"model_version": version})
        if deployment.model_version == version:
            return narrowed
        if deployment.model_version:
            return None
        if self._monitored(narrowed, case):  # it takes every version, and this is one of them
            return narrowed
        is_named = decision["model_id"] and not decision["model_version"]
        return deployment if is_named else None

    def _monitored(self, deployment: Deployment, case: ValueCase) -> object:
        name, currency = self._project.project, self._project.currency
        mechanism = mechanism_of_case(self._reader, name, case)
        return monitored_periods(self._reader, name, deployment, self._today, mechanism, currency)

    def _value(self, case: ValueCase, deployment: Deployment) -> CaseValue:
        """The value case by what was monitored of a deployment while it was in use."""
        version = (deployment.deployment_id, deployment.model_id, deployment.model_version)
        key = (case.value_case_id, *version)
        if key not in self._valued:
            last_on = min(deployment.to_on or self._today, self._today)
            self._valued[key] = valued_case(
                self._reader, self._project, case, last_on, deployment=deployment
            )
        return self._valued[key]

    def _instead(self, case: ValueCase) -> str:
        """Which model is in use today, and since when."""
        running = [d for d in self._deployed(case) if d.deployment_id and self._is_in_use(d)]
        if not running:
            return ""
        now = max(running, key=self._recency)
        model = f"{now.model_id} {now.model_version}".strip()
        return f"{model} is in use now, since {day_in_words(now.from_on)}."

    def _is_in_use(self, deployment: Deployment) -> bool:
        from_on, to_on = deployment.from_on, deployment.to_on
        return (from_on is None or from_on <= self._today) and (
            to_on is None or to_on >= self._today
        )

    def _recency(self, deployment: Deployment) -> tuple[bool, date, str]:
        """The one in use goes before one that ended, the later before the earlier."""
        from_on = deployment.from_on or self._today
        return self._is_in_use(deployment), from_on, deployment.deployment_id


def _not_yet(deployments: Sequence[Deployment]) -> str:
    planned = min((d.from_on for d in deployments), default=None)
    if planned is None:
        return "Not deployed yet."
    return f"Not deployed yet; it goes into use on {day_in_words(planned)}."


def _is_told_in_use(value: CaseValue, deployment: Deployment) -> bool:
    """Whether the newest results are not all of before it came into use."""
    from_on = deployment.from_on
    return from_on is None or (value.as_of is not None and value.as_of.end.date() > from_on)
