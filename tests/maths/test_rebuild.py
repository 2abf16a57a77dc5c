"""The rebuild score: what of a model is kept, and whether building it again was tried."""

from __future__ import annotations

from datetime import date

from mlpm_core.planning.artefacts import ArtefactGap, kept_artefact
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


TODAY = date(2026, 6, 30)
SETTLED = {"owner": "Pia", "location": "s3://x", "digest": "1f", "licence": "own"}


def kept(artefact_id="d", made_from="", kind="dataset", others=(), **more):
    told = {"project": "p", "artefact_id": artefact_id, "artefact_type": kind}
    record = Artefact(**told, made_from=made_from, **(SETTLED | more))
    by_id = {a.artefact_id: a for a in (record, *others)}
    return kept_artefact(record, by_id, TODAY)


def test_data_of_persons_need_a_last_day_and_what_is_kept_beyond_it_is_named():
    assert kept().gaps == ()
    assert kept(holds_personal_data=True).gaps == (ArtefactGap.NO_LAST_DAY,)
    assert kept(holds_personal_data=True, keep_until_on=TODAY).gaps == ()
    assert kept(keep_until_on=date(2026, 6, 29)).gaps == (ArtefactGap.KEPT_TOO_LONG,)


def test_a_licence_is_asked_of_data_and_of_what_others_made_and_of_nothing_else():
    asked = {
        kind
        for kind in ("dataset", "labels", "features", "foundation_model", "model", "code")
        if ArtefactGap.NO_LICENCE in kept(kind=kind, licence=" ").gaps
    }
    assert asked == {"dataset", "labels", "features", "foundation_model"}


def test_nobody_no_place_and_no_digest_are_said():
    bare = kept(owner="", location="", digest="").gaps
    assert bare == (ArtefactGap.NO_OWNER, ArtefactGap.NO_LOCATION, ArtefactGap.NO_DIGEST)


def test_steps_are_the_longest_way_back_and_a_circle_ends():
    a, b = artefact("a", "raw"), artefact("b", "a; raw")
    assert kept("m", "raw; b", others=[a, b]).steps == 3
    assert kept("m", "raw").steps == 1
    assert kept("m", "x", others=[artefact("x", "m")]).steps == 2
