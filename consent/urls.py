from django.urls import path

import consent.addresses  # noqa: F401  # it registers <kind:kind>
from consent.kinds import DocumentKind
from consent.views import (
    agreements,
    lessons,
    overview,
    papers,
    proposals,
    questions,
    rules,
    translations,
)

# The first document of every group has the short address.
CONFIDENTIALITY = {"kind": DocumentKind.CONFIDENTIALITY.value}
app_name = "consent"
urlpatterns = [
    path("papers/", papers.papers, name="papers"),
    path("papers/<uuid:pk>/", papers.paper, name="paper"),
    path("papers/<uuid:pk>/for/<uuid:link>/", papers.ward_paper, name="ward_paper"),
    path("papers/<uuid:pk>/ask/", questions.ask, name="ask"),
    path("papers/questions/<uuid:pk>/", questions.question, name="question"),
    path("papers/signed/<uuid:pk>/", papers.signature, name="signature"),
    path("papers/signed/<uuid:pk>/copy/", papers.sealed_copy, name="sealed_copy"),
    path("papers/signed/<uuid:pk>/withdraw/", papers.withdraw, name="withdraw"),
    path("lessons/", lessons.lessons, name="lessons"),
    path("lessons/<slug:key>/", lessons.lesson, name="lesson"),
    path("groups/<uuid:pk>/lessons/", lessons.group_rule, name="group_lessons"),
    path("programme/lessons/", lessons.program_rule, name="program_lessons"),
    path("proposals/<uuid:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:pk>/take-back/", proposals.take_back, name="take_back_proposal"),
    path("proposals/<uuid:pk>/decide/", proposals.decide, name="decide"),
    path("groups/<uuid:pk>/our-rules/", rules.rules, name="rules"),
    path("groups/<uuid:pk>/our-rules/propose/", proposals.propose, name="propose"),
    path("groups/<uuid:pk>/our-rules/pledge/", rules.pledge, name="pledge"),
    path("groups/<uuid:pk>/our-rules/pledge/display/", rules.pledge_display, name="pledge_display"),
    path(
        "groups/<uuid:pk>/our-rules/pledge/take-back/",
        rules.take_back_pledge,
        name="take_back_pledge",
    ),
    path("groups/<uuid:pk>/papers/", overview.overview, name="overview"),
    path("groups/<uuid:pk>/papers/ask-again/", overview.ask_again, name="ask_again"),
    path("groups/<uuid:pk>/papers/reviewed/", overview.reviewed, name="reviewed"),
    path("groups/<uuid:pk>/agreement/", agreements.agreement, CONFIDENTIALITY, name="agreement"),
    path(
        "groups/<uuid:pk>/agreement/publish/", agreements.publish, CONFIDENTIALITY, name="publish"
    ),
    path("groups/<uuid:pk>/papers/<kind:kind>/", agreements.agreement, name="document"),
    path(
        "groups/<uuid:pk>/papers/<kind:kind>/publish/",
        agreements.publish,
        name="publish_document",
    ),
    path(
        "groups/<uuid:pk>/papers/<kind:kind>/in/<slug:code>/",
        translations.translation,
        name="translation",
    ),
    path(
        "groups/<uuid:pk>/papers/<kind:kind>/in/<slug:code>/drop/",
        translations.drop,
        name="drop_translation",
    ),
]
