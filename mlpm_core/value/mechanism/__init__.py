"""Mechanisms: named, unit-checked sets of formulas from metrics and quantities to value.

A mechanism is a TOML file in ``catalogue/mechanisms``. ``read_mechanism`` checks all of it, names,
units, functions and completeness, so that a mechanism that was read can be computed.
"""

from __future__ import annotations

from mlpm_core.value.mechanism.catalogue import (
    definition_of,
    find_mechanism,
    mechanism_json,
    mechanisms,
)
from mlpm_core.value.mechanism.file import (
    MechanismFault,
    formulas_in,
    mechanism_from,
    read_mechanism,
)
from mlpm_core.value.mechanism.model import (
    Baseline,
    Check,
    Input,
    Mechanism,
    Rule,
    unreadable,
)
from mlpm_core.value.mechanism.place import replaced

__all__ = [
    "Baseline",
    "Check",
    "Input",
    "Mechanism",
    "MechanismFault",
    "Rule",
    "definition_of",
    "find_mechanism",
    "formulas_in",
    "mechanism_from",
    "mechanism_json",
    "mechanisms",
    "read_mechanism",
    "replaced",
    "unreadable",
]
