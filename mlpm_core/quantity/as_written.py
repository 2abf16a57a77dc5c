"""Numbers as people write them, turned into the notation of quantities, with what was understood.

``200,000``, ``EUR 15``, ``18%``, ``1 200`` and ``2,5`` each have one meaning. ``200.000`` has two:
two hundred to some, two hundred thousand to others; so has ``12 to 14k``. Both readings are then
given back, to ask.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.quantity.apart import digits_apart
from mlpm_core.quantity.reading import PERCENT
from mlpm_core.quantity.unit import CURRENCIES
from mlpm_core.quantity.unit_as_written import unit_written
from mlpm_core.quantity.words import in_full, spoken, unit_in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.quantity.quantity import Quantity

_MARKS: Final = str.maketrans(dict.fromkeys("’‘ʼ′´`", "'") | dict.fromkeys("‐‑–—−", "-"))
_BODY: Final = r"[.,]?\d(?:[.,'_ ]?\d)*\.?"
_EXPONENT: Final = r"(?:[eE][+-]?\d{1,3})?"
_SCALES: Final = {
    "k": 3, "thousand": 3, "tsd": 3, "m": 6, "mn": 6, "mio": 6, "million": 6, "millions": 6,
    "G": 9, "bn": 9, "billion": 9, "billions": 9,
}  # fmt: skip
_CURRENCY: Final = r"[A-Z]{0,3}[€$£¥₹₩₽₺₴₪]|[A-Za-z]{3}(?=[\s\d.,+-])"
_TERM: Final = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<money>{_CURRENCY})?\s*(?P<inner_sign>[+-]?)"
    rf"(?P<body>{_BODY})(?P<exponent>{_EXPONENT})"
    rf"(?:\s*(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\.?(?![^\W\d]))?"
    r"\s*(?P<percent>%|percent\b|per cent\b|pct\b)?(?P<unit>.*)",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"\d\s*(?:%|percent\b|per cent\b|pct\b)", re.IGNORECASE)
_CALL: Final = re.compile(r"[A-Za-z_]+\s*\(.*", re.DOTALL)
_CLAUSE: Final = re.compile(r"\s+(?:at\s.+\son\s\S+|with\s+[A-Za-z]\w*\s+\S+)\s*$")
_PART_OF: Final = re.compile(rf"({_BODY})\s*(?:/|of|out of)\s*({_BODY})")
_FROM: Final = re.compile(r"(?:from\s+(?=.*\sto\s)|between\s+(?=.*\sand\s))(.*)", re.IGNORECASE)
_DASH: Final = re.compile(r"(?<=[^\s-])(?<!\d[eE])\s*-\s*(?=[\d.,€$£¥]|[A-Z]{3}\s*\d)")
_TRIPLE: Final = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_LONGEST: Final = 200  # characters
_MOST_DIGITS: Final = 30
_FEW: Final = 3  # digits for an end of an interval that was counted
_COMMAND_TERM: Final = re.compile(r"(\d+(?:\.\d+)?)([kKmM])?(?![A-Za-z_])(\s*.*)")
_COMMAND_TRIPLE: Final = re.compile(r"(?<![\d.,])([1-9]\d{0,2})\.(\d\d0)(?![\d.,eE])")


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a text: its notation, the quantity, and what was understood, to be shown."""

    notation: str
    quantity: Quantity
    sentence: str


@dataclass(frozen=True, slots=True)
class _Term:
    """One number of a text with what stands around it."""

    sign: str
    body: str
    exponent: str
    scale: str
    is_percent: bool
    unit: str

    def number(self, decimal: str) -> Decimal | None:
        """Its value with one mark for the decimals, before any percent; None if that cannot be."""
        plain = _plain(self.body, decimal)
        if plain is None:
            return None
        value = Decimal(f"{self.sign}{plain}{self.exponent}")
        scale = self.scale if self.scale in _SCALES else self.scale.lower()
        return value.scaleb(_SCALES.get(scale, 0))


