"""Mechanisms that users write themselves."""

from __future__ import annotations

from typing import ClassVar, Final

from mlpm_core.records.record import Flag, Name, Record, Text, column

FIRST_MECHANISM: Final = """\
# A mechanism of your own. Lines that begin with # are notes; change whatever you like.
id = "meter_reading"
name = "Meter reading"
sentence = "The model reads photographs of meters; people type only those it is unsure of."
task = "classification"
case = "reading"
volume = "readings"
bad_experience = "a customer billed by a wrong reading"
natural = "none"
sources = ["Our own figures of last year."]

# What the model scores.
[metrics.coverage]
label = "Read without a person"
question = "of the photographs, the model is sure of this share"
unit = "1"
low = 0
high = 1
better = "higher"
typical = "0.5 to 0.9"

# What the business knows.
[quantities.readings]
label = "Readings"
question = "so many photographs arrive a year"
unit = "case/year"
low = 0
typical = "50k to 200k"

[quantities.typing_minutes]
label = "Typing a reading"
question = "typing one reading takes a person"
unit = "min/case"
low = 0
typical = "0.5 to 2"

[quantities.wage_per_hour]
label = "Cost of an hour of work"
question = "an hour of work costs, with overhead"
unit = "money/hour"
low = 0
typical = "20 to 40"

# Steps: each may use what stands above it. Units are checked; no factor of 60 is needed.
[flows]
automatic = { formula = "readings * coverage", unit = "case/year" }
hours = { formula = "automatic * typing_minutes", unit = "hour/year" }

# The five dimensions, more is better; write 0 for what does not change.
[kpis]
revenue = { formula = "0" }
cost_saving = { formula = "hours * wage_per_hour" }
cycle_time = { formula = "0" }
people_intensity = { formula = "hours / readings" }
customer_experience = { formula = "0" }

# What happens without the model. The natural one needs no more than a sentence.
[baselines.none]
sentence = "a person typing every reading"

[baselines.all]
sentence = "the model reading every photograph"
set = { coverage = "1" }

[baselines.incumbent]
reason = "Nothing reads meters today. Take none."
"""
"""A small mechanism that can be computed, to begin with."""


class MechanismRecord(Record):
    """A mechanism of a project's own: a definition that everybody may read and change."""

    kind: ClassVar[str] = "mechanisms"
    singular: ClassVar[str] = "Mechanism"
    plural: ClassVar[str] = "Mechanisms"
    key: ClassVar[tuple[str, ...]] = ("project", "mechanism_id")

    project: Name = column("The project it belongs to.")
    mechanism_id: Name = column(
        "Its short name, the id that stands in its definition.", label="Mechanism"
    )
    definition: Text = column("The whole definition, as the files of mlpm_core/catalogue (TOML).")
    note: Text = column("Why it was written or changed.", default="")
    archived: Flag = column("Kept, but no longer offered for new value cases.", default=False)
