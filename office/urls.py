from django.urls import path

import consent.addresses  # noqa: F401  # it registers <kind:kind>
from office.views import clauses, exports, overview, policies, reminders, templates

app_name = "office"
urlpatterns = [
    path("", overview.numbers, name="numbers"),
    path("groups/<uuid:pk>/", overview.group, name="group"),
    path("groups/<uuid:pk>/begin/<kind:kind>/", templates.begin_own, name="begin_own"),
    path("templates/", templates.templates, name="templates"),
    path("templates/<uuid:pk>/", templates.template, name="template"),
    path("templates/<uuid:pk>/publish/", templates.publish, name="publish_template"),
    path("templates/<uuid:pk>/retire/", templates.retire, name="retire_template"),
    path("templates/<uuid:pk>/begin/", templates.begin, name="begin"),
    path("templates/<uuid:pk>/clauses/<slug:key>/", clauses.choose, name="choose_wording"),
    path("clauses/<kind:kind>/", clauses.clauses, name="clauses"),
    path("clauses/<kind:kind>/<slug:key>/new/", clauses.new, name="new_clause"),
    path("clauses/wordings/<uuid:pk>/", clauses.clause, name="clause"),
    path("clauses/wordings/<uuid:pk>/drop/", clauses.drop, name="drop_clause"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<uuid:pk>/", policies.policy, name="policy"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/send/", reminders.send, name="remind"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:pk>/", exports.export, name="export"),
    path("exports/<uuid:pk>/file/", exports.take, name="take_export"),
    path("exports/<uuid:pk>/drop/", exports.drop, name="drop_export"),
]