def as_written(
    text: str,
    read: Callable[[str], Quantity],
    *,
    unit: str = "1",
    currency: str | None = None,
    has_decimal_comma: bool = False,
) -> tuple[Reading, ...]:
    """What a person may have meant by a text.

    Parameters
    ----------
    text : str
        As it was typed.
    read : callable
        Reads the notation of quantities as the answer to the question that was asked.
    unit : str
        The unit in which it is asked.
    currency : str, optional
        The currency in which money is counted: what its sign, and a word for money, stand for.
    has_decimal_comma : bool
        Whether its writer has a comma before decimals, so that ``1,200`` has two meanings too.

    Returns
    -------
    tuple of Reading
        One, or two where two readings fit: with the point as decimal mark first.

    Raises
    ------
    InputError
        When it cannot be read, its unit does not fit or a value is out of range.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> customers = lambda text: Quantity.read(text, "customer/year", low=0)
    >>> [r.sentence for r in as_written("200,000", customers, unit="customer/year")]
    ['200,000 customers a year (200 thousand)']
    >>> [r.notation for r in as_written("200.000", customers, unit="customer/year")]
    ['200', '200000']
    >>> [r.notation for r in as_written("200,000", customers, has_decimal_comma=True)]
    ['200000', '200']
    >>> share = lambda text: Quantity.read(text, "1", low=0, high=1)
    >>> [(r.notation, r.sentence) for r in as_written("18 %", share)]
    [('0.18', '18%')]
    """
    clean = _clean(text)
    is_other = len(clean) > _LONGEST or _CALL.fullmatch(clean) is not None
    clause = None if is_other else _CLAUSE.search(clean)
    core, tail = (clean[: clause.start()], clause[0]) if clause else (clean, "")
    notations = [] if is_other else _notations(core, text, unit, currency, has_decimal_comma)
    readings, faults = [], []
    for notation in [notation + tail for notation in notations] or [clean]:
        try:
            if not tail:
                _check_currency(notation, currency)
            quantity = read(notation)
        except InputError as error:
            faults.append(_in_words(str(error), notation, text.strip(), unit, currency))
            continue
        readings.append(Reading(notation, quantity, _sentence(quantity, unit, currency, core)))
    if not readings:
        raise InputError(faults[0])
    return (_kept(readings[0], clean, read),) if len(readings) == 1 else tuple(readings)


def two_readings(text: str) -> tuple[str, str] | None:
    """The two things that a number in the notation may have been meant as; None when it is clear.

    The notation has a decimal point, so ``2.125`` is clear there. Three decimals that end in zero
    are what nobody writes, and what many write for thousands. A scale behind the last of several
    numbers may be that of all.

    Examples
    --------
    >>> two_readings("200.000"), two_readings("1.250 to 1.500"), two_readings("2.125")
    (('200', '200000'), ('1.25 to 1.5', '1250 to 1500'), None)
    >>> two_readings("12 to 14k EUR"), two_readings("800 to 1.2k")
    (('12 to 14000 EUR', '12000 to 14000 EUR'), None)
    """
    if not _COMMAND_TRIPLE.search(text):
        return _two_scales(text)
    small = _COMMAND_TRIPLE.sub(lambda m: f"{m[1]}.{m[2]}".rstrip("0").rstrip("."), text)
    return small, _COMMAND_TRIPLE.sub(r"\1\2", text)


def _two_scales(text: str) -> tuple[str, str] | None:
    """``12 to 14k`` with its scale on the last number, and on both."""
    parts, between = _parts(text)
    terms = [_COMMAND_TERM.fullmatch(part) for part in parts]
    read = [_Term("", t[1], "", t[2] or "", is_percent=False, unit="") for t in terms if t]
    scaled = _alike_scaled(read) if len(read) == len(parts) else []
    if not scaled:
        return None
    unit = terms[-1][3] if terms[-1] else ""
    (one, *_), (other, *_) = (_in_notation(t, set(), between) for t in (read, scaled))
    return f"{one}{unit}", f"{other}{unit}"


def _check_currency(notation: str, currency: str | None) -> None:
    """Refuse money in another currency, whose rate nobody gave."""
    codes = {word for word in re.findall(r"[A-Z]{3}", notation) if word in CURRENCIES}
    if currency is not None and len(codes) == 1 and (code := codes.pop()) != currency:
        raise InputError(
            f"{notation!r} is in {code}, but money is counted in {currency} here, and no rate is "
            f"known. Write it in {currency}."
        )


def _kept(reading: Reading, clean: str, read: Callable[[str], Quantity]) -> Reading:
    """The reading in the words that were typed, where these are a notation with that meaning."""
    try:
        as_typed = read(clean)
    except InputError:
        return reading
    ends = np.array([0.05, 0.5, 0.95])
    is_same = np.array_equal(as_typed.quantile(ends), reading.quantity.quantile(ends))
    return Reading(clean, as_typed, reading.sentence) if is_same else reading


