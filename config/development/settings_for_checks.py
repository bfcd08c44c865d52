"""The settings with addresses that lead nowhere, for mypy, makemigrations and collectstatic.

Nothing listens behind them: a tool that tried to connect would fail. Importing this sets the
environment: only as DJANGO_SETTINGS_MODULE of a process of its own.
"""

import os

from config.development.addresses import NOWHERE, addresses_beside
from config.development.keys import random_keys

for name, value in {**random_keys(), **addresses_beside(NOWHERE), "MODE": "development"}.items():
    os.environ.setdefault(name, value)

from config.settings import *  # noqa: E402, F403
