"""Bills in their documented forms become recorded costs: nothing is added that a bill does not say.

Documented forms: FOCUS 1.0 (columns of the specification), AWS Cost and Usage Report (legacy and
2.0) and Cost Explorer ("Download CSV", monthly, by service), Google Cloud ("Cost table" with lines
above its header; detailed billing export), Azure cost details (2023-12-01), OpenCost 1.110 (CSV
export of allocations).
"""

from datetime import date

import pytest

from tests.intake.real_cases import Case, holds

TAG = '{""model"": ""m""}'
FOCUS = (
    "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,EffectiveCost,"
    "ServiceCategory,ServiceName,Tags\n"
    '10.5,USD,Usage,2024-02-05T00:00:00Z,2024-02-06T00:00:00Z,{a},AI,SageMaker,"{m}"\n'
    '2.25,USD,Usage,2024-02-05T01:00:00Z,2024-02-05T02:00:00Z,2.25,AI,SageMaker,"{m}"\n'
    '-1,USD,Credit,2024-02-05T00:00:00Z,2024-02-06T00:00:00Z,-1,AI,SageMaker,"{m}"\n'
    "{c},USD,Usage,2024-02-01T00:00:00Z,2024-03-01T00:00:00Z,{c},Storage,S3,\n"
)
CUR = (
    "lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UnblendedCost,"
    "lineItem/CurrencyCode,resourceTags/user:model\n"
    "2024-02-05T00:00:00Z,2024-02-05T01:00:00Z,AmazonSageMaker,0.25,USD,churn\n"
    "2024-02-05T01:00:00Z,2024-02-05T02:00:00Z,AmazonSageMaker,0.5,USD,churn\n"
)
CUR_2 = (
    "line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,"
    "line_item_unblended_cost,line_item_currency_code,resource_tags\n"
    '2024-02-05T00:00:00.000Z,2024-02-06T00:00:00.000Z,AmazonS3,3,USD,"{""user:model"":""churn""}"\n'
)
EXPLORER = (
    '"Service","Amazon SageMaker($)","Amazon S3($)","Total costs($)"\n'
    '"Service total","120.5","3.25","123.75"\n"2024-01-01","60.25","","60.25"\n'
    '"2024-02-01","60.25","3.25","63.5"\n'
)
GOOGLE = (
    "Invoice number,123\nInvoice date,2024-03-05\n\n"
    "Project name,Service description,SKU description,Usage start date,Usage end date,"
    "Unrounded Cost (€),Cost (€)\n"
    "shop,Vertex AI,Prediction,2024-02-01,2024-02-29,10.004,10.00\n"
    'shop,Vertex AI,Training,2024-02-01,2024-02-29,"1,000.5","1,000.50"\n'
)
BIGQUERY = (
    "service.description,sku.description,usage_start_time,usage_end_time,cost,currency\n"
    "Vertex AI,x,2024-02-05 10:00:00 UTC,2024-02-05 11:00:00 UTC,0.5,EUR\n"
)
AZURE = (
    "Date,MeterCategory,CostInBillingCurrency,BillingCurrencyCode,Tags\n"
    '02/05/2024,Azure Machine Learning,7.5,EUR,"""model"": ""m"""\n'
)
OPENCOST = (
    "Date,Namespace,ControllerKind,ControllerName,Pod,Container,CPUCost,RAMCost,TotalCost\n"
    "2024-02-05,serving,deployment,a,a-1,main,0.5,0.25,0.75\n"
    "2024-02-05,serving,deployment,b,b-1,main,1,0,1\n"
)
MODEL, USD = "constants.model_id=churn", "constants.currency=USD"
KIND, NEW = "constants.cost_type=inference", "new_model=new"


def kept(model, first, last, amount, item, currency="USD"):
    return {
        "model_id": model, "period_start": date.fromisoformat(first),
        "period_end": date.fromisoformat(last), "amount": amount, "item": item,
        "currency": currency, "cost_type": "inference",
    }  # fmt: skip


FEBRUARY = ("2024-02-01", "2024-02-29")
MONDAY = ("2024-02-05", "2024-02-05")
TWO_AMOUNTS, ONE_AMOUNT = FOCUS.format(a="8", c="0", m=TAG), FOCUS.format(a="10.5", c="4", m=TAG)
CASES = [
    Case("focus asks", TWO_AMOUNTS, asked=("which-amount",), kind="cost_log"),
    Case("focus asks the rest", ONE_AMOUNT, asked=("not-told", "not-told"), kind="cost_log"),
    Case("focus", ONE_AMOUNT, answers=(MODEL, KIND, NEW), kind="cost_log", warns=("bill-added",),
         rows=(kept("m", *MONDAY, 11.75, "SageMaker"), kept("churn", *FEBRUARY, 4.0, "S3"))),
    Case("focus effective", TWO_AMOUNTS, kind="cost_log",
         answers=(MODEL, KIND, NEW, "fields.amount=EffectiveCost"),
         rows=(kept("m", *MONDAY, 9.25, "SageMaker"), kept("churn", *FEBRUARY, 0.0, "S3"))),
    Case("cur", CUR, answers=(KIND,), kind="cost_log",
         rows=(kept("churn", *MONDAY, 0.75, "AmazonSageMaker"),)),
    Case("cur 2", CUR_2, answers=(KIND,), kind="cost_log",
         rows=(kept("churn", *MONDAY, 3.0, "AmazonS3"),)),
    Case("explorer", EXPLORER, answers=(MODEL, KIND), kind="cost_log",
         read_as="2 months, from 1 Jan 2024 to 29 Feb 2024, amounts in USD",
         rows=(kept("churn", "2024-01-01", "2024-01-31", 60.25, "Amazon SageMaker"),
               kept("churn", *FEBRUARY, 60.25, "Amazon SageMaker"),
               kept("churn", *FEBRUARY, 3.25, "Amazon S3"))),
    Case("google", GOOGLE, answers=(MODEL, KIND), kind="cost_log",
         rows=(kept("churn", *FEBRUARY, 1010.504, "Vertex AI", "EUR"),)),
    Case("bigquery", BIGQUERY, answers=(MODEL, KIND), kind="cost_log",
         rows=(kept("churn", *MONDAY, 0.5, "Vertex AI", "EUR"),)),
    Case("azure", AZURE, answers=(KIND, NEW), kind="cost_log",
         rows=(kept("m", *MONDAY, 7.5, "Azure Machine Learning", "EUR"),)),
    Case("opencost asks", OPENCOST, answers=(MODEL, KIND), asked=("not-told",), kind="cost_log"),
    Case("opencost", OPENCOST, answers=(MODEL, KIND, USD), kind="cost_log",
         rows=(kept("churn", *MONDAY, 1.75, "serving"),)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_bill_is_read_as_it_says(case):
    holds(case)
