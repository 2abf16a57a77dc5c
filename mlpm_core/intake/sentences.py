"""The texts of an import: every reject, question and warning by its code."""

from __future__ import annotations

from typing import Final

REJECTS: Final[dict[str, tuple[str, str]]] = {
    "empty-file": ("The file holds no text.", "Export it again; nothing was changed."),
    "no-rows": (
        "There is a header but no row below it.",
        "Check the filter of the export; to remove data, undo its batch.",
    ),
    "missing-column": (
        "Required columns are missing: {names}; found: {headers}.",
        "Rename a column, or start from the template.",
    ),
    "blank-label": (
        "Column {position} holds values but has no name.",
        "Name it or delete the column.",
    ),
    "duplicate-label": (
        "{field} is given by two columns: {positions}.",
        "Keep one, rename the other.",
    ),
    "one-metric-twice": (
        "{names} are two names of one metric, and tell different values of it.",
        "Keep the one that counts, or answer that the other stands for another metric.",
    ),
    "wrong-type": (
        "{file} looks like {type}, not like its name.",
        "Save it as CSV (UTF-8), or give it its right extension.",
    ),
    "locked-workbook": (
        "{file} is protected with a password.",
        "Open it, save a copy without the password, and upload the copy.",
    ),
    "unread-type": (
        "{file} is {type}, and MLPM does not read such files here.",
        "Save it as CSV (UTF-8), XLSX or Parquet.",
    ),
    "unknown-report": (
        "{file} is a JSON document, but no report that MLPM knows.",
        "Save the numbers as CSV (UTF-8), a row for each metric; the screen Upload lists the "
        "reports that are read.",
    ),
    "nothing-in-archive": (
        "{file} holds no file that MLPM reads; it holds: {names}.",
        "Put the CSV, the workbook or the Parquet file into the archive, or upload it alone.",
    ),
    "unsafe-file": (
        "The workbook declares XML entities, which no spreadsheet program writes.",
        "Open it and save it again as a plain workbook.",
    ),
    "limit-size": (
        "The file has {got} unpacked, the limit is {limit}.",
        "Split it by period; parts give the same result.",
    ),
    "limit-rows": ("More than {limit} rows.", "Split it by period."),
    "limit-columns": (
        "{got} columns, the limit is {limit}.",
        "Upload long format, or fewer columns.",
    ),
    "limit-cell": (
        "Line {line}, {column}: {got} characters, the limit is {limit}.",
        "Shorten the text, or look for an unclosed quote.",
    ),
    "bad-encoding": (
        "Line {line}, byte {byte}: not valid {encoding}, and no other encoding fits the file.",
        "Export as CSV UTF-8.",
    ),
    "control-char": (
        "{column} holds the invisible character U+{hex}.",
        "Delete it, or type the name again; export the file again.",
    ),
    "nul-file": (
        "The file is filled with NUL.",
        "Delete it, or type the name again; export the file again.",
    ),
    "extra-cell": (
        "{got} cells, the header has {want}.",
        "Quote text that contains the delimiter; remove the cell that shifts the row.",
    ),
    "missing-cell": (
        "{got} cells, the header has {want}.",
        "The row is cut off or is a footnote: complete or delete it.",
    ),
    "wrong-width": (
        "{bad} of {rows} rows do not have the header's {want} cells.",
        "The header is probably wrong, or the export mixes two tables; fix it once at the source.",
    ),
    "bad-quote": (
        "A quote stands where none may be, in {column}.",
        "Put the cell in quotes and double the quotes inside.",
    ),
    "unterminated-quote": (
        "A quote opens in {column} and is not closed on a line of its own row.",
        "Close it, or double it if it is text.",
    ),
    "running-total": (
        "{column} of {series} for {period} is the total since {since}, {value}, and the number of "
        "that period alone cannot be computed: {why}.",
        "Send what is missing before this file, or every period since then in one file, each once, "
        "or the number of each period alone.",
    ),
    "missing-value": ("{column} is required and empty ({value}).", "Fill it, or delete the row."),
    "not-a-number": (
        "{value} is not a number.",
        "Write digits with a decimal point: 0.95 for 95%, -5 for (5), 1234.5 for 1,234.5.",
    ),
    "not-finite": (
        "{value} is not a finite number.",
        "Leave the row out when there is no result; leave an optional cell empty.",
    ),
    "not-an-integer": (
        "{value} is not a whole number.",
        "Counts have no decimals; if the point marks thousands, say so in the profile.",
    ),
    "not-a-date": (
        "{value} is not a date{form}.",
        "Write 2024-01-31; a total row must be deleted; for zones write +02:00.",
    ),
    "not-a-choice": (
        "{value} is none of {choices}.",
        "Use one of them, or leave the cell empty.",
    ),
    "out-of-range": (
        "{value} lies outside {range} of {field}.",
        "A percentage? Divide by 100, or write % in a column unit. A date? Check the year.",
    ),
    "too-large": (
        "{value} is larger than can be computed with: {field} reaches {largest} at most.",
        "Check its digits and its unit; a sum in cents may be written in thousands.",
    ),
    "inconsistent": (
        "{columns} contradict each other: {values}.",
        "Swap the limits, or name the slice's key.",
    ),
    "not-its-ratio": (
        "{column} is {value}, its numerator and denominator say {ratio}.",
        "Correct the value, or its numerator and denominator; leave out what is not known.",
    ),
    "outside-its-interval": (
        "{column} is {value}, outside of its own interval {interval}.",
        "Correct the value or its interval; leave out what is not known.",
    ),
    "percent-apart": (
        "{column} is {value}, with {beside}: only one of them has a percent sign.",
        "Write the percent sign at all of these numbers, or at none of them.",
    ),
    "other-unit": (
        "The unit {value} does not fit. {why}",
        "Write the value in the unit of its KPI, or correct the unit.",
    ),
    "other-sign": (
        "{column} is written in {value}, which does not fit. {why}",
        "Convert the number, and write it without a sign.",
    ),
    "odd-period": (
        "{period} is no hour, day, week, month, quarter or year.",
        "Split the row into such periods, or leave it out.",
    ),
    "too-long": (
        "The name has {got} characters, the limit is 200.",
        "Shorten it; put the rest into note.",
    ),
    "unsafe-name": (
        "{value} could be read as a formula or as markup.",
        "Begin with a letter or digit.",
    ),
    "reserved-name": (
        "{value} cannot be used as a name: {why}.",
        "Choose another name; letters and digits always serve.",
    ),
    "conflict": (
        "Rows {rows} give different content for one key.",
        "Keep the right one, or tell them apart by version, slice or source.",
    ),
    "conflict-of-ids": (
        "Rows {rows} have one id, {id}, and differ.",
        "A spreadsheet may have rewritten several ids to one: export them as text.",
    ),
    "unknown-reference": (
        "{value} is not among the {plural} of this project{near}.",
        "Correct the name, or import the {plural} first.",
    ),
}

