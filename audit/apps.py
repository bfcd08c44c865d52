from importlib import import_module

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    label = "audit"
    verbose_name = "Audit log"

    def ready(self) -> None:
        """Events and checks register themselves when their module is imported."""
        import_module("audit.log_events")
        import_module("audit.checks")
