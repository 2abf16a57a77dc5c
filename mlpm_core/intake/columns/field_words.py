"""Words of headers, in the languages that files come in, by the fields that they suggest."""

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
