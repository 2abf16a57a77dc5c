"""A KPI that stands in for one nobody has named: who agreed to it, and until when it may wait."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.quantity.words import day_in_words

if TYPE_CHECKING:
    from datetime import date

_DAYS_PER_WEEK: Final = 7


class ProxyState(StrEnum):
    """Whether a KPI is a proxy, and whether it may be used as one."""

    NONE = "no proxy"
    AGREED = "proxy"
    OPEN = "proxy, not agreed"
    EXPIRED = "proxy expired"

    @property
    def label(self) -> str:
        """How it stands, as screens say it.

        Examples
        --------
        >>> ProxyState.OPEN.label
        'provisional, not agreed'
        """
        return {
            ProxyState.NONE: "",
            ProxyState.AGREED: "provisional, agreed",
            ProxyState.OPEN: "provisional, not agreed",
            ProxyState.EXPIRED: "provisional, expired",
        }[self]


@dataclass(frozen=True, slots=True)
class Proxy:
    """What a KPI stands in for; nothing for a KPI of the stakeholders' own.

    It is agreed from ``agreed_on`` on, by somebody. Until then it is open up to and with
    ``expires_on``, and expired afterwards. Agreeing later takes it up again.
    """

    stands_for: str
    agreed_by: str = ""
    agreed_on: date | None = None
    expires_on: date | None = None

    def state(self, today: date) -> ProxyState:
        """How it stands on a day.

        Examples
        --------
        >>> from datetime import date
        >>> proxy = Proxy("shorter waits", expires_on=date(2026, 6, 9))
        >>> proxy.state(date(2026, 6, 9)).value, proxy.state(date(2026, 6, 10)).value
        ('proxy, not agreed', 'proxy expired')
        """
        if not self.stands_for.strip():
            return ProxyState.NONE
        if self.agreed_by.strip() and self.agreed_on is not None and self.agreed_on <= today:
            return ProxyState.AGREED
        if self.expires_on is not None and self.expires_on < today:
            return ProxyState.EXPIRED
        return ProxyState.OPEN

    def sentence(self, today: date) -> str:
        """How it stands on a day, and what to do about it; empty when it is no proxy.

        Examples
        --------
        >>> from datetime import date
        >>> print(Proxy("calm", expires_on=date(2026, 6, 9)).sentence(date(2026, 6, 30)))
        Provisional KPI for calm, not agreed, expired 3 weeks ago: agree to it or replace it.
        """
        kpi = f"Provisional KPI for {self.stands_for.strip().rstrip('.')}"
        match self.state(today):
            case ProxyState.NONE:
                return ""
            case ProxyState.AGREED if self.agreed_on is not None:
                on = day_in_words(self.agreed_on)
                return f"{kpi}, agreed by {self.agreed_by.strip()} on {on}."
            case ProxyState.EXPIRED if self.expires_on is not None:
                ago = _span((today - self.expires_on).days)
                return f"{kpi}, not agreed, expired {ago} ago: agree to it or replace it."
        if self.expires_on is None:
            return f"{kpi}, not agreed, without an expiry date: set one."
        left = (self.expires_on - today).days
        when = f"{day_in_words(self.expires_on)}, {f'in {_span(left)}' if left else 'today'}"
        return f"{kpi}, not agreed yet: agree to it by {when}, or it stops counting."


def _span(days: int) -> str:
    """A number of days in the unit people would say it in."""
    if days < 2 * _DAYS_PER_WEEK:
        return f"{days} day{'s' if days != 1 else ''}"
    return f"{days // _DAYS_PER_WEEK} weeks"
