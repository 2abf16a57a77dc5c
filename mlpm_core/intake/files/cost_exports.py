"""Bills of clouds and clusters as recorded costs: one row a model, service and stretch of days.

FOCUS 1.x, AWS (Cost and Usage Report, old and new names; Cost Explorer's table), Google Cloud (cost
table and billing export), Azure (cost details) and OpenCost (CSV export). Lines of one service and
the same days are added; what a bill does not say, such as the model, is a question.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from mlpm_core.intake.messages import Refusal, question
from mlpm_core.records import CostType, kept_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Question

_FIRST_LINES: Final = 20
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_MODEL_TAGS: Final = ("model_id", "model", "mlpm_model", "ml_model")
_DATES: Final = ("%m/%d/%Y", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S.%f UTC")
_AWS_TABLE: Final = re.compile(r"(?P<service>.+?)\s*\(\$\)")
_GOOGLE_COST: Final = re.compile(r"(?:Unrounded )?Cost \((?P<sign>[^)]+)\)")
_SIGNS: Final = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_MONTH_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class BillForm:
    """Where a bill says what: headers, of several the first that is there.

    ``end_is_day`` where the end names the last day and not the moment after it.
    """

    amounts: tuple[str, ...]
    start: str
    end: str
    services: tuple[str, ...]
    currencies: tuple[str, ...] = ()
    currency: str = ""
    tags: str = ""
    tag_columns: str = ""
    end_is_day: bool = False

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header is of this form."""
        names = set(header)
        return (
            {self.start, self.end} <= names
            and not names.isdisjoint(self.amounts)
            and not names.isdisjoint(self.services)
        )


_FORMS: Final = (
    BillForm(
        ("BilledCost", "EffectiveCost"), "ChargePeriodStart", "ChargePeriodEnd",
        ("ServiceName", "ServiceCategory"), ("BillingCurrency",), tags="Tags",
    ),
    BillForm(
        ("lineItem/UnblendedCost", "lineItem/NetUnblendedCost"), "lineItem/UsageStartDate",
        "lineItem/UsageEndDate", ("product/ProductName", "lineItem/ProductCode"),
        ("lineItem/CurrencyCode",), tag_columns="resourceTags/user:",
    ),
    BillForm(
        ("line_item_unblended_cost", "line_item_net_unblended_cost"), "line_item_usage_start_date",
        "line_item_usage_end_date", ("line_item_product_code",), ("line_item_currency_code",),
        tags="resource_tags",
    ),
    BillForm(
        ("cost",), "usage_start_time", "usage_end_time", ("service.description", "service"),
        ("currency",),
    ),
    BillForm(
        ("CostInBillingCurrency", "costInBillingCurrency"), "Date", "Date",
        ("MeterCategory", "ServiceFamily"), ("BillingCurrencyCode", "BillingCurrency"),
        tags="Tags", end_is_day=True,
    ),
    BillForm(
        ("CostInBillingCurrency", "costInBillingCurrency"), "date", "date",
        ("meterCategory", "serviceFamily"), ("billingCurrency", "billingCurrencyCode"),
        tags="tags", end_is_day=True,
    ),
    BillForm(("TotalCost",), "Date", "Date", ("Namespace",), end_is_day=True),
)  # fmt: skip
"""The first amount of each is what the invoice says."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill as CSV of recorded costs, and how many of its lines were added up."""

    data: bytes
    n_lines: int


class _Line(NamedTuple):
    """One amount with what is said of it, as text."""

    model: str
    first: str
    last: str
    currency: str
    item: str
    amount: str


