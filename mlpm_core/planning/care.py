"""Who looks after a model at work, until when, and what its contract leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.records import ContractType, Telemetry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.records import Contract, ContractClause, Deployment

CLAUSES: Final = {
    "access": "Access to the system",
    "telemetry": "Results that come back",
    "response_time": "Time to answer a call",
    "rollback": "Going back to the version before",
    "retraining": "Retraining",
    "data_rights": "Rights to the data",
    "exit": "What happens at the end",
}
"""What a support contract has to settle; others may be named in one's own words."""
_REHEARSED_WITHIN_DAYS: Final = 365  # the product's own


class Keeper(StrEnum):
    """Who looks after a model."""

    CONTRACT = "contract"
    OWN_PEOPLE = "own_people"
    NOBODY = "nobody"


class Gap(StrEnum):
    """What is not covered; those of ``is_alarm`` leave somebody without help or bound to it."""

    NOBODY = "nobody"
    CONTRACT_UNKNOWN = "contract_unknown"
    NOT_FOR_SUPPORT = "not_for_support"
    CONTRACT_ENDED = "contract_ended"
    CONTRACT_AHEAD = "contract_ahead"
    ENDS_BEFORE_NEED = "ends_before_need"
    LIABLE_BLIND = "liable_blind"
    LIABLE_LOCKED_OUT = "liable_locked_out"
    NEED_UNKNOWN = "need_unknown"
    NOT_IN_CONTRACT = "not_in_contract"
    UNPAID = "unpaid"
    NO_RESPONSE_TIME = "no_response_time"
    NO_TELEMETRY = "no_telemetry"
    OWN_PEOPLE_ONLY = "own_people_only"
    NO_RUN_BOOK = "no_run_book"
    NOT_REHEARSED = "not_rehearsed"

    @property
    def is_alarm(self) -> bool:
        """Whether it leaves nobody to call, or somebody liable for what he cannot see."""
        return self in _ALARMS


_ALARMS: Final = {
    Gap.NOBODY,
    Gap.CONTRACT_UNKNOWN,
    Gap.NOT_FOR_SUPPORT,
    Gap.CONTRACT_ENDED,
    Gap.CONTRACT_AHEAD,
    Gap.ENDS_BEFORE_NEED,
    Gap.LIABLE_BLIND,
    Gap.LIABLE_LOCKED_OUT,
}


class ClauseState(StrEnum):
    """Whether a contract settles something, and whether it is paid for."""

    PAID = "paid"
    UNPAID = "unpaid"
    LEFT_OUT = "left_out"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class ClauseCheck:
    """One thing that a contract settles or not; ``price`` in the project's currency."""

    clause: str
    title: str
    state: ClauseState
    price: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Care:
    """Who looks after one deployment, until when, and what is missing.

    ``keeper`` is who does today. ``own_people`` are those of one's own that are named, or empty:
    they do whatever no contract covers. ``until_on`` is the last covered day; None while it is
    open-ended, or nobody does. ``gap_days`` are days, from today on, on which the business needs it
    and nobody has to come; None when that is not known, since nobody said until when it is needed.
    """

    deployment: Deployment
    contract: Contract | None
    keeper: Keeper
    own_people: str
    until_on: date | None
    gap_days: int | None
    gaps: tuple[Gap, ...]
    clauses: tuple[ClauseCheck, ...]

    @property
    def alarms(self) -> tuple[Gap, ...]:
        """What needs somebody now, the gravest first."""
        return tuple(gap for gap in self.gaps if gap.is_alarm)

    @property
    def unpaid_clauses(self) -> tuple[ClauseCheck, ...]:
        """What is in the contract without a price."""
        return tuple(c for c in self.clauses if c.state is ClauseState.UNPAID)

    @property
    def missing_clauses(self) -> tuple[ClauseCheck, ...]:
        """What is not in the contract, and so is not done."""
        return tuple(
            c for c in self.clauses if c.state in (ClauseState.LEFT_OUT, ClauseState.NOT_ASKED)
        )


def care_of(
    deployment: Deployment,
    contract: Contract | None,
    clauses: Sequence[ContractClause],
    today: date,
) -> Care:
    """What is settled for a model that is in use.

    Parameters
    ----------
    deployment : Deployment
        Where it runs.
    contract : Contract or None
        The one that it names; None when that is not there.
    clauses : sequence of ContractClause
        Those of the contract.
    today : date
        From which days are counted.

    Notes
    -----
    A support contract covers the days from its first to its last, or without end, and goes first
    while it is in force. Own people cover every other day, and on days of the contract what it
    leaves out; the other party of the contract is nobody's own people. Days without cover are those
    from today to the last day of need that lie outside.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import Deployment
    >>> alone = Deployment(project="shop", deployment_id="d", model_id="m", value_case_id="v",
    ...                    from_on=date(2026, 1, 1), needed_until_on=date(2026, 1, 20))
    >>> care = care_of(alone, None, [], date(2026, 1, 11))
    >>> care.keeper.value, care.gap_days, care.gaps[0].value
    ('nobody', 10, 'nobody')
    """
    support = contract if contract and contract.contract_type is ContractType.SUPPORT else None
    own = _own_people(deployment, contract)
    checks = clause_checks(clauses) if support else ()
    is_over = support is not None and support.ends_on is not None and support.ends_on < today
    is_ahead = support is not None and support.starts_on is not None and support.starts_on > today
    keeper = Keeper.OWN_PEOPLE if own else Keeper.NOBODY
    first: date | None = today if own else None
    last: date | None = None
    if support is not None:
        if not is_over and not is_ahead:
            keeper = Keeper.CONTRACT
        if not own:
            first, last = support.starts_on or today, support.ends_on
    gaps = [
        *_of_cover(deployment, contract, keeper, own, today),
        *(_of_contract(deployment, support, checks) if support and not is_over else ()),
        *_of_running(deployment, today),
    ]
    return Care(
        deployment=deployment,
        contract=contract,
        keeper=keeper,
        own_people=own,
        until_on=last,
        gap_days=_gap_days(deployment.needed_until_on, first, last, today),
        gaps=tuple(sorted(dict.fromkeys(gaps), key=list(Gap).index)),
        clauses=checks,
    )


