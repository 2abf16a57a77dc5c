"""Help texts: what a term of the field says, and what to do with it. Screens say the plain word."""

from __future__ import annotations

from typing import Final

LIKELY: Final = (
    "The figure lies in this range 8 times in 10. One time in 10 it is lower than the first number "
    "(its P10), one time in 10 higher than the second (its P90). A wide range says that little is "
    "known: find out more before you promise the figure. Numbers that are not checked are typical "
    "ones that came with MLPM: while they matter, the figure is a guess."
)
VALUE_RATE: Final = (
    "Also called the value rate: a year's net benefit, as the newest monitored metrics imply it, "
    "for one week. Compare it with the plan; if it is lower, see what changed on the Deployment "
    "screen."
)
PLANNED: Final = (
    "What the value case says with every metric as planned, for one week. If it is wrong, correct "
    "the assumptions on the Value case screen."
)
VALUE_GAP: Final = (
    "Planned minus current value of a week. Above zero the model earns less than planned: the "
    "largest gap is the first to look into."
)
GRADE: Final = (
    "How sure it is that the model caused the value. A: measured with a control group chosen at "
    "random. B: compared before and after, with a group that was left alone. C: computed from the "
    "model's metrics. D: claimed, without figures. With grade C, ask for a control group before "
    "much money rests on the figure."
)
HEALTH: Final = (
    "Critical: it more likely loses money than earns it, delivers less than half of the plan, "
    "broke a limit that was marked critical, or has a grave incident. At risk: it delivers less "
    "than 80% of the plan, or is near or beyond another limit. Unknown: results are missing or too "
    "old. Look at the critical ones first."
)
SLOT: Final = (
    "The part a model plays. Champion: the model that decides, so its value counts. Challenger: it "
    "decides some cases, to be compared. Shadow: it only predicts alongside, and nobody acts on "
    "it. Fallback: it stands by in case the champion fails."
)
USUAL_RANGE: Final = (
    "The usual range comes from the first 12 periods. A metric has left it after one period more "
    "than 4 standard errors away, or two in a row more than 2 away (a Shewhart chart). How many "
    "times as far as chance moves it counts those standard errors (z): beyond 3 chance is no "
    "explanation. Find out what changed at that time."
)
DRIFT: Final = (
    "▲ a sudden change, found by a Shewhart chart: one period more than 4 standard errors (z) from "
    "the level of the first 12 periods, or two in a row more than 2. ◇ a slow change, found by a "
    "CUSUM chart: many small differences in one direction. Look for what changed when the sign "
    "appears; a change for the worse may need a new training of the model."
)
PSI: Final = (
    "The shift index (population stability index, PSI) says how far the mix of cases has moved "
    "from that of the first 12 weeks: 0 is the same mix, above 0.1 it moved, above 0.25 it moved "
    "much. If the model makes more errors on the group that grew, train it on newer cases."
)
