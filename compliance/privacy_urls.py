"""Addresses of "My privacy": everybody's own, apart from the desk's."""

from django.urls import path

from compliance.views import privacy

app_name = "privacy"
urlpatterns = [
    path("", privacy.privacy, name="overview"),
    path("readers/", privacy.readers, name="readers"),
    path("export/", privacy.export, name="export"),
    path("requests/new/", privacy.request_new, name="request_new"),
    path("requests/<uuid:pk>/", privacy.own_request, name="request"),
    path("requests/<uuid:pk>/withdraw/", privacy.request_withdraw, name="request_withdraw"),
]
