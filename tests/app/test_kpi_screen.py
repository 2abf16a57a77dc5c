"""The KPI screen: one sentence first, then measured beside implied, and who answers for it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mlpm_core.services.ingest import imports, registers
from tests.app.conftest import labels, open_screen, plain, run, said

WORKSHOP, DEMAND = "bike-shop-workshop", "bike-shop-demand"
DESK = {"project": WORKSHOP, "kpi": "desk-hours"}


def put(workspace, kind, text, project=WORKSHOP):
    receipt = imports.import_file(
        workspace.acting_as("ada"), project, kind, f"{kind}.csv", text.encode()
    )
    assert receipt.status == "committed", receipt


def words(app):
    return plain(said(app))


def metrics(app):
    return {m.label: plain(m.value) for m in app.metric}


@pytest.mark.usefixtures("demo")
def test_without_a_chosen_kpi_the_list_tells_state_owner_and_freshness():
    app = open_screen("kpi", project=WORKSHOP)
    assert words(app).startswith(
        "Of 4 KPIs, 3 are off target, 1 cannot be told. "
        "**Desk hours per 1,000 requests** needs attention first."
    )
    table = app.dataframe[0].value.set_index("KPI")
    desk = table.loc["Desk hours per 1,000 requests"]
    assert (desk["State"], desk["Now"], desk["Target"]) == (
        "✕ off target", "79 h per 1,000 cases", "72 by 31 Aug 2025",
    )  # fmt: skip
    assert (desk["Based on"], desk["Data to"], desk["Owner"]) == (
        "measured", "28 Jun 2026", "Ines Varga",
    )  # fmt: skip
    assert len(desk["Newest values"]) == 26
    cost = table.loc["Desk and rework cost"]
    assert (cost["State"], cost["Based on"]) == ("✕ off target", "implied (grade C)")
    wrong = table.loc["Requests sent to a wrong bench, per 1,000"]
    assert (wrong["State"], wrong["Data to"]) == ("? cannot tell", "14 Jun 2026")


@pytest.mark.usefixtures("demo")
def test_a_button_leads_back_from_a_kpi_to_the_list():
    app = open_screen("kpi", **DESK)
    assert "**Desk hours per 1,000 requests**: 79" in words(app)
    next(b for b in app.button if b.label == "All KPIs").click()
    run(app)
    assert words(app).startswith("Of 4 KPIs")
    assert "kpi" not in app.query_params


@pytest.mark.usefixtures("demo")
def test_the_answer_comes_first_with_value_change_and_target():
    """Weeks of 15 and 22 June: 87.5983 and 78.9988 h, so 8.5995 less, which is better."""
    app = open_screen("kpi", **DESK)
    assert words(app).startswith(
        "**Desk hours per 1,000 requests**: 79 h per 1,000 cases in the week of 22 Jun 2026, "
        "8.6 better than the week before, which may be chance; the target of 72 by 31 Aug 2025 "
        "is not met, and its day is past."
    )
    tiles = metrics(app)
    assert tiles["Against the week before"] == "−8.6 (−10%)"
    assert tiles["Against the baseline"] == "−74 (−48%)"
    assert "the same week a year ago" not in words(app)  # the week itself is named
    assert "week of 23 Jun 2025; change likely" in words(app)
    assert "other (measured minus implied), in the week of 22 Jun 2026" in words(app)


@pytest.mark.usefixtures("demo")
def test_it_names_owner_definition_source_freshness_promises_and_targets():
    text = words(open_screen("kpi", **DESK))
    for part in (
        "**Owner**: Ines Varga. People intensity; lower is better.",
        "**Definition**: Hours the desk spends reading and passing on requests",
        "**Freshness**: Newest value to 28 Jun 2026, 1 day old.",
        "**Source**: Time sheets of the desk",
    ):
        assert part in text
    tables = {next(iter(d.value.columns)): d.value for d in open_screen("kpi", **DESK).dataframe}
    assert list(tables["By"]["Reached"]) == ["✓ reached", "✕ missed"]
    assert list(tables["Promised"]["Promised"]) == ["80 h per 1,000 cases"]
    assert tables["Promised"]["Measured then"][0].startswith("✓ 73")


@pytest.mark.usefixtures("demo")
def test_events_are_numbered_and_those_of_other_kpis_left_out():
    text = words(open_screen("kpi", **DESK))
    assert (
        "**1** :material/rocket_launch: 2 Sep 2024: request-triage 1.0 in use as champion" in text
    )
    assert "**5** :material/event: 13 Apr 2026: Two new people at the desk" in text
    other = words(open_screen("kpi", project=WORKSHOP, kpi="wrong-bench"))
    assert "Spring campaign" in other
    assert "Two new people" not in other


@pytest.mark.usefixtures("demo")
def test_a_kpi_without_measured_values_says_what_to_upload():
    app = open_screen("kpi", project=WORKSHOP, kpi="hours-to-ready")
    text = words(app)
    assert text.startswith("**Hours from request to bike ready** has no measured values yet. ")
    assert "The model's metrics imply" in text
    assert "a file with the columns kpi_id (hours-to-ready), period_start" in text
    (link,) = [x for x in app.get("page_link") if x.proto.label == "Upload measured values"]
    assert link.proto.page == "upload"
    assert "kind=kpi_actuals" in link.proto.query_string


def test_a_kpi_without_any_model_is_told_all_the_same(empty):
    registers.save(
        empty.acting_as("t"), "shop", "projects",
        [{"project": "shop", "title": "Shop", "clock_on": "2024-07-01"}],
    )  # fmt: skip
    head = "kpi_id,title,dimension,unit,direction,baseline,target\n"
    kpi = f"{head}w,Waits,cycle_time,hour/case,lower,20,8\n"
    put(empty, "kpis", kpi, "shop")
    rows = "".join(f"w,2024-0{m}-01,{v},P1M\n" for m, v in ((4, 12), (5, 11), (6, 9)))
    put(empty, "kpi_actuals", f"kpi_id,period_start,value,granularity\n{rows}", "shop")
    app = open_screen("kpi", project="shop", kpi="w")
    text = words(app)
    assert (
        "**Waits**: 9 h per case in Jun 2024, 2 better than the month before, and nothing says how "
        "much of that is chance; the target of 8 is not reached yet."
    ) in text
    assert "too few months in a row, and no sums over cases, to say how much is chance" in text
    assert "There is no value of a year ago." in text
    assert metrics(app)["Implied by the model"] == "–"
    assert "No value case says yet how the model moves this KPI." in text
    assert "kpi" in app.query_params


def test_a_half_week_is_named_and_not_compared(demo):
    row = "kpi_id,period_start,value,granularity\ndesk-hours,2026-06-29,20,P1W\n"
    put(demo, "kpi_actuals", row)
    text = words(open_screen("kpi", **DESK))
    assert text.startswith(
        "**Desk hours per 1,000 requests**: 79 h per 1,000 cases in the week of 22"
    )
    assert (
        "The week of 29 Jun 2026 came in before it was over (20 h per 1,000 cases so far). It is "
        "compared with nothing before it is over."
    ) in text


def test_lengths_of_period_are_shown_one_at_a_time(demo):
    rows = "".join(f"desk-hours,2026-0{m}-01,{v},P1M\n" for m, v in ((4, 90), (5, 85)))
    put(demo, "kpi_actuals", f"kpi_id,period_start,value,granularity\n{rows}")
    weekly = words(open_screen("kpi", **DESK))
    assert "week of 22 Jun 2026" in weekly
    monthly = words(open_screen("kpi", **DESK, by="P1M"))
    assert monthly.startswith(
        "**Desk hours per 1,000 requests**: 85 h per 1,000 cases in May 2026, 5"
    )


@pytest.mark.usefixtures("demo")
def test_an_address_that_names_no_kpi_says_so():
    app = open_screen("kpi", project=DEMAND, kpi="nothing")
    assert "There is no KPI “nothing”" in plain(app.warning[0].value)
    assert not app.error


@pytest.mark.usefixtures("demo")
def test_the_driver_tree_and_the_model_s_metrics_are_a_click_away():
    app = open_screen("kpi", **DESK)
    links = {x.proto.label: x.proto for x in app.get("page_link")}
    assert links["The model's metrics over time"].page == "deployment"
    assert "deployment=request-triage-form" in links["The model's metrics over time"].query_string
    assert links["Were the promises kept?"].page == "promised"
    assert "What moves it" in words(app)
    assert labels(app)


@pytest.mark.usefixtures("demo")
def test_what_changed_since_a_day_is_a_short_list_with_figures():
    app = open_screen("kpi", **DESK)
    app.date_input(key="since").set_value(date(2026, 4, 1))
    run(app)
    table = next(d.value for d in app.dataframe if "Then" in d.value.columns).set_index("What")
    measured = table.loc["Measured"]
    assert (measured["Period then"], measured["Period now"]) == (
        "week of 23 Mar 2026", "week of 22 Jun 2026",
    )  # fmt: skip
    assert "Coverage" in table.index
    text = words(app)
    assert "- 13 Apr 2026: Two new people at the desk" in text
    assert "- Neither its definition nor its target changed." in text


@pytest.mark.usefixtures("demo")
def test_it_says_in_a_sentence_whether_the_kpi_moved_as_the_model_implies():
    text = words(open_screen("kpi", **DESK))
    assert "Did it move as the model implies?" in text
    assert re.search(
        r"Since the model went live on 2 Sep 2024 the KPI changed by −9\d\.\d h per "
        r"1,000 cases \(season and trend taken out; 19 times in 20 "
        r"−9\d\.\d to −\d\d\.\d\), over 35 weeks before and 95 after; "
        r"its metrics imply a change of −81\.1 \(.*\)\. The two agree\.",
        text,
    )
    assert "Coverage: when it moves, the KPI moves the other way in the same week" in text
    assert "Selective error: no link with the KPI that luck would not make (95 weeks)." in text


@pytest.mark.usefixtures("demo")
def test_days_shown_are_held_against_those_before_with_both_ranges_and_stay_for_the_next_screen():
    """Weeks of 1 to 22 June against those of 4 to 25 May, and of 2 to 23 June 2025."""
    app = open_screen("kpi", **DESK, range="4w")
    text = words(app)
    assert "Shown: 1 to 28 Jun 2026 (28 days); compared with 4 to 31 May 2026 (28 days)." in text
    assert "from 1 to 28 Jun 2026 (mean of 4 weeks, weighted by their cases)" in text
    assert "from 4 to 31 May 2026 (4 weeks); change likely" in text
    assert "from 2 to 29 Jun 2025 (4 weeks); change likely" in text
    helps = [plain(c.help) for c in app.caption if c.help]
    assert any(h.startswith("1 to 28 Jun 2026 (28 days) against 4 to 31 May 2026") for h in helps)
    app.selectbox(key="against_choice").set_value("year-ago")
    run(app)
    assert "compared with 2 to 29 Jun 2025 (28 days)" in words(app)
    assert "year-ago" in app.query_params["against"]
    del app.query_params["range"], app.query_params["against"]
    app.switch_page("in_life/deployment.py")
    run(app)
    assert "4w" in app.query_params["range"]
    assert "year-ago" in app.query_params["against"]
    text = words(app)
    assert "Shown: 1 to 28 Jun 2026 (28 days); compared with 2 to 29 Jun 2025 (28 days)." in text
    assert "1 to 28 Jun 2026, 28 of 28 days monitored" in text
    assert "a week from 4 to 31 May 2026, 28 of 28 days monitored; change likely" in text
    assert " of 2 to 29 Jun 2025; change likely" in text
    assert metrics(app)["Against the period before"].startswith("EUR −")


@pytest.mark.usefixtures("demo")
def test_days_without_values_and_addresses_of_no_period_say_so():
    app = open_screen("kpi", **DESK, range="2019-01-01..2019-03-31")
    text = words(app)
    assert "has no value for 1 Jan to 31 Mar 2019" in text
    assert "No whole week of the days shown has a value." in text
    assert metrics(app)["Against the baseline"] == "–"
    app.query_params["range"] = "2027-01-01..2027-02-01"
    run(app)
    assert "No day of 1 Jan to 1 Feb 2027 is over yet." in words(app)
    assert "has no value for 1 Jan to 1 Feb 2027" in words(app)
    assert "The days shown are fewer" not in words(app)
    assert "(0 days)" not in words(app)
    app.query_params["range"] = "ytd"
    run(app)
    told = metrics(app)
    assert "Against the period before" in told  # the same days as a year ago, told once
    assert "Against a year ago" not in told
    for bad in ("nan", "days"):
        app.query_params["range"] = bad
        run(app)
        assert f"There is no time range “{bad}”" in plain(app.warning[0].value)
        assert "All days are shown; what is compared is the newest week" in words(app)


@pytest.mark.usefixtures("demo")
def test_two_weeks_that_were_measured_are_not_held_against_what_is_implied_for_four():
    """Of June the weeks of 1 and 8 have a count of wrong benches, the metrics cover all four."""
    text = words(open_screen("kpi", project=WORKSHOP, kpi="wrong-bench", range="4w"))
    assert "mean of 2 weeks" in text
    assert "from 1 to 28 Jun 2026; no measured value covers that" in text
    assert "measured minus implied" not in text


@pytest.mark.usefixtures("demo")
def test_the_day_since_which_it_changed_stands_in_the_address():
    app = open_screen("kpi", **DESK, since="2026-04-01")
    assert app.date_input(key="since").value == date(2026, 4, 1)
    shown = words(app)
    app = open_screen("kpi", **DESK)
    assert words(app) != shown
    app.date_input(key="since").set_value(date(2026, 4, 1))
    run(app)
    assert words(app) == shown
    app = open_screen("kpi", **DESK, since="no day")
    assert app.date_input(key="since").value == date(2026, 6, 2)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("project", [WORKSHOP, "bike-shop-demand", "bike-shop-winback"])
def test_portfolio_and_kpi_screen_say_one_state_of_one_kpi(project):
    """Portfolio judged by what is implied, the KPI screen by what was measured."""
    table = open_screen("kpi", project=project).dataframe[0].value
    states = dict(zip(table["KPI"], (s[2:] for s in table["State"]), strict=True))
    app = open_screen("portfolio", project=project)
    if app.session_state["project"] != project:
        return  # its case is no row of the portfolio
    cards = [b for b in app.main.children.values() if hasattr(b, "children")]
    told = {}
    for block in cards:
        told |= dict(_state_of(block))
    assert {title: told[title] for title in states if title in told} == {
        title: state for title, state in states.items() if title in told
    }
    assert project != WORKSHOP or set(told) >= set(states)


def _state_of(block):
    """KPI and state of every card below a block."""
    tiles = [c for c in block.children.values() if c.type == "metric"]
    text = " ".join(_words_below(block))
    if tiles:
        title = plain(tiles[0].label)
        found = re.search(r"(target reached|on the way|off target|cannot tell|planned)\]", text)
        if found:
            yield title, "cannot tell" if found[1] == "planned" else found[1]
        return
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from _state_of(child)


def _words_below(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from _words_below(child)
        elif child.type == "markdown":
            yield child.value


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            "2026-03-31..2026-01-01",
            "A period cannot end on 2026-01-01 when it begins on 2026-03-31",
        ),
        ("2026-02-30..2026-03-01", "is no period; write two days"),
        ("9999-01-01..9999-12-31", "A period must lie between the years 1900 and 2200"),
    ],
)
def test_a_range_that_cannot_be_shown_is_said_and_all_days_are(asked, sentence):
    app = open_screen("kpi", **DESK, range=asked)
    assert sentence in words(app)
    assert app.selectbox(key="range_choice").value == "all"


@pytest.mark.usefixtures("demo")
def test_portfolio_follows_a_range_and_says_which_of_its_figures_do_not():
    """Its sums are a year, so a range without a word would be a claim that they are of it."""
    app = open_screen("portfolio")
    assert "sums above are of all projects, a year at the pace of" in words(app)
    app.session_state["range"] = "2026-01-01..2026-03-31"
    assert "Shown: 1 Jan to 31 Mar 2026 (90 days); compared with 1 Oct to" in words(run(app))
