"""What is kept of data and models: how many steps made each, and what nobody settled of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.records import ArtefactType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.records import Artefact

_DATA: Final = (ArtefactType.DATASET, ArtefactType.LABELS, ArtefactType.FEATURES)
_FROM_OUTSIDE: Final = (*_DATA, ArtefactType.FOUNDATION_MODEL)


class ArtefactGap(StrEnum):
    """What is not settled of an artefact."""

    KEPT_TOO_LONG = "kept_too_long"
    NO_LAST_DAY = "no_last_day"
    NO_LICENCE = "no_licence"
    NO_OWNER = "no_owner"
    NO_LOCATION = "no_location"
    NO_DIGEST = "no_digest"


@dataclass(frozen=True, slots=True)
class KeptArtefact:
    """An artefact with the number of steps that made it and what is not settled of it.

    ``steps`` is the longest way back to what has no known source; 0 for that.
    """

    record: Artefact
    steps: int
    gaps: tuple[ArtefactGap, ...]


def kept_artefact(artefact: Artefact, kept: Mapping[str, Artefact], today: date) -> KeptArtefact:
    """An artefact as it stands on a day.

    Parameters
    ----------
    artefact : Artefact
        The artefact.
    kept : mapping of str to Artefact
        All artefacts of the project, by id.
    today : date
        The day.

    Notes
    -----
    A licence is asked of data, and of a model that somebody else made. Data of persons need a last
    day of keeping (Regulation (EU) 2016/679, Article 5(1)(e): no longer than is necessary).

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import Artefact
    >>> raw = Artefact(project="p", artefact_id="raw", artefact_type="dataset", licence="own",
    ...                owner="Pia", location="s3", digest="1f", holds_personal_data=True)
    >>> clean = Artefact(project="p", artefact_id="clean", artefact_type="features",
    ...                  made_from="raw")
    >>> found = kept_artefact(raw, {"raw": raw}, date(2026, 6, 30))
    >>> found.steps, [gap.value for gap in found.gaps]
    (0, ['no_last_day'])
    >>> kept_artefact(clean, {"raw": raw, "clean": clean}, date(2026, 6, 30)).steps
    1
    """
    return KeptArtefact(artefact, _steps(artefact, kept), _gaps(artefact, today))


def _gaps(artefact: Artefact, today: date) -> tuple[ArtefactGap, ...]:
    last = artefact.keep_until_on
    asked = {
        ArtefactGap.KEPT_TOO_LONG: last is not None and last < today,
        ArtefactGap.NO_LAST_DAY: artefact.holds_personal_data and last is None,
        ArtefactGap.NO_LICENCE: artefact.artefact_type in _FROM_OUTSIDE
        and not artefact.licence.strip(),
        ArtefactGap.NO_OWNER: not artefact.owner.strip(),
        ArtefactGap.NO_LOCATION: not artefact.location.strip(),
        ArtefactGap.NO_DIGEST: not artefact.digest.strip(),
    }
    return tuple(gap for gap, is_open in asked.items() if is_open)


def parents(artefact: Artefact) -> list[str]:
    """The names of what an artefact was made from."""
    return [name.strip() for name in artefact.made_from.split(";") if name.strip()]


def _steps(artefact: Artefact, kept: Mapping[str, Artefact]) -> int:
    """The longest way back, one step a round; a circle ends after as many steps as there are."""
    reached, steps = set(parents(artefact)), 0
    while reached and steps < len(kept):
        steps += 1
        reached = {p for name in reached if name in kept for p in parents(kept[name])}
    return steps