def bill_of(data: bytes, profile: Profile, limits: Limits) -> Bill | None:
    """A bill as the CSV of recorded costs; None when it is no bill that is known.

    Raises
    ------
    Refusal
        When it does not say what the profile does not say either: a question.
    """
    if len(data) > limits.file_bytes:
        return None
    try:
        text = data.decode("utf-8-sig")
        start = [*_lines(text[: 1 << 16], _FIRST_LINES)]
        at = next((i for i, cells in enumerate(start) if _form_of(cells)), None)
        table = at is None and bool(start) and _is_aws_table(start[0])
        if at is None and not table:
            return None
        rows = [cells for cells in _lines(text) if any(map(str.strip, cells))]
    except (ValueError, csv.Error):
        return None
    if table:
        return _as_csv(_of_aws_table(rows, profile), len(rows) - 1, profile, limits)
    header_at = next(i for i, cells in enumerate(rows) if _form_of(cells))
    header, rows = rows[header_at], rows[header_at + 1 :]
    form = _form_of(header)
    if form is None or any(len(cells) != len(header) for cells in rows):
        return None
    return _as_csv(_of_form(form, header, rows, profile), len(rows), profile, limits)


def _lines(text: str, most: int | None = None) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=most is None)
    for i, cells in enumerate(reader):
        if most is not None and i >= most:
            return
        yield [cell.strip() for cell in cells]


def _form_of(header: Sequence[str]) -> BillForm | None:
    """How a header says what, Google's cost table among them, whose header tells the currency."""
    known = next((form for form in _FORMS if form.fits(header)), None)
    if known is not None or "Usage start date" not in header:
        return known
    costs = [match for name in header if (match := _GOOGLE_COST.fullmatch(name))]
    if not costs:
        return None
    google = BillForm(
        tuple(match[0] for match in costs[:1]), "Usage start date", "Usage end date",
        ("Service description",), currency=_SIGNS.get(costs[0]["sign"], ""), end_is_day=True,
    )  # fmt: skip
    return google if google.fits(header) else None


def _is_aws_table(header: Sequence[str]) -> bool:
    return len(header) > 1 and all(map(_AWS_TABLE.fullmatch, header[1:]))


def _of_form(
    form: BillForm, header: Sequence[str], rows: Iterable[Sequence[str]], profile: Profile
) -> list[_Line]:
    named = [dict(zip(header, cells, strict=True)) for cells in rows]
    amount = _amount_column(form, header, named, profile)
    service = next(name for name in form.services if name in header)
    currency = next((name for name in form.currencies if name in header), None)
    lines = []
    for row in named:
        first, last = _days(row[form.start], row[form.end], end_is_day=form.end_is_day)
        lines.append(
            _Line(
                _model_of(form, row),
                first,
                last,
                row[currency] if currency else form.currency,
                row[service],
                row[amount],
            )
        )
    return lines


def _amount_column(
    form: BillForm, header: Sequence[str], rows: Sequence[Mapping[str, str]], profile: Profile
) -> str:
    """The column that holds what counts: asked where two do not add up to the same."""
    there = [name for name in form.amounts if name in header]
    chosen = profile.fields.get("amount")
    if chosen in there:
        return chosen
    sums = {round(math.fsum(filter(None, (_number(r[n]) for r in rows))), 2): n for n in there}
    if len(sums) > 1:
        said = " and ".join(f"{name} ({total:,.2f} in all)" for total, name in sums.items())
        raise Refusal(questions=[question("which-amount", "fields.amount", there, amounts=said)])
    return there[0]


def _model_of(form: BillForm, row: Mapping[str, str]) -> str:
    """The model that a line is tagged with; empty where it is with none."""
    tags = _tags(row.get(form.tags, "")) if form.tags else {}
    if form.tag_columns:
        tags = {
            name.removeprefix(form.tag_columns): value
            for name, value in row.items()
            if name.startswith(form.tag_columns)
        }
    by_name = {name.lower().removeprefix("user:"): value for name, value in tags.items()}
    return next((by_name[tag] for tag in _MODEL_TAGS if by_name.get(tag)), "")


