"""Help texts of figures, from the glossary: what a term says, and what to do with it."""

from __future__ import annotations

from typing import Final

from pages.parts.common.glossary import term

WORDS: Final = {
    "LIKELY": "likely range",
    "VALUE_RATE": "value rate",
    "PLANNED": "planned value",
    "VALUE_GAP": "value gap",
    "GRADE": "grade of attribution",
    "HEALTH": "health",
    "SLOT": "slot",
    "USUAL_RANGE": "usual range",
    "SIGNAL": "signal",
    "SHIFT": "shift index",
    "BREAK_EVEN": "break-even",
    "PARTS": "parts of a change",
    "FIND_OUT": "worth of finding out",
    "WORTH": "worth of knowing one number",
    "STUDY": "worth of a study",
    "STUDY_PER_CASE": "most to pay per case",
    "SWING": "swing",
    "NPV": "net present value",
    "WATERFALL": "from the guess to the plan",
    "PROVISIONAL": "provisional KPI",
    "DRIVERS": "driver of an estimate",
    "FIND_FIRST": "what to find out first",
    "ONE_MORE": "one more person",
    "LEARNED": "what the work so far says",
    "WORK_LEFT": "work left",
}


def __getattr__(name: str) -> str:
    """The help text of a figure, with its numbers as the reader of the screen writes them."""
    if name not in WORDS:
        raise AttributeError(name)
    return term(WORDS[name]).help
