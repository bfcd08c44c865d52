"""Every change in the office: one transaction and one audit event each."""

from office.services.clauses import drop_clause, keep_clause
from office.services.exports import ask_for_export, end_export, make_export, take_export
from office.services.reminders import (
    ask_for_due_reminders,
    ask_for_reminders,
    plan_reminders,
    send_reminders,
)
from office.services.templates import (
    begin_from_template,
    begin_template,
    publish_template,
    retire_template,
    save_template,
)

__all__ = [
    "ask_for_due_reminders",
    "ask_for_export",
    "ask_for_reminders",
    "begin_from_template",
    "begin_template",
    "drop_clause",
    "end_export",
    "keep_clause",
    "make_export",
    "plan_reminders",
    "publish_template",
    "retire_template",
    "save_template",
    "send_reminders",
    "take_export",
]
