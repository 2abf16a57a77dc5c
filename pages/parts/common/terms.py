"""Help texts of figures, from the glossary: what a term says, and what to do with it."""

from __future__ import annotations

from typing import Final

from pages.parts.common.glossary import term

LIKELY: Final = term("likely range").help
VALUE_RATE: Final = term("value rate").help
PLANNED: Final = term("planned value").help
VALUE_GAP: Final = term("value gap").help
GRADE: Final = term("grade of attribution").help
HEALTH: Final = term("health").help
SLOT: Final = term("slot").help
USUAL_RANGE: Final = term("usual range").help
SIGNAL: Final = term("signal").help
SHIFT: Final = term("shift index").help
BREAK_EVEN: Final = term("break-even").help
PARTS: Final = term("parts of a change").help
FIND_OUT: Final = term("worth of finding out").help
WORTH: Final = term("worth of knowing one number").help
STUDY: Final = term("worth of a study").help
STUDY_PER_CASE: Final = term("most to pay per case").help
SWING: Final = term("swing").help
NPV: Final = term("net present value").help
WATERFALL: Final = term("from the guess to the plan").help
PROVISIONAL: Final = term("provisional KPI").help
DRIVERS: Final = term("driver of an estimate").help
FIND_FIRST: Final = term("what to find out first").help
ONE_MORE: Final = term("one more person").help
LEARNED: Final = term("what the work so far says").help
WORK_LEFT: Final = term("work left").help
