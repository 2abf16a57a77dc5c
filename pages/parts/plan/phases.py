"""What a phase is called by other ways of running such a project."""

from __future__ import annotations

from typing import Final

from mlpm_core.records import Phase

CROSSWALK: Final = {
    Phase.PRE_PROJECT: (
        "business understanding", "business and data understanding", "business understanding",
    ),
    Phase.SPRINT_0: (
        "business and data understanding", "business and data understanding",
        "business understanding",
    ),
    Phase.SPRINT_1: (
        "data understanding and data preparation",
        "business and data understanding, data preparation", "data acquisition and understanding",
    ),
    Phase.SPRINT_2: ("modelling and evaluation", "modelling and evaluation", "modelling"),
    Phase.SPRINT_3: ("deployment", "deployment", "deployment and customer acceptance"),
    Phase.IN_LIFE: ("", "monitoring and maintenance", ""),
}  # fmt: skip
"""Of each phase its name in CRISP-DM, CRISP-ML(Q) and TDSP; empty where they have none."""
_WAYS: Final = (
    "CRISP-DM (Chapman et al. 2000)",
    "CRISP-ML(Q) (Studer et al. 2021)",
    "TDSP (Microsoft 2016)",
)


def elsewhere(phase: Phase) -> str:
    """What a phase is called elsewhere, in a sentence; empty for one that is none of work.

    Examples
    --------
    >>> elsewhere(Phase.SPRINT_3)[:49]
    'Called deployment in CRISP-DM (Chapman et al. 200'
    >>> elsewhere(Phase.CLOSED)
    ''
    """
    names = CROSSWALK.get(phase)
    if names is None:
        return ""
    pairs = list(zip(names, _WAYS, strict=True))
    called = ", ".join(f"{name} in {way}" for name, way in pairs if name)
    without = " and ".join(way for name, way in pairs if not name)
    return f"Called {called}." + (f" It has no place in {without}." if without else "")
