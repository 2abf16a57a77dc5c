"""Help texts of planning terms: what each one says, and what to do with it."""

from __future__ import annotations

from typing import Final

BREAK_EVEN: Final = (
    "The value of one input at which the net benefit is zero, while every other input stays at its "
    "middle value (median). Check those inputs first that are closest to it."
)
BRIDGE: Final = (
    "The change is divided fairly among its causes (Shapley values), so the parts add up exactly "
    "to the change of the average. Look first at the longest bar."
)
FIND_OUT: Final = (
    "The expected value of information: how much more a better informed choice brings on average. "
    "The worth of knowing everything is its upper limit (EVPI). Find something out only if that "
    "costs less than it is worth."
)
WORTH: Final = (
    "How much better you would choose on average if you knew this number exactly (EVPPI). More "
    "than that must never be spent on finding it out."
)
STUDY: Final = (
    "What the study in the column “How” brings on average, before its own cost (EVSI). Do it if it "
    "costs less."
)
STUDY_PER_CASE: Final = (
    "The most that looking at one case of the study may cost. Beyond that the study costs more "
    "than it brings."
)
TORNADO: Final = (
    "Each input moves alone from its low end (P5: one time in twenty it is lower) to its high end "
    "(P95: one time in twenty it is higher), the others stay at their middle value (median). The "
    "longest bar is the number to know better first."
)
NPV: Final = (
    "Everything the model brings over this time, less what building and running it costs; money "
    "that comes later counts less (it is discounted). Above zero the model pays."
)
WATERFALL: Final = (
    "Each bar adds what one cause usually makes the work longer. The number of days is at even "
    "odds: half of such projects need less, half more (P50). The order is always the same; in "
    "another order each bar would differ a little, the end would not."
)
PROVISIONAL: Final = (
    "A number that stands in for a KPI that the stakeholders have not named yet (also called a "
    "proxy). It counts until its last day, and longer only if somebody agrees to it. Ask for that "
    "agreement, or for a better KPI."
)
RANK_DRIVERS: Final = (
    "Spearman's rank correlation with the effort: 1 would mean that nothing else moves it. Work on "
    "what is on top: ask, test early, or split the task."
)
FIND_FIRST: Final = (
    "The days that are enough 8 times in 10 once the answer is known to be no, and once it is "
    "known to be yes. The wider apart, the more it pays to ask before anything is promised."
)
ONE_MORE: Final = (
    "The working days that are enough 8 times in 10 with one more person in this role, or with all "
    "of the time of those who are there. Where tasks wait for each other, more people change "
    "nothing."
)
LEARNED: Final = (
    "Finished tasks are compared with what their three numbers and the factors predict. What they "
    "have in common moves the tasks that are still to come."
)
WORK_LEFT: Final = (
    "What is left of the tasks: line at even odds, dashed to be safe (P80), band from P10 to P95. "
    "Dots are the estimates that were kept on past days."
)
