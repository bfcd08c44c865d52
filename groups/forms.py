"""Forms of groups. Beside each personal field stands who will see it."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet

from accounts.forms import BirthDateField, NewPasswordField
from accounts.models import Role, User
from groups import aliases
from groups.models import MAX_CAPACITY, Group, Invitation, Program
from groups.states import CameraPolicy, EmergencyReason, GuardianScope, SeatRole

STAFF_ROLES = [
    (Role.THERAPIST.value, "Therapist: leads groups and invites members"),
    (Role.COMPLIANCE.value, "Compliance officer: reads the audit log, sees no session"),
    (Role.ADMIN.value, "Programme admin: invites people and makes groups"),
]
PAUSE_REASONS = [
    ("member.request", "The member asked for it"),
    ("host.decision", "My decision"),
    ("agreement.breach", "The agreement was broken"),
    ("safety", "Somebody's safety"),
]


def _time_zones() -> list[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    return [(name, name.replace("_", " ")) for name in names]


class TimeZoneField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Time zone")
        super().__init__(choices=_time_zones, **kwargs)


class AddressForm(forms.Form):
    address = forms.EmailField(
        label="E-mail address",
        help_text="The invitation works for this address only. The mail names no group.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class StaffInvitationForm(AddressForm):
    role = forms.ChoiceField(label="Role", choices=STAFF_ROLES, widget=forms.RadioSelect)


class AliasForm(forms.Form):
    alias = forms.CharField(
        label="Name in the group",
        max_length=aliases.MAX_LENGTH,
        help_text=(
            "A first name or any other name you like. The group sees it; no family name, no "
            "e-mail address, no name you use elsewhere on the internet."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    pronouns = forms.CharField(
        label="Pronouns",
        required=False,
        max_length=24,
        help_text="The group sees them beside your name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewAccountForm(forms.Form):
    true_name = forms.CharField(
        label="Your full name",
        max_length=120,
        help_text="Only the staff of your programme see it. Members of a group never do.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = NewPasswordField(label="Password")


class NewMemberForm(NewAccountForm, AliasForm):
    field_order = ("true_name", "alias", "pronouns", "password")


class MemberOfAgeForm(AliasForm):
    """For groups of certain ages; a date that is on file already counts before this one."""

    born_on = BirthDateField(
        help_text="This group is for certain ages. Seen by your therapist and your programme; "
        "the group never sees it.",
    )


class NewMemberOfAgeForm(NewAccountForm, MemberOfAgeForm):
    field_order = ("true_name", "born_on", "alias", "pronouns", "password")


class AgesForm(forms.Form):
    youngest = forms.IntegerField(
        label="From age", required=False, min_value=0, max_value=120, help_text="Empty: any age."
    )
    oldest = forms.IntegerField(label="To age", required=False, min_value=0, max_value=120)
    adult_from = forms.IntegerField(
        label="Adults are",
        min_value=18,
        max_value=21,
        help_text="Years at which somebody signs for themselves alone in your State, mostly 18. "
        "Younger members need the signature of a parent or guardian too.",
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        youngest, oldest = told.get("youngest"), told.get("oldest")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("oldest", "This is younger than the first age.")
        return told


class GuardianForm(AddressForm):
    scope = forms.ChoiceField(
        label="What may they do?", choices=GuardianScope.choices, widget=forms.RadioSelect
    )


class BirthDateForm(forms.Form):
    born_on = BirthDateField()


def form_for(invitation: Invitation, *, is_new: bool) -> type[forms.Form]:
    """What has to be asked: about the account if there is none, about the group if there is one."""
    if invitation.group is None:
        return NewAccountForm if is_new else forms.Form
    if invitation.group.is_age_bound and invitation.seat_role == SeatRole.MEMBER:
        return NewMemberOfAgeForm if is_new else MemberOfAgeForm
    return NewMemberForm if is_new else AliasForm


class TherapistField(forms.ModelChoiceField):  # type: ignore[type-arg]  # of User
    def label_from_instance(self, obj: User) -> str:
        return str(obj.profile.true_name)


class RulesForm(forms.Form):
    name = forms.CharField(
        label="Name of the group",
        max_length=80,
        help_text="Its members and the staff see it. It stands in no mail and no address.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    capacity = forms.IntegerField(
        label="Places",
        min_value=2,
        max_value=MAX_CAPACITY,
        help_text=f"Everybody counts, therapists too; at most {MAX_CAPACITY}.",
    )
    camera_policy = forms.ChoiceField(
        label="Cameras", choices=CameraPolicy.choices, widget=forms.RadioSelect
    )
    require_e2ee = forms.BooleanField(
        label="End-to-end encryption",
        required=False,
        help_text=(
            "Only the people in the room can see and hear; the server cannot. Whoever comes with "
            "a browser that is not able to is asked to take another one."
        ),
    )
    timezone = TimeZoneField()


class NewGroupForm(RulesForm):
    therapist = TherapistField(queryset=User.objects.none(), label="Therapist")
    field_order = ("name", "therapist", "capacity", "camera_policy", "require_e2ee", "timezone")

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        defaults = {
            "capacity": 10,
            "camera_policy": "optional",
            "require_e2ee": Group._meta.get_field("require_e2ee").get_default(),
            "timezone": program.timezone,
        }
        kwargs.setdefault("initial", defaults)
        super().__init__(*args, **kwargs)
        self.fields["therapist"].queryset = therapists_of(program)  # type: ignore[attr-defined]


class CoHostForm(forms.Form):
    therapist = TherapistField(queryset=User.objects.none(), label="Therapist")
    alias = AliasForm.base_fields["alias"]

    def __init__(
        self, *args: Any, program: Program, present: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        therapists = therapists_of(program).exclude(pk__in=list(present))
        self.fields["therapist"].queryset = therapists  # type: ignore[attr-defined]


class PassphraseForm(forms.Form):
    passphrase = forms.CharField(
        label="Passphrase of your own",
        max_length=100,
        help_text="Three or four words that nobody connects with the group.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ChoicesForm(forms.Form):
    """Named as the fields of the membership. Unticked shows least."""

    starts_with_camera = forms.BooleanField(
        label="Offer my camera switched on",
        required=False,
        help_text="Before each session you still decide. Nobody else can switch it on.",
    )
    hides_own_picture = forms.BooleanField(
        label="Hide my own picture from me",
        required=False,
        help_text="Others see you as before. Your tile says whether your camera is on.",
    )
    shares_attendance = forms.BooleanField(
        label="Let the group see that I was at the last session",
        required=False,
        help_text="Your therapist and your programme know it anyway; other members only if you "
        "tick this.",
    )


class LeaveForm(forms.Form):
    duty = forms.BooleanField(
        label="I know that what I heard here stays confidential after I have left."
    )


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(label="Reason (for the log)", choices=PAUSE_REASONS)


class EmergencyForm(forms.Form):
    reason = forms.ChoiceField(
        label="What has happened?", choices=EmergencyReason.choices, widget=forms.RadioSelect
    )


def therapists_of(program: Program) -> QuerySet[User]:
    return User.objects.filter(
        role=Role.THERAPIST, suspended_at=None, affiliation__program=program
    ).select_related("profile")
