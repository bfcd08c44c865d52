from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    label = "compliance"
    verbose_name = "Compliance desk"

    def ready(self) -> None:
        from compliance import gates

        gates.register()