def _tags(text: str) -> dict[str, str]:
    """Tags as JSON, whose braces Azure leaves out."""
    if '"' not in text:
        return {}
    try:
        tags = json.loads(text if text.startswith("{") else f"{{{text}}}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(tags, dict):
        return {}
    return {str(k): str(v) for k, v in tags.items() if isinstance(v, str | int | float)}


def _of_aws_table(rows: Sequence[Sequence[str]], profile: Profile) -> list[_Line]:
    """Cost Explorer's table: a service a column, a day or a month a row, and totals of both."""
    header = rows[0]
    dated = [(day, cells) for cells in rows[1:] if (day := _moment(cells[0])) is not None]
    gaps = [b - a for (a, _), (b, _) in pairwise(dated)]
    length = profile.period
    if gaps:
        length = "P1M" if min(gaps) >= _MONTH_DAYS * _DAY else "P1D"
    if length not in ("P1M", "P1D"):
        raise Refusal(questions=[question("bill-period", "period", ["P1M", "P1D"])])
    lines = []
    for day, cells in dated:
        last = (day + 31 * _DAY).replace(day=1) - _DAY if length == "P1M" else day
        for name, amount in zip(header[1:], cells[1:], strict=False):
            match = _AWS_TABLE.fullmatch(name)
            service = match["service"] if match else name
            if amount and service.lower() not in ("total costs", "total cost"):
                lines.append(
                    _Line("", f"{day:%Y-%m-%d}", f"{last:%Y-%m-%d}", "USD", service, amount)
                )
    return lines


def _days(start: str, end: str, *, end_is_day: bool) -> tuple[str, str]:
    """First and last day as ISO; texts that are no moments stay as they are, to be refused."""
    first, until = _moment(start), _moment(end)
    if first is None or until is None:
        return start, end
    last = until if end_is_day else max(first, until - _SECOND)
    return f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace(" UTC", "+00:00")).replace(tzinfo=None)
    except ValueError:
        pass
    for form in _DATES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _as_csv(lines: Sequence[_Line], n_lines: int, profile: Profile, limits: Limits) -> Bill:
    """Lines of the same model, days, service and currency added up, as CSV."""
    asked = _not_said(lines, profile)
    if asked:
        raise Refusal(questions=asked)
    sums: defaultdict[_Line, list[float]] = defaultdict(list)
    unread: list[_Line] = []
    for line in lines:
        amount = _number(line.amount)
        if amount is None:
            unread.append(line)  # refused by line, as any other wrong number
        else:
            sums[line._replace(amount="")].append(amount)
    costs = [*(k._replace(amount=repr(math.fsum(v))) for k, v in sums.items()), *unread]
    if len(costs) > limits.rows:
        raise Refusal.of("limit-rows", limit=limits.rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    constants = profile.constants
    amount_name = profile.fields.get("amount", "amount")
    days = ("period_start", "period_end")
    writer.writerow(("model_id", *days, "currency", "item", amount_name, "cost_type"))
    for cost in costs:
        cells = cost._replace(
            model=cost.model or constants.get("model_id", ""),
            currency=cost.currency or constants.get("currency", ""),
        )
        writer.writerow(map(kept_cell, (*cells, constants.get("cost_type", ""))))
    return Bill(out.getvalue().encode("utf-8", "surrogatepass"), n_lines)


def _not_said(lines: Sequence[_Line], profile: Profile) -> list[Question]:
    """The questions for what a cost needs and the bill does not say of every line."""
    missing: dict[str, tuple[str, str, list[str]]] = {}
    if any(not line.model for line in lines):
        missing["model_id"] = ("model", "the model that the lines without a tag were spent on", [])
    if any(not line.currency for line in lines):
        missing["currency"] = ("currency", "three letters, such as USD", [])
    if lines:
        words = [c.value for c in CostType]
        missing["cost_type"] = ("type of cost", "what the bill was spent on", words)
    return [
        question("not-told", f"constants.{name}", choices, label=label, help=text, form="")
        for name, (label, text, choices) in missing.items()
        if name not in profile.constants
    ]