def _in_words(fault: str, notation: str, text: str, unit: str, currency: str | None) -> str:
    """What is wrong with a notation, said of the text that was typed."""
    if "no thousands separator" in fault:
        return (
            f"{text!r} cannot be read as a number: it has one mark between thousands and another "
            "before decimals, as in 1,200.50, 1.200,50 or 1 200."
        )
    if _PERCENT.search(text):
        fault = fault.replace(PERCENT, "It must be between 0% and 100%.")
    words = unit_in_words(unit, currency)
    asked = f" in {words}." if words else " without a unit."
    return fault.replace(repr(notation), repr(text), 1).replace(f" in {unit}.", asked)


def _clean(text: str) -> str:
    """ASCII digits, plain spaces, one kind of apostrophe and of dash; nothing else changed."""
    marked = (text if isinstance(text, str) else "").translate(_MARKS)
    letters = []
    for letter in marked:
        digit = unicodedata.decimal(letter, None)
        is_space = unicodedata.category(letter) == "Zs"
        letters.append(" " if is_space else letter if digit is None else str(digit))
    return "".join(letters).strip()


def _notations(core: str, text: str, unit: str, currency: str | None, by_comma: bool) -> list[str]:
    """What a text means with either decimal mark; nothing when it has another form."""
    fraction = _PART_OF.fullmatch(core)
    if fraction:
        pairs = [[_plain(n, mark) for n in fraction.groups()] for mark in ".,"]
        written = [f"{a}/{b}" for a, b in pairs if a is not None and b is not None]
        return _preferred(written, list(fraction.groups()), by_comma)
    parts, between = _parts(core)
    possible = [_term(part, text, unit, currency) for part in parts]
    if None in possible:
        return []
    terms = [term for term in possible if term is not None]
    units = {term.unit for term in terms} - {""}
    if len(units) > 1:
        return []
    _check_percent(terms, text, unit, currency)
    readings = _preferred(_in_notation(terms, units, between), [t.body for t in terms], by_comma)
    minutes = _minutes(terms, units, unit, between)
    if len(readings) == 1 and not minutes and (scaled := _alike_scaled(terms)):
        readings += _in_notation(scaled, units, between)[:1]
    return readings + minutes


def _in_notation(terms: list[_Term], units: set[str], between: str) -> list[str]:
    """What terms mean with a decimal point, then with a decimal comma, where that can be."""
    written = []
    hundredth = Decimal(1) / 100 if any(term.is_percent for term in terms) else Decimal(1)
    for mark in ".,":
        numbers = [n * hundredth for term in terms if (n := term.number(mark)) is not None]
        if len(numbers) == len(terms):
            shown = between.join(_digits(number) for number in numbers)
            written.append(f"{shown} {next(iter(units))}" if units else shown)
    return written


def _alike_scaled(terms: list[_Term]) -> list[_Term]:
    """``12 to 14k`` as 12k to 14k; nothing where only the last number can be in thousands."""
    *first, last = terms
    if not first or not last.scale or any(term.scale for term in first):
        return []
    bare = [replace(term, scale="").number(".") for term in terms]
    numbers = [number for number in bare if number is not None]
    if len(numbers) < len(terms) or numbers != sorted(numbers):
        return []
    return [*(replace(term, scale=last.scale) for term in first), last]


def _parts(core: str) -> tuple[list[str], str]:
    """The numbers of a range with what stands around them, and what goes between."""
    if "|" in core:
        return [part.strip() for part in core.split("|")], " | "
    ranged = _FROM.fullmatch(core)
    if ranged:
        return [p.strip() for p in re.split(r"\s+(?:to|and)\s+", ranged[1], maxsplit=1)], " to "
    parts = re.split(r"\s+to\s+", core)
    if len(parts) == 1:
        dashes = [d for d in _DASH.finditer(core) if re.search(r"\d", core[: d.start()])]
        if len(dashes) == 1:
            parts = [core[: dashes[0].start()], core[dashes[0].end() :]]
    return [part.strip() for part in parts], " to "


def _term(part: str, text: str, unit: str, currency: str | None) -> _Term | None:
    term = _TERM.fullmatch(part)
    if term is None or (term["sign"] and term["inner_sign"]) or term["scale"] == "g":
        return None
    written = unit_written(term["money"] or "", term["unit"], unit, currency, text)
    if written is None:
        return None
    return _Term(
        sign=term["sign"] or term["inner_sign"],
        body=term["body"],
        exponent=term["exponent"],
        scale=term["scale"] or "",
        is_percent=bool(term["percent"]),
        unit=written,
    )


