"""The rebuild score: what of a model is kept, and whether building it again was tried."""

from __future__ import annotations

from datetime import date

from mlpm_core.planning.rebuild import rebuild_score
from mlpm_core.records import Artefact, Rebuild


def artefact(artefact_id, made_from="", digest="1f", kind="dataset"):
    return Artefact(
        project="p", artefact_id=artefact_id, artefact_type=kind, made_from=made_from,
        digest=digest,
    )  # fmt: skip


def tried(day, rebuilt, original=0.8):
    return Rebuild(
        project="p", artefact_id="m", attempted_on=date(2026, 3, day), original=original,
        rebuilt=rebuilt,
    )  # fmt: skip


def scored(*kept, tries=()):
    by_id = {a.artefact_id: a for a in kept}
    return rebuild_score(by_id["m"], by_id, tries)


def test_a_model_is_complete_only_with_the_parts_of_its_parts():
    model = artefact("m", "features", kind="model")
    score = scored(model, artefact("features", "raw; code"), artefact("raw"))
    assert (score.missing, score.points) == (("code",), 1)
    whole = scored(model, artefact("features", "raw; code"), artefact("raw"), artefact("code"))
    assert (whole.missing, whole.points) == ((), 2)


def test_a_model_of_which_nobody_says_what_it_was_made_from_has_no_points():
    assert scored(artefact("m", " ; ", kind="model")).points == 0


def test_parts_that_were_made_from_each_other_end():
    score = scored(artefact("m", "a", kind="model"), artefact("a", "b"), artefact("b", "a; m"))
    assert score.points == 2


def test_the_last_rebuild_counts_and_one_that_never_was_is_none():
    model = (artefact("m", "a", kind="model"), artefact("a"))
    assert scored(*model, tries=[tried(2, 0.5), tried(9, 0.801)]).points == 3
    assert not scored(*model, tries=[tried(9, 0.5), tried(2, 0.801)]).is_rebuilt
    assert not scored(*model).is_rebuilt
    assert not scored(*model, tries=[tried(2, 0.8, original=None)]).is_rebuilt
    assert scored(*model, tries=[tried(2, 0.0, original=0.0)]).is_rebuilt
    assert scored(*model, tries=[tried(2, -0.801, original=-0.8)]).is_rebuilt
