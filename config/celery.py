"""The worker and its clock. Tasks live in each app's `tasks.py`: ids in, one service call."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("quietroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Nothing depends on an exact time: each tick asks the database what is due.
TICKS = (
    "accounts.tasks.every_minute",
    "consent.tasks.every_minute",
    "sessions_app.tasks.every_minute",
    "office.tasks.every_minute",
    "compliance.tasks.every_minute",
)
app.conf.beat_schedule = {name: {"task": name, "schedule": 60.0} for name in TICKS}
