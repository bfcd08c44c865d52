from django.urls import path

from groups.views import (
    emergency,
    factor_resets,
    groups,
    guardians,
    invitations,
    memberships,
    people,
)

app_name = "groups"
urlpatterns = [
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite_person, name="invite_person"),
    path("people/<uuid:pk>/suspend/", people.suspend_person, name="suspend_person"),
    path("people/<uuid:pk>/reinstate/", people.reinstate_person, name="reinstate_person"),
    path("people/factor-resets/", factor_resets.factor_resets, name="factor_resets"),
    path(
        "people/factor-resets/<uuid:pk>/approve/",
        factor_resets.approve,
        name="approve_factor_reset",
    ),
    path(
        "people/factor-resets/<uuid:pk>/refuse/", factor_resets.refuse, name="refuse_factor_reset"
    ),
    path(
        "people/invitations/<uuid:pk>/end/",
        people.withdraw_staff_invitation,
        name="withdraw_staff_invitation",
    ),
    path("groups/", groups.groups_list, name="groups_list"),
    path("groups/new/", groups.group_new, name="group_new"),
    path("groups/<uuid:pk>/", groups.group, name="group"),
    path("groups/<uuid:pk>/rules/", groups.group_policy, name="group_policy"),
    path("groups/<uuid:pk>/ages/", guardians.ages, name="ages"),
    path("groups/<uuid:pk>/passphrase/", groups.group_passphrase, name="group_passphrase"),
    path("groups/<uuid:pk>/hosts/new/", groups.host_add, name="host_add"),
    path("groups/<uuid:pk>/invite/", memberships.group_invite, name="group_invite"),
    path(
        "groups/<uuid:pk>/invitations/<uuid:invitation>/end/",
        memberships.withdraw_group_invitation,
        name="withdraw_group_invitation",
    ),
    path("groups/<uuid:pk>/me/", memberships.me, name="me"),
    path("groups/<uuid:pk>/me/choices/", memberships.choices, name="choices"),
    path("groups/<uuid:pk>/leave/", memberships.leave, name="leave"),
    path("groups/<uuid:pk>/members/<uuid:membership>/", memberships.member, name="member"),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/emergency/",
        emergency.emergency,
        name="emergency",
    ),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/guardians/",
        guardians.guardians,
        name="guardians",
    ),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/guardians/<uuid:link>/end/",
        guardians.guardian_end,
        name="guardian_end",
    ),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/birth-date/",
        guardians.birth_date,
        name="birth_date",
    ),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/camera/",
        memberships.accommodation,
        name="accommodation",
    ),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/suspend/",
        memberships.member_suspend,
        name="member_suspend",
    ),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/reinstate/",
        memberships.member_reinstate,
        name="member_reinstate",
    ),
    path(
        "groups/<uuid:pk>/members/<uuid:membership>/remove/",
        memberships.member_remove,
        name="member_remove",
    ),
]
