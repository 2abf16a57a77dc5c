"""What must be known beside a worth: what it leaves out, takes as exact, equal or independent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mlpm_core.quantity import percent_said
from mlpm_core.value.together import partners

if TYPE_CHECKING:
    from mlpm_core.value.result import Worth

__all__ = ["notes"]

_SHOWN: Final = 4


def notes(worth: Worth) -> tuple[str, ...]:
    """Sentences that belong beside a worth, each with its numbers; what matters most first.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> from mlpm_core.value.worth import worth
    >>> given = {"population": "100k", "share_treated": "0.3", "uplift_at_k": "0.04",
    ...     "conversion_treated_at_k": "0.12", "value": "60", "contact_cost": "0.8",
    ...     "incentive": "5", "contact_minutes": "2", "annoyance": "0.01"}
    >>> notes(worth(find_mechanism("uplift_targeting"), given))
    ('Every number is taken as exact, so nothing shows how far the result could be off.',)
    """
    labels = {entry.name: entry.label for entry in worth.mechanism.all_inputs}
    told = []
    if worth.feasible_share < 1:
        left_out = percent_said(1 - worth.feasible_share)
        told.append(
            f"{left_out[:1].upper()}{left_out[1:]} of the draws are impossible and left out, so "
            "what is shown holds only if none of them comes true; narrow the inputs that cannot go "
            "together."
        )
    for name, quantity in worth.quantities.items():
        if quantity.too_wide is not None:
            told.append(f"{labels[name]} {quantity.too_wide}. Narrow it if you know more.")
    told += [
        f"Nobody gave a number for “{labels[name]}”: that of “{labels[other]}” is used."
        for name, other in worth.followed.items()
    ]
    if worth.costs is None:
        told.append(
            "The mechanism's definition does not say what is paid whatever the benefit, so "
            "attribution, deadweight and decay would take from net."
        )
    told.append(_taken(worth, labels))
    return tuple(told)


def _taken(worth: Worth, labels: dict[str, str]) -> str:
    """Whether inputs are exact, move together or are independent."""
    if worth.is_exact:
        return "Every number is taken as exact, so nothing shows how far the result could be off."
    pairs = partners(worth.quantities)
    n_uncertain = sum(not quantity.is_exact for quantity in worth.quantities.values())
    if not pairs:
        if n_uncertain == 1:
            return "One number is uncertain; all others are taken as exact."
        return "The uncertain numbers are taken as independent of each other."
    together = [
        f"{labels[name]} moves with {labels[other]} ({correlation:g})"
        for name, (other, correlation) in pairs.items()
    ]
    shown = "; ".join(together[:_SHOWN])
    more = f"; and {len(together) - _SHOWN} more pairs" if len(together) > _SHOWN else ""
    return f"{shown}{more}. Everything else that is uncertain is taken as independent."
