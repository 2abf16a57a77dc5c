"""The days and shares on which the Bike Shop's story rests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Row = dict[str, object]

SEED = 20260630
FOLDER = Path(__file__).resolve().parents[1] / "bike_shop"
CLOCK_ON = date(2026, 6, 30)

FIRST_SALE_ON = date(2022, 6, 6)
LIVE_ON = date(2024, 7, 1)  # a Monday; the demand model has seen nothing from here on
LAST_DAY_ON = date(2026, 6, 28)  # a Sunday
BACKTEST_ON = date(2024, 4, 1)  # held out when the project was planned
DAILY_FROM_ON = date(2026, 2, 2)
LOGGED_FROM_ON = date(2026, 1, 1)
WARM_UP_DAYS = 35

FAULT_ON = date(2026, 3, 2)  # the ERP update
ROLLED_BACK_ON = date(2026, 3, 11)  # day 9; this day's orders had left already
REPEAT_ON = date(2026, 5, 18)  # found by the monitor, mitigated in 35 minutes
FAULT_VOLUME_SHARE = 0.18
REPEAT_VOLUME_SHARE = 0.025
PACK_SIZE = 10
RESENT_DAYS = 7  # every night the interface sends the last days again, for late bookings

WORKSHOP_FIRST_ON = date(2023, 9, 4)
WORKSHOP_LIVE_ON = date(2024, 9, 2)
WORKSHOP_CALIBRATION_ON = date(2024, 7, 1)
TARGET_SELECTIVE_ERROR = 0.03

MEMBERS_TESTED_ON = date(2026, 6, 12)
CUT_OF_CHAMPION = 0.15  # a letter pays from about this probability of leaving on
CUT_OF_CHALLENGER = 0.35  # finds four leavers in five; weighted classes make its scores run high

KINDS_OF_GOODS = ("bike", "e-bike", "tyres", "drivetrain", "brakes", "lights", "clothing")

TOM, INES, JONAS = "Tom Okafor", "Ines Varga", "Jonas Weil"
PIA, MARA, BUILDER = "Pia Holm", "Mara Lindqvist", "Northlight Analytics"
