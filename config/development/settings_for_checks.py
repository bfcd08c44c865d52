"""The settings with addresses that lead nowhere, for mypy, makemigrations and collectstatic.

Nothing listens behind them: a tool that tried to connect would fail.
"""

import os

from config.development.addresses import addresses_beside
from config.development.keys import random_keys

NOWHERE = "postgresql://nobody:nothing@127.0.0.1:1/nowhere"

for name, value in {**random_keys(), **addresses_beside(NOWHERE), "MODE": "development"}.items():
    os.environ.setdefault(name, value)

from config.settings import *  # noqa: E402, F403
