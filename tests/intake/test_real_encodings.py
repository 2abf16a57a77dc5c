"""Texts of many languages in the encodings that programs still write, and files of two at once."""

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import MetricResult, Status
from tests.intake.real_cases import NOW, rows_of
from tests.intake_stored import told_of

HEAD = "model,metric,week,value,note\n"


def file_of(model, note):
    rows = "".join(f"{model},recall,2024-02-{day},0.8,{note}\n" for day in ("05", "12"))
    return HEAD + rows


def told(data, *answers):
    profile = Profile()
    for answer in answers:
        profile = profile.answered(*answer.split("=", 1))
    data = data.encode() if isinstance(data, str) else data
    return told_of(data, "results.csv", MetricResult, now=NOW, profile=profile)


TEXTS = {  # the encoding that is offered first
    "cp1252": ("Kündigung", "größer – „schön“ 10 €"),
    "iso8859-15": ("Résiliation", "10 € de coût œuvre"),
    "cp1250": ("Rezygnacja łączna", "źródło żółć"),
    "iso8859-2": ("Žádost", "příliš žluťoučký kůň"),
    "cp1251": ("отток", "прогноз на неделю"),
    "koi8-r": ("отток", "прогноз на неделю"),
    "cp866": ("отток", "прогноз на неделю"),
    "cp1253": ("πρόβλεψη", "καλή εβδομάδα"),
    "cp1256": ("توقع", "أسبوع جيد"),
    "cp932": ("解約予測", "①髙い需要"),
    "gb18030": ("流失预测", "需求很高"),
    "big5": ("流失預測", "需求很高"),
    "cp949": ("이탈 예측", "좋은 주"),
    "mac-roman": ("Résiliation", "œuvre à côté"),
    "cp850": ("Kündigung", "größer"),
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_that_reads_as_words_is_offered_first(encoding):
    model, note = TEXTS[encoding]
    data = file_of(model, note).encode(encoding)
    (question,) = told(data).receipt.questions
    assert (question.key, question.choices[0]) == ("encoding", encoding)
    assert question.choices[-1] == "none of these"
    assert f"{encoding}: {model},recall" in question.preview[0]
    rows = rows_of(told(data, f"encoding={encoding}"), "metric_results")
    assert [(r["model_id"], r["note"]) for r in rows] == [(model, note)] * 2


@pytest.mark.parametrize("encoding", ["cp1254", "cp1255", "euc_jp"])
def test_others_are_offered_too(encoding):
    model, note = {
        "cp1254": ("müşteri kaybı", "iyi ğ ş ı"),
        "cp1255": ("נטישה", "שבוע טוב"),
        "euc_jp": ("解約予測", "高い需要"),
    }[encoding]
    (question,) = told(file_of(model, note).encode(encoding)).receipt.questions
    assert encoding in question.choices
    assert any(line.startswith(f"{encoding}: {model},") for line in question.preview)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("model", ["churn", "Kündigung", "解約予測"])
def test_two_or_four_bytes_a_character_without_a_mark_are_a_question(encoding, model):
    data = file_of(model, "x").encode(encoding)
    (question,) = told(data).receipt.questions
    assert list(question.choices) == [encoding, "none of these"]
    assert rows_of(told(data, f"encoding={encoding}"), "metric_results")[0]["model_id"] == model
    assert [r.code for r in told(data, "encoding=none of these").receipt.rejects] == [
        "control-char"
    ]


def test_a_file_that_is_full_of_nul_is_no_text_in_any_encoding():
    for data in (b"\x00" * 400, HEAD.encode() + b"\x00" * 4000):
        assert [r.code for r in told(data).receipt.rejects] == ["control-char"]


def test_lines_that_were_added_in_another_encoding_are_read_line_by_line():
    data = file_of("Kündigung", "ok").encode()
    data += "Kündigung,recall,2024-02-19,0.7,größer\n".encode("cp1252")
    (question,) = told(data).receipt.questions
    assert question.choices[0] == "utf-8 or cp1252"
    read = told(data, "encoding=utf-8 or cp1252")
    assert [r["model_id"] for r in rows_of(read, "metric_results")] == ["Kündigung"] * 3
    assert rows_of(read, "metric_results")[2]["note"] == "größer"


def test_the_mark_of_utf_8_before_another_encoding_is_no_proof():
    data = b"\xef\xbb\xbf" + file_of("Kündigung", "x").encode("cp1252")
    (question,) = told(data).receipt.questions
    assert question.choices[0] == "cp1252"
    rows = rows_of(told(data, "encoding=cp1252"), "metric_results")
    assert [r["model_id"] for r in rows] == ["Kündigung"] * 2


@pytest.mark.parametrize("hidden", ["\ufeff", "\u200b", "\u00ad", "\u2060", "\ufeff\ufeff"])
def test_what_nobody_sees_in_a_header_does_not_hide_its_field(hidden):
    first = told(hidden + file_of("churn", "x"))
    assert (first.receipt.status, first.receipt.accepted) == (Status.DRY_RUN, 2)
    assert told(file_of("churn", "x").replace("metric,", f"{hidden}metric,")).receipt.accepted == 2


def test_a_file_added_to_another_with_its_mark_is_a_second_table():
    data = "\ufeff" + file_of("churn", "x") + "\ufeff" + file_of("upsell", "y")
    (question,) = told(data).receipt.questions
    assert question.code == "second-table"
    assert told(data, "second_table=skip").receipt.accepted == 4
