from django.urls import path

from sessions_app.views import prejoin, preparing, room, schedule, today

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
    path("session/<uuid:pk>/later/", prejoin.later, name="later"),
    path("session/<uuid:pk>/sign/", preparing.sign, name="sign"),
    path("session/<uuid:pk>/room/", room.room, name="room"),
    path("session/<uuid:pk>/left/", room.left, name="left"),
    path("session/<uuid:pk>/cancel/", schedule.cancel, name="cancel"),
    path("prepare/devices/", preparing.try_devices, name="try_devices"),
    path("prepare/space/", preparing.try_space, name="try_space"),
    path("programme/space/", preparing.space_checklist, name="space_checklist"),
    path("groups/<uuid:pk>/start/", preparing.start, name="start"),
    path("groups/<uuid:pk>/start/people/", preparing.start_people, name="start_people"),
    path("groups/<uuid:pk>/sessions/new/", schedule.schedule, name="schedule"),
]
