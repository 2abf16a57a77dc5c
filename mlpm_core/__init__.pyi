from mlpm_core.errors import InputError as InputError
from mlpm_core.errors import MlpmError as MlpmError
from mlpm_core.notebook import Board as Board
from mlpm_core.notebook import Chart as Chart
from mlpm_core.notebook import Store as Store
from mlpm_core.notebook import Value as Value
from mlpm_core.notebook import control_chart as control_chart
from mlpm_core.notebook import leaderboard as leaderboard
from mlpm_core.notebook import open_store as open
from mlpm_core.notebook import value as value
from mlpm_core.value.mechanism import find_mechanism as find_mechanism
from mlpm_core.value.mechanism import mechanisms as mechanisms

__all__ = [
    "Board",
    "Chart",
    "InputError",
    "MlpmError",
    "Store",
    "Value",
    "control_chart",
    "find_mechanism",
    "leaderboard",
    "mechanisms",
    "open",
    "value",
]
__version__: str
