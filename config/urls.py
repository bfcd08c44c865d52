"""Every address of the web process. tests/test_matrix.py fails on a route that it does not list."""

from django.urls import include, path

from config import errors

urlpatterns = [
    path("", include("config.health_urls")),
    path("", include("accounts.urls")),
    path("", include("groups.urls")),
    path("", include("consent.urls")),
    path("", include("sessions_app.urls")),
    path("office/", include("office.urls")),
    path("desk/", include("compliance.urls")),
    path("privacy/", include("compliance.privacy_urls")),
    path("", include("compliance.training_urls")),
]

handler404 = errors.not_found
handler500 = errors.server_error
