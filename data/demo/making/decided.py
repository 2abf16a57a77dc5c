"""What the people of the Bike Shop decided; MLPM adds the evidence when it records it."""

from __future__ import annotations

from datetime import date

from making.story import JONAS, MARA, PIA, TOM, Row


def demand_decision() -> Row:
    """To let the forecast order; its version goes by another name in life than on the test set."""
    return {
        "project": "bike-shop-demand",
        "decision_id": "D001",
        "title": "Let the forecast propose the daily orders",
        "value_case_id": "daily-orders",
        "chosen": "forecast-1.0",
        "model_id": "demand-forecast",
        "model_version": "1.0",
        "why": "Half a year of planners' overrides is worth less than its error; the smaller "
        "model saves nothing that counts.",
        "decided_by": f"{MARA}, {TOM}",
        "attendees": PIA,
        "decided_on": date(2024, 6, 24),
        "review_on": date(2025, 7, 1),
        "conditions": "Planners may still change every order.",
    }


def winback_decision() -> Row:
    """To keep the champion although the challenger has the better score."""
    return {
        "project": "bike-shop-winback",
        "decision_id": "D001",
        "title": "Keep the champion; the new target is margin per contact",
        "value_case_id": "voucher-letter",
        "chosen": "champion-1.0",
        "why": "The challenger ranks better but writes to members who would have stayed. Two "
        "complaints on postcodes go to Dr. Rahmani first.",
        "decided_by": f"{MARA}, {JONAS}",
        "decided_on": date(2026, 6, 15),
        "review_on": date(2026, 9, 14),
    }
