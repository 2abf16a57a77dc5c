"""Who looks after a model, on what terms, and what it takes to buy or build one."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.record import (
    Choice,
    Day,
    Flag,
    Name,
    Notation,
    Number,
    Record,
    Text,
    Whole,
    column,
)


class ContractType(Choice):
    """What a contract is for."""

    BUILD = "build"
    SUPPORT = "support"
    LICENCE = "licence"
    DATA_PROCESSING = "data_processing"


class Pricing(Choice):
    """How a contract is paid."""

    FIXED = "fixed"
    TIME_AND_MATERIALS = "time_and_materials"
    HOURS_BANK = "hours_bank"
    STANDBY = "standby"


class Contract(Record):
    """What was agreed with somebody outside."""

    kind: ClassVar[str] = "contracts"
    singular: ClassVar[str] = "Contract"
    plural: ClassVar[str] = "Contracts"
    key: ClassVar[tuple[str, ...]] = ("project", "contract_id")

    project: Name = column("The project it belongs to.")
    contract_id: Name = column("Short name of the contract.", label="Contract")
    counterparty: Text = column("With whom.")
    contract_type: ContractType = column("What it is for.", label="Type")
    pricing: Pricing = column("How it is paid.", default=Pricing.FIXED)
    amount: Number | None = column(
        "What it costs in all, in the project's currency.", default=None, low=0
    )
    fee_per_year: Number | None = column(
        "What it costs a year, such as a standby fee.", default=None, low=0
    )
    hours_included: Number | None = column(
        "Hours of work a year that the fee covers.", default=None, low=0, unit="hour"
    )
    hour_rate: Number | None = column("What a further hour costs.", default=None, low=0)
    call_out_fee: Number | None = column("What a call costs.", default=None, low=0)
    response_hours: Number | None = column(
        "Hours within which an expert must answer a call.", default=None, low=0, unit="hour"
    )
    starts_on: Day | None = column("First day.", label="Starts on", default=None)
    ends_on: Day | None = column("Last day.", label="Ends on", default=None)
    is_liable: Flag = column(
        "Whether the counterparty is liable for what the model does.",
        label="Liable",
        default=False,
    )
    note: Text = column("Anything worth knowing.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class ContractClause(Record):
    """One thing that a contract settles, or leaves out."""

    kind: ClassVar[str] = "contract_clauses"
    singular: ClassVar[str] = "Clause"
    plural: ClassVar[str] = "Clauses"
    key: ClassVar[tuple[str, ...]] = ("project", "contract_id", "clause")

    project: Name = column("The project it belongs to.")
    contract_id: Name = column("The contract.", label="Contract", refers_to="contracts")
    clause: Name = column(
        "What it settles: access, telemetry, data_rights, response_time, retraining, rollback, "
        "exit, or another in your own words."
    )
    is_present: Flag = column(
        "Whether the contract settles it; what it does not settle, nobody does.",
        label="In the contract",
        default=True,
    )
    price: Number | None = column(
        "What is paid for it, in the project's currency.", default=None, low=0
    )
    note: Text = column("Anything worth knowing.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class SourcingRecord(Record):
    """What building a system oneself, and buying it, would take."""

    kind: ClassVar[str] = "sourcing"
    singular: ClassVar[str] = "Make or buy"
    plural: ClassVar[str] = "Make or buy"
    key: ClassVar[tuple[str, ...]] = ("project", "sourcing_id")

    project: Name = column("The project it belongs to.")
    sourcing_id: Name = column("Short name of the comparison.", label="Comparison")
    build_cost: Notation = column(
        "Cost of building it in-house: a number or a range, in the project's currency."
    )
    quote: Notation = column("What the supplier asks for building it.")
    years: Number = column(
        "Over how many years both are compared.", default=3.0, low=0.5, high=20, unit="year"
    )
    p_no_model: Number = column(
        "The chance that no usable model comes out, the same whoever builds, from 0 to 1.",
        label="Chance of no model",
        default=0.0,
        low=0,
        high=1,
    )
    team_cost: Notation = column(
        "Cost a year of keeping the people in-house who can look after it.", default="0"
    )
    hiring_cost: Notation = column("Cost of finding and training them, once.", default="0")
    opportunity_cost: Notation = column(
        "What the business loses a year because they do not do something else.", default="0"
    )
    p_change_orders: Number = column(
        "The chance that a fixed price does not stay, from 0 to 1.",
        label="Chance of change orders",
        default=0.0,
        low=0,
        high=1,
    )
    change_orders: Notation = column("What change orders would cost then.", default="0")
    buyer_cost: Notation = column(
        "Cost a year of your own people who steer and check the supplier.", default="0"
    )
    support_fee: Notation = column("What the supplier asks a year for support.", default="0")
    supplier_cost: Notation = column(
        "What building it would cost the supplier, as far as you can tell; empty when you cannot.",
        default="",
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class AnnotationPlan(Record):
    """The labelling that a model needs: how many items, how long each takes, how far it is."""

    kind: ClassVar[str] = "annotation_plans"
    singular: ClassVar[str] = "Labelling plan"
    plural: ClassVar[str] = "Labelling plans"
    key: ClassVar[tuple[str, ...]] = ("project", "annotation_id")

    project: Name = column("The project it belongs to.")
    annotation_id: Name = column("Short name of the plan.", label="Labelling plan")
    items: Whole = column("How many items are to be labelled.", low=1)
    minutes_per_label: Notation = column("Minutes that one label takes: a number or a range.")
    labels_per_item: Whole = column("How many people label each item.", default=1, low=1, high=100)
    review_share: Number = column(
        "Share of the labels that somebody looks at again, 0 to 1.", default=0.0, low=0, high=1
    )
    people: Whole = column("How many people label.", default=1, low=1, high=100_000)
    hours_per_day: Number = column(
        "Hours a day that each of them labels.", default=4.0, low=0.1, high=24, unit="hour"
    )
    day_rate: Number = column(
        "What a person-day of labelling costs.", label="Cost of a person-day", default=0.0, low=0
    )
    items_done: Whole = column("Items labelled by now.", default=0, low=0)
    archived: Flag = column("Kept, but no longer shown.", default=False)


class ComputeCampaign(Record):
    """A series of long training runs: what was planned, and what was used."""

    kind: ClassVar[str] = "compute_campaigns"
    singular: ClassVar[str] = "Compute campaign"
    plural: ClassVar[str] = "Compute campaigns"
    key: ClassVar[tuple[str, ...]] = ("project", "campaign_id")

    project: Name = column("The project it belongs to.")
    campaign_id: Name = column("Short name of the campaign.", label="Campaign")
    gpu_hours_planned: Number = column("GPU-hours planned.", low=0, unit="hour")
    gpu_hour_rate: Number = column("What a GPU-hour costs.", low=0)
    gpu_hours_used: Number = column("GPU-hours used by now.", default=0.0, low=0, unit="hour")
    runs_done: Whole = column("Runs that ended by now, failed ones too.", default=0, low=0)
    runs_failed: Whole = column("Runs of these that failed.", default=0, low=0)
    gpu_hours_failed: Number = column(
        "GPU-hours that failed runs used.", default=0.0, low=0, unit="hour"
    )
    run_hours_p50: Number | None = column(
        "Hours that a run takes: as likely more as less.",
        label="Hours of a run",
        default=None,
        low=0,
        unit="hour",
    )
    run_hours_p95: Number | None = column(
        "Hours within which 19 of 20 runs end.",
        label="Hours of a long run",
        default=None,
        low=0,
        unit="hour",
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)
