"""Values that stand with their error in one cell: read once it is answered what the error is."""

import pytest

from tests.intake.real_cases import Case, holds

HEAD = "model,metric,week,value\n"


def weeks(*cells, head=HEAD, metric="recall"):
    return head + "".join(
        f'churn,{metric},2026-W{i:02},"{cell}"\n' for i, cell in enumerate(cells, start=1)
    )


def case(id, file, *answers, **said):
    return Case(id, file, answers=answers, **said)


PM = weeks("0.81 \u00b1 0.02", "0.82 \u00b1 0.03")
CI = weeks("0.81 [0.79, 0.83]", "0.82 [0.80, 0.84]")
GERMAN = (
    "model;metric;week;value\nchurn;mae;2026-W01;1.234,5 \u00b1 12,5\n"
    "churn;mae;2026-W02;1.190,4 \u00b1 11,9\n"
)
BOARD = (
    "candidate,recall,f1\nrf,0.81 \u00b1 0.02,0.6 \u00b1 0.1\nxgb,0.8 \u00b1 0.01,0.7 \u00b1 0.2\n"
)
WIDE = "week,model,recall,precision\n2026-W01,m,0.8 \u00b1 0.1,0.7 \u00b1 0.2\n"


def beside(column, *pairs, sep=","):
    """Values with their intervals in a column of their own."""
    head = sep.join(["model", "metric", "week", "value", column])
    rows = [f"churn{sep}recall{sep}2026-W{i:02}{sep}{value}{sep}{interval}"
            for i, (value, interval) in enumerate(pairs, start=1)]  # fmt: skip
    return "\n".join([head, *rows]) + "\n"


ENDS = {"value": 0.81, "ci_low": 0.79, "ci_high": 0.83}
WITH_CI = (
    "week,model,recall,recall 95% CI,f1,f1 (95% CI)\n2026-W01,churn,0.81,0.79-0.83,0.7,0.6-0.8\n"
    '2026-W02,churn,0.82,nan,0.72,"[0.61, 0.81]"\n'
)
OF_99 = "week,model,recall,recall 99% CI\n2026-W01,churn,0.81,0.02\n"

