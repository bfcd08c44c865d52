from django.urls import path

from consent.views import agreements, papers

app_name = "consent"
urlpatterns = [
    path("papers/", papers.papers, name="papers"),
    path("papers/<uuid:pk>/", papers.paper, name="paper"),
    path("papers/signed/<uuid:pk>/", papers.signature, name="signature"),
    path("papers/signed/<uuid:pk>/copy/", papers.sealed_copy, name="sealed_copy"),
    path("papers/signed/<uuid:pk>/withdraw/", papers.withdraw, name="withdraw"),
    path("groups/<uuid:pk>/agreement/", agreements.agreement, name="agreement"),
    path("groups/<uuid:pk>/agreement/publish/", agreements.publish, name="publish"),
]