QUESTIONS: Final[dict[str, str]] = {
    "encoding": "Which of these previews reads right?",
    "decimal-mark": "Is {value} {first} or {second}?",
    "preamble": "Is line {line} the header, and may the lines above be skipped?",
    "second-table": (
        "A header stands again in line {line}: skip it, or read only the first table?"
    ),
    "column-match": "Is {header} the field {field}?",
    "empty-last-column": "The last column is empty and has no name: ignore it?",
    "wide-layout": "One column per metric: {asked}",
    "date-order": (
        "Does the day or the month stand first? Of the dates, {n} fit both, {a} only the day first "
        "and {b} only the month first."
    ),
    "date-year-first": "{value} may begin with its year. Which of these is it?",
    "excel-serial": "Are these day numbers since 1900 or 1904?",
    "look-alike": "Is {name} the stored {other}, or a new model?",
    "new-model": (
        "Not among the models of this project: {names}. Register what is new, or correct the file?"
    ),
    "hidden-rows": "Rows, columns or sheets are hidden ({n} in all): read or skip them?",
    "not-told": "The file does not say its {label} ({help}). Write what holds for all of it{form}.",
    "which-amount": (
        "The bill has two amounts: {amounts}. BilledCost or unblended is what the invoice says, "
        "EffectiveCost or net is after discounts and spread over the days used. Which one counts?"
    ),
    "bill-period": "The bill has one row. Is it a month (P1M) or a day (P1D)?",
    "hours-per-day": (
        "The tracker counts time in seconds. How many hours does a working day have there? (Its "
        "administrator sets it; 8 if nobody did.)"
    ),
    "two-counts": (
        "{metric} has {n} cases and the denominator {denominator}, as {rows} rows have two such "
        "numbers that differ. Which one says of how many cases it is the share: n or denominator?"
    ),
    "percent-errors": (
        "{metric} is {value} in one of {rows} rows without a unit, which is {percent}% of the "
        "truth if it is a share. Are these rows in percent, or a share? A unit of % or share in "
        "each row says it too."
    ),
    "label-ids": (
        "{said} stored prediction: {name} is none, {other} is one. In which form are they meant?"
    ),
    "outcome-class": ("Which of the predicted classes ({classes}) is the outcome {outcome}?"),
    "totals": (
        "{names} in {column} reads like a total of the other rows. Leave its {n} rows out, or is "
        "it a name of its own?"
    ),
    "sums": (
        "{what} holds the sum of {others}. Is it a total whose {n} rows are left out, or does it "
        "count beside them?"
    ),
    "zone": (
        "{hour} comes twice, as it does where local time repeats an hour at the end of summer "
        "time. Which zone are the times of?"
    ),
    "zone-mixed": (
        "{n} times, such as {value}, have no zone; others have one, such as {other}. Which zone "
        "are they of?"
    ),
    "zone-header": (
        "{column} is of the zone {name}. Does it follow the clocks of a place, which change with "
        "summer time, or is it always as far from UTC?"
    ),
    "zone-local": "{column} holds local times. Of which zone are they?",
    "zone-name": "{value} ends in {name}, which stands for several time zones. Which one is it?",
    "epoch": "Does {value} count the {unit} since 1970?",
    "fill-down": (
        "{column} is empty in {n} rows, first in {place}, below {value}. Is it that of the row "
        "above, as merged cells leave it?"
    ),
    "index-column": "Column {position} has no name and counts the rows: ignore it?",
    "member": "The archive has several files. Which of them holds the rows?",
    "sheet": "The workbook has several sheets. Which of them holds the rows?",
    "period-columns": (
        "{n} columns are called like dates, from {first} to {last}. Is each of them a period?"
    ),
    "name-columns": "{n} columns hold numbers under names of their own. Is each of them a {what}?",
    "scale": (
        "{name} was about {stored} so far and is {now} in this file. Is it meant as it is written, "
        "or in another unit?"
    ),
    "running-totals": (
        "{column} is called like a running total. Is each number the total since {since}, so that "
        "a period is the difference to the one before it, or is it of its own period alone?"
    ),
    "running-alone": (
        "{column} is called like a running total, which cannot be taken apart here: {why}. Is each "
        "number of its own period alone all the same?"
    ),
    "running-since": "Since which month does {column} count anew each year?",
    "models-above": (
        "Line {line} names {names} above the columns of metrics. Are these the models that the "
        "metrics are of?"
    ),
    "two-heads": (
        "Lines {line} and {other} name metrics, and {names} with each of them. What are these?"
    ),
    "side-tables": "{n} tables stand side by side. Which of them is read?",
    "units-row": "Below the names of the columns stands: {row}. Are these units of the numbers?",
    "spread": (
        "In {column} each value stands with a second number, such as {value}. What is that number?"
    ),
    "positive-class": "Which class is the positive one, whose precision and recall count?",
    "log-threshold": (
        "From which score on does {model} flag a case? The file has scores and no classes, and the "
        "value case needs {names}. Write a number with at most two decimals, such as 0.35, or none "
        "where no threshold is in use."
    ),
    "log-positive": "The value case of {model} needs {names}: of which of its classes?",
    "cost-days": "{column} holds dates such as {first}. Is each cost of that day alone?",
    "cost-ends": "Is {last} in {column} the first day after the period, or its last day?",
    "fiscal-start": "{value} is of a fiscal year. In which month (1 to 12) does it begin?",
    "fiscal-named": "Is {value} of the fiscal year that ends in {year}, or begins in it?",
    "week-or-month": "Is {value} in {column} the month or the week of its year with that number?",
    "month-day": "Is {value} in {column} a month with its year, or a day of that month?",
    "which-year": (
        "{column} counts within a year ({values}), and nothing says which. Which year is it?"
    ),
    "which-column": "Which column holds {field}? ({help})",
    "which-constant": "No column holds {field}; which is it for the whole file? ({help})",
    "thousands": "{mark} stands in {value}: does it mark thousands?",
    "credits": (
        "{column} tells credits from debits: {word} stands in {n} rows. Are their amounts refunds, "
        "which are negative costs?"
    ),
    "signs": ("In {column} signs stand beside the numbers, as in {value}. Is this what they mean?"),
    "missing-words": "In {column} stands {words}: does it mean that nothing is known?",
    "word": "What does {word} in {column} stand for?",
    "metric-name": "What does {name} stand for?",
    "percent-shares": (
        "{metric} is a share, and every value of it lies above 1 ({values} ...). Is it in percent?"
    ),
    "percent-beside": (
        "{metric} is a share, and stands with {values} in a file in which {others} is in percent. "
        "Is it in percent, too?"
    ),
    "cases-of": (
        "One column, {header}, stands beside {metrics}, and these are shares of different cases. "
        "Does it count all cases of a period, or those of each metric alike?"
    ),
    "period-length": (
        "The dates{order} stand {gap} apart ({first}, {second} ...), and nothing says how long a "
        "period is. Is each row of a period as long as that, or of less?"
    ),
    "period-of-few": (
        "{column} holds {days}{order} and nothing says how long a period is. Is each row of a day, "
        "or of a longer period that begins or ends there?"
    ),
    "period-end": (
        "{date}{order} can begin or end its {period}. Is each date the first or the last day of "
        "its period?"
    ),
    "restatement": "{lines} {first}. Confirm?",
}

