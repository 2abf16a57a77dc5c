"""The parts of the Support screen among which one chooses: each a calculator, or the tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pages.parts.plan import support_help, support_work
from pages.parts.plan.support_forms import Calculator, calculator

if TYPE_CHECKING:
    from mlpm_core.services.plan.support import SupportView

PARTS: Final = {
    "help": "Help on call",
    "sourcing": "Make or buy",
    "labelling": "Labelling",
    "tools": "Infrastructure",
    "runs": "Training runs",
}
_HELP: Final = Calculator(
    "support_plans",
    "help",
    "support_id",
    support_help.retainer,
    "Write down what an incident takes and what help is offered for: this screen then says up to "
    "which fee a standby pays.",
)
_SOURCING: Final = Calculator(
    "sourcing",
    "sourcing",
    "sourcing_id",
    support_work.make_or_buy,
    "Write down what building it yourself takes and what a supplier asks: this screen then "
    "compares both, with the same chance that nothing comes out.",
)
_LABELLING: Final = Calculator(
    "annotation_plans",
    "labelling",
    "annotation_id",
    support_work.labelling,
    "Write down how many items are to be labelled and how long one takes: this screen then says "
    "the hours and weeks.",
)
_RUNS: Final = Calculator(
    "compute_campaigns",
    "runs",
    "campaign_id",
    support_work.campaign,
    "Write down the GPU-hours planned and used: this screen then says what runs cost, and how "
    "often one can try in a week.",
)


def part(chosen: str | None, view: SupportView) -> None:
    """What one chose to look at; the first before anything is chosen."""
    project, currency = view.project, view.currency
    match chosen:
        case "sourcing":
            calculator(_SOURCING, project, view.sourcings, currency)
        case "labelling":
            calculator(_LABELLING, project, view.labellings, currency)
            support_work.agreement()
        case "tools":
            support_work.improvements(view)
        case "runs":
            calculator(_RUNS, project, view.campaigns, currency)
        case _:
            calculator(_HELP, project, view.retainers, currency)
            for retainer in view.retainers:
                support_help.avoided(retainer, currency)
            support_help.values(view.facts, currency)
