"""Words of headers, in the languages that files come in, by the fields that they suggest."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WORDS: Final[dict[str, str]] = {
    "model_id": "model name modell modele modèle modelo algorithm service ci component "
    "\u30e2\u30c7\u30eb \u6a21\u578b",
    "kpi_id": "kpi kennzahl indicator indicateur indicador indicatore",
    "metric": "metric metrik measure kennzahl métrique indicator indicateur \u6307\u6a19 "
    "\u6307\u6807",
    "period_start": "date datum week woche month monat day tag period periode zeitraum semaine "
    "mois jour période periodo quarter quartal trimestre halbjahr semester semestre half kw cw wk "
    "q von du start begin from fecha timestamp time "
    "\u65e5\u4ed8 \u9031 \u6708 \u65e5\u671f",
    "value": "value wert valeur valor result ergebnis actual ist score \u5b9f\u7e3e \u5024 \u503c",
    "n": "n samples count cases size anzahl fälle nombre \u4ef6\u6570",
    "candidate": "candidate model modell estimator name version run",
    "value_case_id": "case",
    "prediction_id": "id key uuid transaction customer",
    "ts": "time timestamp date datum created at",
    "amount": "amount betrag montant cost kosten total price sum \u91d1\u984d",
    "cost_type": "type art service category kategorie product",
    "title": "title titel summary description subject zusammenfassung beschreibung",
    "started_at": "start started created begin opened beginn erstellt cr\u00e9\u00e9",
    "incident_id": "id key number ticket issue vorgangsschl\u00fcssel schl\u00fcssel nummer",
    "period_end": "end ende ended ends until till to bis fin au hasta fino ate through thru last "
    "closing close stop",
    "period": "month quarter week year period half halbjahr semester semestre monat quartal jahr "
    "woche periode mois kw q",
    "y_true": "label target truth actual outcome real tats\u00e4chlich ergebnis ist r\u00e9el "
    "\u5b9f\u7e3e \u6b63\u89e3 \u5b9e\u9645",
    "y_pred_proba": "score probability proba prob confidence likelihood propensity "
    "wahrscheinlichkeit probabilit\u00e9 probabilidad",
    "y_pred": "prediction predicted pred yhat forecast vorhersage prognose pr\u00e9diction class "
    "\u4e88\u6e2c \u9884\u6d4b",
}
"""Words of headers that suggest a field."""

NOT_MEASURED: Final = frozenset(
    {
        *("plan", "planned", "budget", "target", "forecast", "soll", "ziel", "prognose", "prevu"),
        *("variance", "deviation", "delta", "abweichung", "diff", "previous", "vorjahr", "ytd"),
        *("pr\u00e9vu", "objectif", "\u00e9cart", "meta", "or\u00e7ado", "presupuesto"),
    }
)
"""Words of headers of numbers that nobody measured, or not in the period of the row."""

_SINCE: Final = {
    "P1M": r"\bmtd\b|\bmonth to date\b|\bseit monats(?:beginn|anfang)\b|\bcumul\w* (?:mensuel|du "
    r"mois)|\ba[ck]+umul\w* (?:mensual|mensal|mensile|(?:del|do|no) mes)\b|"
    r"月累[计計]",
    "P3M": r"\bqtd\b|\bquarter to date\b|\bseit quartals(?:beginn|anfang)\b|\bcumul\w* "
    r"(?:trimestriel|du trimestre)|\ba[ck]+umul\w* (?:trimestral|(?:del|do|no) trimestre)\b",
    "P1Y": r"\bf?ytd\b|\byear to date\b|\bseit (?:jahres(?:beginn|anfang)|beginn des jahres)\b|"
    r"\bcumul\w* annuel|\bcumul\w* de l annee|\bdepuis le debut de l annee\b|\ba[ck]+umul\w* "
    r"(?:anual|annuale|(?:del|do|no) an[no]o?)\b|с начала года|年累[计計]",
    "week": r"\bweek to date\b",
    "ever": r"\bitd\b|\b(?:inception|project|life|contract|launch) to date\b|\bsince "
    r"(?:inception|launch|go live|the start)\b|\bseit (?:projektbeginn|einfuhrung)\b",
    "": r"\bto date\b|\bcum\b|\bkum\b|\b[ck]umul\w*|\ba[ck]+umul\w*|\baufgelaufen\w*|\brunning "
    r"(?:total|sum)\b|\blaufende summe\b|\bbis (?:dato|heute)\b|\bnarast\w*|\bprogressiv[oa]\b|"
    r"\ba la fecha\b|\bhasta la fecha\b|\ba ce jour\b|\btot nu toe\b|нарастающ|накопит|"
    r"累[计計积積]|누[계적]",
}
"""Words for a total since a month, a quarter, a year, a week or anything began; "" says not which.

Accents are left out of them.
"""
_PATTERNS: Final = {since: re.compile(words) for since, words in _SINCE.items()}
_WITHIN_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
_LONGEST: Final = 200


def total_since(header: str) -> str | None:
    """Since when a header says that its numbers are totals; None when it says nothing of the kind.

    Returns
    -------
    str or None
        The length of what began then (P1M, P3M, P1Y, week), ``ever``, or empty when it is not said.

    Examples
    --------
    >>> [total_since(h) for h in ("YTD", "revenue_mtd", "costQTD", "Spend to date", "Cumulé")]
    ['P1Y', 'P1M', 'P3M', '', '']
    >>> [total_since(h) for h in ("Cumul annuel", "Project to date", "document", "date", "value")]
    ['P1Y', 'ever', None, None, None]
    """
    words = _WITHIN_WORD.sub(" ", header[:_LONGEST]).casefold()
    apart = unicodedata.normalize("NFKD", words)
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain)
    return next((since for since, words in _PATTERNS.items() if words.search(plain)), None)
