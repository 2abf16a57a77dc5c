"""What people answered to the checks of each project's phase."""

from __future__ import annotations

from datetime import date

from making.dangers import AMAL, DEMAND, WEARCHECK, WINBACK, WORKSHOP
from making.story import BUILDER, INES, JONAS, PIA, TOM, Row

SPRING, JUNE = date(2026, 4, 20), date(2026, 6, 8)
NO_PERSONS = "No data about persons: sign-off of 2024-03-25"
NO_HIGH_RISK = "No high-risk use: it proposes how many goods are sent to a shop"

# (check, answer, day, who, what shows it); "auto" before the evidence: a machine checks it.
_DEMAND = (
    ("ready_data_1", "yes", SPRING, PIA, "auto Ranges and pack units against the year before"),
    ("ready_data_2", "yes", SPRING, BUILDER, "Each feature left out once, backtest of June 2024"),
    ("ready_data_3", "yes", SPRING, BUILDER, "All of them come from one nightly export"),
    ("ready_data_4", "yes", SPRING, PIA, "Export lists its fields; no others are read"),
    ("ready_data_5", "not_applicable", SPRING, AMAL, NO_PERSONS),
    ("ready_data_6", "partial", SPRING, BUILDER, "Three weeks, agreed on two"),
    ("ready_data_7", "yes", SPRING, BUILDER, "auto Tests of the features run with every change"),
    ("ready_model_1", "yes", SPRING, BUILDER, "Repository, tag 1.0"),
    ("ready_model_2", "yes", JUNE, PIA, "26 weeks in which chance kept goods on the old rule"),
    ("ready_model_3", "yes", SPRING, BUILDER, "Search of May 2024, kept with the model"),
    ("ready_model_4", "yes", date(2025, 11, 3), BUILDER, "Backtest with models one year old"),
    ("ready_model_5", "yes", SPRING, BUILDER, "forecast-0.9 with 12 trees, June 2024"),
    ("ready_model_6", "yes", JUNE, PIA, "Prediction log by kind of goods"),
    ("ready_model_7", "not_applicable", SPRING, AMAL, NO_PERSONS),
    ("ready_infrastructure_1", "yes", SPRING, BUILDER, "Rebuilt twice: see the rebuilds"),
    ("ready_infrastructure_2", "yes", SPRING, BUILDER, "auto Unit tests run with every change"),
    ("ready_infrastructure_3", "yes", SPRING, BUILDER, "auto One shop end to end, every night"),
    ("ready_infrastructure_4", "yes", SPRING, BUILDER, "Backtest before each release"),
    ("ready_infrastructure_5", "yes", SPRING, PIA, "Notebook for one SKU and one day"),
    ("ready_infrastructure_6", "no", SPRING, BUILDER, "Went to all shops at once in July 2024"),
    ("ready_infrastructure_7", "yes", SPRING, PIA, "Rehearsed on 2026-04-14, 40 minutes"),
    ("ready_monitoring_1", "no", JUNE, PIA, "The update of 2026-05-18 came unannounced"),
    ("ready_monitoring_2", "yes", SPRING, PIA, "auto Input check of pack units since 2026-03-23"),
    ("ready_monitoring_3", "yes", SPRING, BUILDER, "One code path for both"),
    ("ready_monitoring_4", "partial", SPRING, PIA, "A reminder in the calendar"),
    ("ready_monitoring_5", "yes", SPRING, PIA, "auto Nightly run stops on missing values"),
    ("ready_monitoring_6", "yes", SPRING, BUILDER, "auto The run must end by four in the morning"),
    ("ready_monitoring_7", "yes", SPRING, PIA, "auto Daily wape, alarm on the same day"),
    ("autonomy_level", "yes", SPRING, TOM, "Assistive: planners may change every order"),
    ("autonomy_stop", "yes", SPRING, TOM, "Rehearsed on 2026-04-14"),
    ("autonomy_attention", "yes", SPRING, TOM, "Proposals that look odd are listed first"),
    ("failure_policy", "yes", SPRING, TOM, "Planners' rule takes over: run book"),
    ("failure_tried", "yes", SPRING, TOM, "March 2026, in earnest"),
    ("data_upkeep", "no", JUNE, PIA, "Pia Holm looks after them, and hears of no change"),
    ("data_change", "yes", JUNE, PIA, "Shops opened and closed, promotions, ERP updates"),
    ("ethics_purpose", "yes", SPRING, TOM, "Planners asked in two shops"),
    ("ethics_groups", "not_applicable", SPRING, AMAL, NO_PERSONS),
    ("privacy_basis", "not_applicable", SPRING, AMAL, NO_PERSONS),
    ("privacy_decision", "not_applicable", SPRING, AMAL, NO_PERSONS),
    ("impact_harm", "yes", JUNE, TOM, "Talk with purchasing and two shops"),
    ("impact_remedy", "yes", SPRING, TOM, "Shops call purchasing; a planner puts it right"),
    ("law_role", "yes", SPRING, AMAL, "Deployer; Northlight Analytics provides"),
    ("law_tier", "yes", SPRING, AMAL, NO_HIGH_RISK),
    ("law_prohibited", "yes", SPRING, AMAL, "None of the prohibitions is about orders of goods"),
    ("law_transparency", "not_applicable", SPRING, AMAL, "Nobody outside purchasing deals with it"),
)
_WORKSHOP = (
    ("ready_data_1", "yes", SPRING, PIA, "Length and language of texts"),
    ("ready_data_4", "yes", SPRING, PIA, "The text of the form alone is read"),
    ("ready_data_5", "yes", SPRING, AMAL, "Names taken out, texts deleted after 90 days"),
    ("ready_model_1", "yes", SPRING, BUILDER, "Repository, tag 1.0"),
    ("ready_model_6", "no", JUNE, PIA, "Requests about e-bikes go wrong more than twice as often"),
    ("ready_model_7", "yes", SPRING, AMAL, "Errors by language of the text: no difference seen"),
    (
        "ready_infrastructure_1",
        "no",
        SPRING,
        BUILDER,
        "Rebuild of 2026-03-16 stopped at the labels",
    ),
    ("ready_infrastructure_4", "yes", SPRING, BUILDER, "Test of August 2024"),
    ("ready_infrastructure_7", "yes", SPRING, INES, "The desk reads everything, two days in 2025"),
    ("ready_monitoring_7", "yes", SPRING, PIA, "auto Weekly selective_error"),
    ("autonomy_level", "yes", SPRING, INES, "Delegative: sure ones go to their bench"),
    ("failure_policy", "yes", SPRING, INES, "Everything goes to the desk"),
    ("privacy_keep", "yes", SPRING, AMAL, "90 days, deleted every night"),
    ("impact_harm", "yes", JUNE, INES, "Talk with the desk and two mechanics"),
    ("law_tier", "yes", SPRING, AMAL, "No high-risk use: it names a bench"),
)
_WINBACK = (
    ("ethics_groups", "no", date(2026, 6, 18), AMAL, "Letters by district are not counted yet"),
    ("ethics_proxy", "partial", date(2026, 6, 18), AMAL, "Distance may stand in for income"),
    ("privacy_least", "yes", date(2026, 5, 4), AMAL, "Gaps, spend, visits and distance; no more"),
    ("data_labels", "yes", date(2026, 5, 4), PIA, "A year without a purchase, counted"),
    ("impact_harm", "yes", date(2026, 6, 15), JONAS, "Talk with the members' panel"),
)
_WEARCHECK = (
    ("ethics_alternatives", "yes", date(2026, 6, 9), INES, "A gauge costs 4 minutes for each bike"),
    ("ethics_heard", "partial", date(2026, 6, 9), INES, "Mechanics yes, customers not yet"),
    ("privacy_basis", "no", date(2026, 6, 9), AMAL, "Faces on one photo in ten"),
    ("law_tier", "yes", date(2026, 6, 9), AMAL, "No high-risk use: it proposes a quote"),
)
HARMS = {
    DEMAND: ("Planners lose practice, and suppliers get orders at shorter notice",
             "Shops without goods in season, and stock that is written down"),
    WORKSHOP: ("Two people at the desk have fewer hours",
               "Customers wait longer when the bike goes to a wrong bench"),
    WINBACK: ("Members who never get a letter pay for the vouchers of others",
              "Members feel watched, and withdraw their consent"),
}  # fmt: skip
"""By project who is harmed if the system works as meant, and who if it fails."""
STANCES: dict[str, Row] = {
    DEMAND: {
        "phase": "in_life",
        "autonomy": "assistive",
        "failure_policy": "Orders follow the planners' rule, which runs beside the forecast.",
    },
    WORKSHOP: {
        "phase": "in_life",
        "autonomy": "delegative",
        "failure_policy": "Every request goes to the desk.",
    },
    WINBACK: {"phase": "sprint_2"},
    WEARCHECK: {"phase": "pre_project"},
}
"""By project the phase in which it stands, and what its system may do alone."""
_ANSWERS = {DEMAND: _DEMAND, WORKSHOP: _WORKSHOP, WINBACK: _WINBACK, WEARCHECK: _WEARCHECK}


def answers_to_checks(project: str) -> list[Row]:
    """The answers of a project in the phase in which it stands."""
    phase = str(STANCES[project]["phase"])
    return [_answer(project, phase, *answer) for answer in _ANSWERS[project]]


def _answer(project: str, phase: str, check: str, reply: str, day: date, who: str, why: str) -> Row:
    is_automated, evidence = why.startswith("auto "), why.removeprefix("auto ")
    is_excused = reply == "not_applicable"
    works, fails = HARMS[project] if check == "impact_harm" else ("", "")
    return {
        "project": project,
        "check_id": check,
        "phase": phase,
        "reply": reply,
        "answered_on": day,
        "reviewer": who,
        "evidence": "" if is_excused else evidence,
        "is_automated": is_automated,
        "reason": evidence if is_excused else "",
        "harm_if_works": works,
        "harm_if_fails": fails,
        "archived": False,
    }