def _own_people(deployment: Deployment, contract: Contract | None) -> str:
    """Who of one's own people is named; the other party of the contract is none of them."""
    named = deployment.looked_after_by.strip()
    party = contract.counterparty.strip() if contract else ""
    return "" if named.casefold() == party.casefold() else named


def clause_checks(clauses: Sequence[ContractClause]) -> tuple[ClauseCheck, ...]:
    """Every usual clause of a support contract, and those that somebody named besides."""
    written = {clause.clause: clause for clause in clauses if not clause.archived}
    names = [*CLAUSES, *(name for name in written if name not in CLAUSES)]
    return tuple(_check(name, written.get(name)) for name in names)


def _check(name: str, clause: ContractClause | None) -> ClauseCheck:
    title = CLAUSES.get(name, name)
    if clause is None:
        return ClauseCheck(name, title, ClauseState.NOT_ASKED, None, "")
    state = ClauseState.PAID if clause.price else ClauseState.UNPAID
    if not clause.is_present:
        state = ClauseState.LEFT_OUT
    return ClauseCheck(name, title, state, clause.price, clause.note)


def _of_cover(
    deployment: Deployment, contract: Contract | None, keeper: Keeper, own: str, today: date
) -> list[Gap]:
    gaps = [Gap.NEED_UNKNOWN] if deployment.needed_until_on is None else []
    if contract is None:
        if deployment.contract_id:
            gaps.append(Gap.CONTRACT_UNKNOWN)
        elif keeper is Keeper.NOBODY:
            gaps.append(Gap.NOBODY)
        return gaps
    if contract.contract_type is not ContractType.SUPPORT:
        return [*gaps, Gap.NOT_FOR_SUPPORT] if keeper is Keeper.NOBODY else gaps
    if own:
        return gaps if keeper is Keeper.CONTRACT else [*gaps, Gap.OWN_PEOPLE_ONLY]
    needed, ends = deployment.needed_until_on, contract.ends_on
    if ends is not None and ends < today:
        gaps.append(Gap.CONTRACT_ENDED)
    elif ends is not None and needed is not None and ends < needed:
        gaps.append(Gap.ENDS_BEFORE_NEED)
    if contract.starts_on is not None and contract.starts_on > today:
        gaps.append(Gap.CONTRACT_AHEAD)
    return gaps


def _of_contract(
    deployment: Deployment, contract: Contract, checks: Sequence[ClauseCheck]
) -> list[Gap]:
    states = {check.clause: check.state for check in checks}
    settled = (ClauseState.PAID, ClauseState.UNPAID)
    gaps = []
    if contract.is_liable:
        if deployment.telemetry in (Telemetry.NONE, Telemetry.NOTHING):
            gaps.append(Gap.LIABLE_BLIND)
        if states["access"] not in settled:
            gaps.append(Gap.LIABLE_LOCKED_OUT)
    if any(state not in settled for state in states.values()):
        gaps.append(Gap.NOT_IN_CONTRACT)
    if ClauseState.UNPAID in states.values():
        gaps.append(Gap.UNPAID)
    if contract.response_hours is None:
        gaps.append(Gap.NO_RESPONSE_TIME)
    return gaps


def _of_running(deployment: Deployment, today: date) -> list[Gap]:
    gaps = []
    if deployment.telemetry is Telemetry.NOTHING:
        gaps.append(Gap.NO_TELEMETRY)
    if not deployment.run_book.strip():
        gaps.append(Gap.NO_RUN_BOOK)
    rehearsed = deployment.rehearsed_on
    if rehearsed is None or (today - rehearsed).days > _REHEARSED_WITHIN_DAYS:
        gaps.append(Gap.NOT_REHEARSED)
    return gaps


def _gap_days(
    needed_until: date | None, starts: date | None, ends: date | None, today: date
) -> int | None:
    """Days of need from today on that no cover holds; None when the need has no end."""
    if needed_until is None:
        return None
    needed = max(0, (needed_until - today).days + 1)
    if starts is None:
        return needed
    first = max(starts, today)
    last = needed_until if ends is None else min(ends, needed_until)
    return needed - max(0, (last - first + timedelta(days=1)).days)