WARNINGS: Final[dict[str, str]] = {
    "new-model": "Registered for the first time: {names}.",
    "unknown-metric": (
        "MLPM does not know these metrics; they are stored, and no value rests on them: {names}."
    ),
    "print-cut": "The table was printed in part only: rows or columns of it are not in the file.",
    "short-names": "Taken by the short names of the project: {names}.",
    "scaled": "Taken by the factor that makes them as large as before: {names}.",
    "running-falls": (
        "Rows of which a running total is lower than the one before, so that a number below zero "
        "is left for their period: {n}, in {names}."
    ),
    "running-stored": (
        "Rows of which stored periods were taken off the running total, since the file lacks them: "
        "{n}, in {names}, first {series} for {period}, {total} less {stored}; a later correction "
        "of those periods does not change these rows."
    ),
    "running-beside": (
        "Left out beside a running total, since nothing says what is left of them for a period "
        "alone: {names}."
    ),
    "totals": "Rows of totals that are left out: {n}, {names}.",
    "not-known-yet": "Outcomes that are blank, not known yet, and left out: {n}.",
    "duplicate-row": "Rows that repeat an earlier row and are ignored: {n}.",
    "identical-row": "Rows that equal what is stored and are ignored: {n}.",
    "trimmed": "Names at whose edges invisible characters were dropped: {n}.",
    "mixed-newlines": "Lines end in different ways; all were read.",
    "extra-column": "Not used: {headers}.",
    "extra-sheet": "Sheets that were not read: {names}.",
    "not-metrics": "Not read, for they are no numbers that count here: {names}.",
    "bill-added": "Lines of the bill that were added up by model, service and days: {n}.",
    "extra-member": "Files of the archive that were not read: {names}.",
    "quoted-lines": "Lines that were in quotes as a whole, which were taken off: {n}.",
    "short-records": (
        "Rows with fewer cells than the header, whose last columns are taken as empty: {names}."
    ),
    "means-read": "Left out beside the value, or the mean, of each metric: {names}.",
    "side-tables": "Rows of a table beside the one that is read, which are left out: {n}, {names}.",
    "epics-left-out": "Epics that are left out, since their work is in their issues: {n}, {names}.",
    "utc-assumed": "Times without offset that were taken as UTC: {n}.",
    "orphan-label": "Labels that have no prediction yet, and are kept and joined later: {n}.",
    "number-like-id": "{ids} look like numbers rewritten by a spreadsheet; kept as text.",
}
