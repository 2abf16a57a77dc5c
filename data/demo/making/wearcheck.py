"""What was planned of the wear check: no model yet, two ways to estimate one."""

from __future__ import annotations

from making.plans import answers, titled
from making.story import BUILDER, INES, Row


def wearcheck_plan() -> dict[str, list[Row]]:
    """Project D: before the project, an estimate only."""
    project = "bike-shop-wearcheck"
    return {
        "projects": titled(
            project, "title question owner",
            [("Wear check from photos",
              "Quotes that customers trust: photos of chain and brakes tell what is worn.", INES)],
        ),
        "estimates": [
            {"project": project, "estimate_id": "engineers-guess",
             "title": "Twelve days, says the engineer", "raw_days": 12, "day_rate": 590,
             "p_success": 0.4, "max_cycles": 3, "n_models": 1, **answers(
                 yes="data_complex unstructured eval_complicated", unknown=""),
             "documentation": "none", "made_by": BUILDER,
             "note": "Annotation of 6,000 photos is not in it: 15 person-days nobody had counted."},
            {"project": project, "estimate_id": "lighthouse-first",
             "title": "The same, with a lighthouse of 15 days first", "raw_days": 12,
             "day_rate": 590, "p_success": 0.4, "max_cycles": 3, "n_models": 1,
             "stop_point_days": 15, **answers(
                 yes="data_complex unstructured eval_complicated", unknown=""),
             "documentation": "none", "made_by": BUILDER,
             "note": "600 photos of one shop tell whether wear can be seen at all."},
        ],
    }  # fmt: skip