def _check_percent(terms: list[_Term], text: str, unit: str, currency: str | None) -> None:
    if not any(term.is_percent for term in terms):
        return
    if not unit.startswith("1"):
        words = unit_in_words(unit, currency)
        raise InputError(f"{text.strip()!r} is a percentage, but this is asked in {words}.")
    if not terms[-1].is_percent:
        raise InputError(f"{text.strip()!r}: write % after each number, or once at the end.")


def _plain(body: str, decimal: str) -> str | None:
    """The digits with a decimal point, if the other marks stand between thousands."""
    whole, mark, fraction = body.partition(decimal)
    if not re.fullmatch(r"\d*", fraction) or (mark and not fraction and decimal == ","):
        return None
    if not re.fullmatch(r"\d*", whole):
        used = set(re.sub(r"\d", "", whole))
        groups = re.split(r"[.,'_ ]", whole)
        is_thousands = (
            len(used) == 1
            and re.fullmatch(r"[1-9]\d{0,2}", groups[0])
            and all(len(group) == 3 for group in groups[1:])
        )
        is_indian = re.fullmatch(r"[1-9]\d?(?:,\d\d)+,\d{3}", whole)
        if not is_thousands and not is_indian:
            return None
        whole = "".join(groups)
    return f"{whole or '0'}.{fraction}" if fraction else whole or None


def _preferred(written: list[str], bodies: list[str], by_comma: bool) -> list[str]:
    """One reading where the screens' own mark between thousands, the comma, can only be that."""
    marks = {triple[1] for body in bodies if (triple := _TRIPLE.fullmatch(body))}
    if marks == {",", "."}:
        raise InputError(
            "One number has a comma before three digits and another a point; write "
            "both alike, or leave the mark between thousands out."
        )
    is_clear = "," in marks and not by_comma
    return list(dict.fromkeys(written[:1] if is_clear else written))


def _minutes(terms: list[_Term], units: set[str], unit: str, between: str) -> list[str]:
    """``5m`` where a duration is asked may be five minutes."""
    is_duration = unit.split("/")[0] in ("second", "min", "minute", "hour", "day")
    if not is_duration or units or terms[-1].scale != "m":
        return []
    numbers = [Decimal(f"{t.sign}{plain}") for t in terms if (plain := _plain(t.body, "."))]
    if len(numbers) < len(terms):
        return []
    return [between.join(_digits(number) for number in numbers) + " min"]


def _digits(number: Decimal) -> str:
    """A number in the notation, and never one that could be read in two ways."""
    if abs(number.adjusted()) > _MOST_DIGITS:
        return str(number)
    plain = format(number.normalize(), "f")
    return f"{plain}0" if _TRIPLE.fullmatch(plain.lstrip("-")) else plain


def _sentence(quantity: Quantity, unit: str, currency: str | None, core: str) -> str:
    """What was understood, in words."""
    is_pure = unit in ("1", "1/year")
    is_percent = is_pure and (quantity.high == 1 or "%" in core)
    words = unit_in_words(unit, currency, is_one=quantity.is_exact and quantity.median == 1)

    def phrase(*parts: str) -> str:
        return " ".join(filter(None, [*parts, words]))

    def amount(value: float) -> str:
        return f"{in_full(value * 100)}%" if is_percent else in_full(value)

    if quantity.is_exact:
        has_mark = re.search(r"\d[.,]\d{3}(?!\d)", core) is not None
        is_large = not is_percent and abs(quantity.median) >= 1000
        more = f" ({spoken(quantity.median)})" if has_mark and is_large else ""
        return phrase(amount(quantity.median)) + more
    p5, p10, p50, p90, p95 = quantity.quantile(np.array([0.05, 0.1, 0.5, 0.9, 0.95])).tolist()
    if "|" in core:
        return f"{phrase('about', amount(p50))}; {amount(p10)} to {amount(p90)}, 8 times in 10"
    if not re.search(r"\d\s*(?:to|and|-)\s*\S", core):  # counted or drawn, not written
        digits = digits_apart(p5, p95, full=_FEW)
        p5, p95 = (float(f"{end:.{digits}g}") for end in (p5, p95))
    return f"{phrase(amount(p5), 'to', amount(p95))}, 9 times in 10"
