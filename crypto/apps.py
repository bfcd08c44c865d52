from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "crypto"
    label = "crypto"
    verbose_name = "Field encryption"
