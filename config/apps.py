from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        from config import celery, checks  # noqa: F401  # both register themselves
        from config.logging import configure_structlog
        from config.refusals import refuse_unready

        configure_structlog()
        refuse_unready(settings)
