"""The worker and its clock. Tasks live in each app's `tasks.py`: ids in, one service call."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("quietroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
