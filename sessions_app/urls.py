from django.urls import path

from sessions_app.views import prejoin, room, schedule, today

app_name = "sessions"
urlpatterns = [
    path("", today.home, name="home"),
    path("session/<uuid:pk>/", prejoin.enter, name="enter"),
    path("session/<uuid:pk>/closed/", prejoin.closed, name="closed"),
    path("session/<uuid:pk>/reminder/", prejoin.reminder, name="reminder"),
    path("session/<uuid:pk>/space/", prejoin.space, name="space"),
    path("session/<uuid:pk>/space/none/", prejoin.no_space, name="no_space"),
    path("session/<uuid:pk>/where/", prejoin.location, name="location"),
    path("session/<uuid:pk>/devices/", prejoin.devices, name="devices"),
    path("session/<uuid:pk>/browser/", prejoin.browser, name="browser"),
    path("session/<uuid:pk>/passphrase/", prejoin.passphrase, name="passphrase"),
    path("session/<uuid:pk>/ask/", prejoin.ask, name="ask"),
    path("session/<uuid:pk>/room/", room.room, name="room"),
    path("session/<uuid:pk>/left/", room.left, name="left"),
    path("session/<uuid:pk>/cancel/", schedule.cancel, name="cancel"),
    path("groups/<uuid:pk>/sessions/new/", schedule.schedule, name="schedule"),
]
