"""Addresses of the training of therapists, apart from the desk's."""

from django.urls import path

from compliance.views import training

app_name = "training"
urlpatterns = [
    path("training/", training.modules, name="modules"),
    path("training/<slug:key>/", training.module, name="module"),
    path("programme/training/", training.program, name="program"),
]
