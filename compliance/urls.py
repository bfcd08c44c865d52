from django.urls import path

from compliance.views import alerts, dashboard, explorer, reports, requests, reviews

app_name = "compliance"
urlpatterns = [
    path("", dashboard.desk, name="desk"),
    path("log/", explorer.log, name="log"),
    path("log/export/", reports.export, name="export"),
    path("log/views/", explorer.keep_view, name="keep_view"),
    path("log/views/<uuid:pk>/delete/", explorer.drop_view, name="drop_view"),
    path("entries/<uuid:pk>/", explorer.entry, name="entry"),
    path("sessions/<uuid:pk>/", reports.session, name="session"),
    path("people/<uuid:pk>/", reports.person, name="person"),
    path("people/<uuid:pk>/name/", reports.reveal, name="reveal"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<uuid:pk>/", alerts.alert, name="alert"),
    path("alerts/<uuid:pk>/decide/", alerts.decide, name="decide"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<uuid:pk>/", reviews.review, name="review"),
    path("reviews/<uuid:pk>/items/<int:position>/", reviews.tick, name="tick"),
    path("reviews/<uuid:pk>/sign/", reviews.sign, name="sign"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:pk>/", requests.request_page, name="request"),
    path("uses/<uuid:pk>/", reviews.look_at_use, name="look_at_use"),
]