CASES = [
    # Intervals in a column of their own.
    *(case(f"a column {column}", beside(column, ("0.81", interval), ("0.82", "")), n=2,
           read_as="each value with its interval",
           rows=({**ENDS, "ci_level": level}, {"value": 0.82, "ci_low": None, "ci_level": None}))
      for column, interval, level in (
          ("95% CI", "0.79-0.83", 0.95), ("CI (90%)", "[0.79; 0.83]", 0.9),
          ("ci_95", "0.79 to 0.83", 0.95), ("confidence interval", '"(0.79, 0.83)"', None),
          ("Konfidenzintervall 97.5 %", "0.79 \u2013 0.83", 0.975),
          ("95 % IC", "0.79 \u00e0 0.83", 0.95))),
    case("decimal commas in a column", beside("95 % KI", ("0,81", "0,79-0,83"), ("0,82", ""),
                                              sep=";"),
         "decimal=,", n=2, rows=({**ENDS, "ci_level": 0.95},)),
    case("percent in a column", beside("95% CI", ("81%", "79-83%"), ("82%", "80-84%")),
         "signs=read", rows=({**ENDS, "ci_level": 0.95},)),
    case("ends below zero", beside("CI", ("-0.1", "-0.2--0.05"), ("0.1", "-0.2-0.3"))
         .replace("recall", "r2"), rows=({"ci_low": -0.2, "ci_high": -0.05}, {"ci_low": -0.2})),
    case("with an error in the cell, too",
         beside("CI", ("0.81 (SE 0.01)", "0.79-0.83"), ("0.82 (SE 0.02)", "0.8-0.84")),
         rows=({**ENDS, "value_se": 0.01}, {"value_se": 0.02})),
    case("a value outside of its interval", beside("CI", ("0.91", "0.79-0.83"), ("0.8", "0.7-0.9")),
         rejects=("outside-its-interval",)),
    case("no intervals", beside("95% CI", ("0.81", "narrow"), ("0.82", "0.8-0.9")), n=2,
         warns=("extra-column",), rows=({"ci_low": None}, {"ci_low": None})),
    *(case(f"an interval that is {cell}", beside("95% CI", ("0.81", "0.79-0.83"), ("0.82", cell)),
           rows=({**ENDS, "ci_level": 0.95}, {"value": 0.82, "ci_low": None, "ci_level": None}))
      for cell in ("nan", "NaN", "-", "\u2013", "n/a", "NA", "null", "[]")),
    *(Case(f"beside a metric: {name}", f"model,recall,{name},f1\nboost,0.81,0.79-0.83,0.7\n",
           kind="evaluations", answers=("constants.value_case_id=v",), n=2,
           rows=({"value": 0.81, "ci_low": 0.79, "ci_high": 0.83, "ci_level": level},))
      for name, level in (
          ("recall 97.5% CI", 0.975), ("recall 80% CI", 0.8), ("recall 95% KI", 0.95),
          ("recall IC (95 %)", 0.95), ("90% CrI recall", 0.9), ("recall_ci", None),
          ("recall Konfidenzintervall", None))),
    Case("beside a metric, ignored", "period_start,recall,recall 95% CI,f1\n"
         "2026-01-01,0.81,0.79-0.83,0.7\n", n=2, rows=({"value": 0.81, "ci_low": None},),
         answers=("constants.model_id=churn", "columns.recall 95% CI=ignore", "wide=recall,f1")),
    case("a column is ignored", beside("95% CI", ("0.81", "0.79-0.83"), ("0.82", "0.8-0.9")),
         "columns.95% CI=ignore", rows=({"ci_low": None}, {"ci_low": None})),
    case("an end is ignored", beside("95% CI", ("0.81", "0.79-0.83"), ("0.82", "0.8-0.9")),
         "columns.95% CI: ci_low=ignore", "columns.95% CI: ci_high=ignore",
         warns=("extra-column",), rows=({"ci_low": None, "ci_high": None},)),
    case("the ends in a cell are ignored", CI, "spread=interval", "columns.value: ci_low=ignore",
         "columns.value: ci_high=ignore", read_as="each value without the number behind it",
         rows=({"value": 0.81, "ci_low": None, "ci_high": None},)),
    case("an interval for each metric", WITH_CI, n=4, read_as="each value with its interval",
         rows=({**ENDS, "ci_level": 0.95}, {"value": 0.7, "ci_low": 0.6, "ci_level": 0.95},
               {"value": 0.82, "ci_low": None}, {"value": 0.72, "ci_high": 0.81})),
    case("halves of intervals of each metric",
         WITH_CI.replace("0.79-0.83", "0.02").replace("0.6-0.8", "\u00b1 0.1")
         .replace('"[0.61, 0.81]"', "0.2"), "spread=half-width",
         rows=({**ENDS}, {"value": 0.7, "ci_low": 0.6}, {"ci_low": None}, {"ci_low": 0.52})),
    case("ends and halves", WITH_CI.replace("0.79-0.83", "0.02"), rejects=("not-a-number",)),
    case("an odd interval of a metric", WITH_CI.replace("0.79-0.83", "about 0.8"),
         rejects=("not-a-number",)),
    # A percent sign that stands at one of two columns only.
    *(case(f"a sign at one of {value} and {interval}", beside("95% CI", (value, interval)),
           "signs=read", rejects=("percent-apart",))
      for value, interval in (("1%", "0-2"), ("0.2%", "0-0.5"), ("0.5", "0-80%"))),
    case("a sign at the value, shares beside it", beside("95% CI", ("81%", "0.79-0.83")),
         "signs=read", rows=({**ENDS},)),
    *(case(f"a sign at the value, {error or 'no error'} in a column",
           HEAD.replace("\n", ",value_se\n") + f"churn,recall,2026-W01,81%,{error}\n",
           "signs=read", rejects=rejects, rows=rows)
      for error, rejects, rows in (("2", ("percent-apart",), ()), ("0.02", ("percent-apart",), ()),
                                   ("2%", (), ({"value": 0.81, "value_se": 0.02},)),
                                   ("", (), ({"value": 0.81, "value_se": None},)))),
    case("a sign at the value, ends in columns", HEAD.replace("\n", ",ci_low,ci_high\n")
         + "churn,recall,2026-W01,1%,0,2\n", "signs=read", rejects=("percent-apart",)),
    *(case(f"a sign at one of {value} and {beside_it} {column}",
           f"week,model,recall,recall {column},f1,f1 {column}\n"
           f"2026-W01,churn,{value},{beside_it},70%,3%\n",
           "signs=read", "spread=half-width", rejects=("not-a-number",),
           rows=({"metric": "f1", "value": 0.7},))
      for column in ("sem", "std", "95% CI")
      for value, beside_it in (("0.81", "2%"), ("81%", "0.02"))),
    case("a sign at the value of each metric", WITH_CI.replace("0.81,0.79-0.83", "81%,79-83"),
         "signs=read", rows=({**ENDS, "ci_level": 0.95},)),
    Case("a sign at the value of a candidate", "candidate,metric,value,95% CI\nrf,recall,1%,0-2\n"
         "xgb,recall,80%,\n", kind="evaluations", rejects=("percent-apart",), n=1,
         answers=("constants.value_case_id=v", "signs=read")),
    # Levels.
    case("halves of intervals of 99 %", OF_99,
         asked=("spread",), says="half-width: 0.81 with a 99 % interval from 0.79 to 0.83"),
    case("halves of intervals of 99 %, read",
         OF_99, "spread=half-width",
         rows=({**ENDS, "ci_level": 0.99, "value_se": None},)),
    case("the level in a column, too", beside("95% CI,ci_level", ("0.81", "0.79-0.83,0.9")), n=1,
         warns=("extra-column",), rows=({"ci_low": None, "ci_level": 0.9},)),
    case("the level in a column alone", beside("CI,ci_level", ("0.81", "0.79-0.83,0.9")), n=1,
         rows=({**ENDS, "ci_level": 0.9},)),
    case("plus or minus", PM, asked=("spread",),
         choices=("se", "half-width", "sd", "ignore", "faulty"),
         says="half-width: 0.81 with a 95 % interval from 0.79 to 0.83"),
    case("standard errors", PM, "spread=se", read_as="each value with its standard error",
         rows=({"value": 0.81, "value_se": 0.02}, {"value": 0.82, "value_se": 0.03})),
    case("halves of intervals", PM, "spread=half-width",
         rows=({"value": 0.81, "value_se": None, "ci_low": 0.79, "ci_high": 0.83},
               {"ci_low": 0.79, "ci_high": 0.85})),
    case("standard deviations", PM, "spread=sd",
         read_as="each value without the standard deviation behind it",
         rows=({"value": 0.81, "value_se": None, "ci_low": None},)),
    case("none of these", PM, "spread=ignore", rows=({"value": 0.81, "value_se": None},)),
    case("faulty", PM, "spread=faulty", rejects=("not-a-number",)),
    *(case(f"written {cell}", weeks(cell, cell.replace("0.81", "0.82")), "spread=se",
           rows=({"value": 0.81, "value_se": 0.02}, {"value": 0.82}))
      for cell in ("0.81 (0.02)", "0.81\u00b10.02", "0.81 +/- 0.02", "$0.81 \\pm 0.02$",
                   "0.81 (\u00b10.02)", "0.81 \u00b1 .02")),
    case("said to be an error", weeks("0.81 (SE 0.02)", "0.82 (SE 0.03)"),
         rows=({"value": 0.81, "value_se": 0.02},)),
    case("said to be a deviation", weeks("0.81 (SD 0.02)", "0.82 (SD 0.03)"),
         rows=({"value": 0.81, "value_se": None},)),
    case("said to be cases", weeks("0.81 (n=410)", "0.82 (n=420)"),
         rows=({"value": 0.81, "n": 410}, {"n": 420})),
    case("may be cases", weeks("0.81 (410)", "0.82 (420)"), asked=("spread",),
         choices=("n", "se", "half-width", "sd", "ignore", "faulty")),
    case("a change is no error", weeks("0.81 (+0.02)", "0.82 (-0.01)"), asked=("spread",),
         choices=("ignore", "faulty")),
    # Intervals.
    case("an interval", CI, asked=("spread",), choices=("interval", "ignore", "faulty"),
         says="interval: 0.81 with its 95 % interval from 0.79 to 0.83"),
    case("an interval, read", CI, "spread=interval",
         rows=({"value": 0.81, "ci_low": 0.79, "ci_high": 0.83, "ci_level": None},
               {"ci_low": 0.8, "ci_high": 0.84})),
    case("an interval of another level", weeks("0.81 (90% CI 0.79\u20130.83)"), "spread=interval",
         rows=({"ci_low": 0.79, "ci_high": 0.83, "ci_level": 0.9},)),
    case("an interval without spaces", weeks("0.81 (0.79,0.83)"), "spread=interval",
         rows=({"ci_low": 0.79, "ci_high": 0.83},)),
    case("an interval that its value is outside of", weeks("0.81 [0.85, 0.9]"), "spread=interval",
         rejects=("outside-its-interval",)),
    # Marks, percent, other columns.
    case("a decimal comma is no interval", weeks("0,81 (0,02)", "0,82 (0,03)"), "spread=se",
         "decimal=,", rows=({"value": 0.81, "value_se": 0.02},)),
    case("German marks", GERMAN, "spread=half-width",
         rows=({"value": 1234.5, "ci_low": 1222.0, "ci_high": 1247.0},)),
    case("percent signs", weeks("81.4% \u00b1 1.2%", "80% \u00b1 1.1%"), "spread=se", "signs=read",
         rows=({"value": 0.814, "value_se": 0.012}, {"value": 0.8, "value_se": 0.011})),
    case("one percent sign is of both", weeks("81.4 \u00b1 1.2 %", "80 \u00b1 1.1 %"), "spread=se",
         "signs=read", rows=({"value": 0.814, "value_se": 0.012},)),
    case("shares in percent", weeks("81.4 \u00b1 1.2", "80 \u00b1 1.1"), "spread=half-width",
         "metrics.recall=recall in %", rows=({"value": 0.814, "ci_low": 0.802, "ci_high": 0.826},)),
    case("a column in percent",
         weeks("81.4 \u00b1 1.2", "80 \u00b1 1.1").replace("value", "value (%)"),
         "columns.value (%)=value in %", "spread=se", rows=({"value": 0.814, "value_se": 0.012},)),
    case("a file that has the error already", weeks("0.81 \u00b1 0.02").replace(
             "value\n", "value,value_se\n").replace('"\n', '",0.01\n'), "spread=se",
         rows=({"value": 0.81, "value_se": 0.01},), read_as="each value without the number behind"),
    case("some values without", weeks("0.81 \u00b1 0.02", "0.82"), "spread=se",
         rows=({"value_se": 0.02}, {"value": 0.82, "value_se": None})),
    case("two kinds of cells", weeks("0.81 \u00b1 0.02", "0.82 [0.8, 0.84]"),
         rejects=("not-a-number",)),
    case("a column for each metric", WIDE, "spread=se", n=2,
         rows=({"metric": "recall", "value": 0.8, "value_se": 0.1},
               {"metric": "precision", "value": 0.7, "value_se": 0.2})),
    Case("a leaderboard", BOARD, kind="evaluations", n=4,
         answers=("constants.value_case_id=v", "spread=se"),
         rows=({"candidate": "rf", "metric": "recall", "value": 0.81, "value_se": 0.02},)),
    Case("a KPI has no error", "kpi,month,value\nrefund-cost,2026-01,51 \u00b1 2\n",
         kind="kpi_actuals", asked=("spread",), choices=("sd", "ignore", "faulty")),
    case("a negative value", weeks("-0.5 \u00b1 0.2", metric="bias"), "spread=half-width",
         rows=({"value": -0.5, "ci_low": -0.7, "ci_high": -0.3},)),
    case("a number in brackets is no value", weeks("(0.02)", "0.82"), asked=("signs",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_value_is_read_with_its_error_once_it_is_answered(case):
    holds(case)
