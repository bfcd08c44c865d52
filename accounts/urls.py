"""Addresses of accounts; tests/test_matrix.py fails on a route that it does not list."""

from django.urls import path, register_converter

from accounts.views import factors, profile, security, sign_in, step_up


class FactorKind:
    regex = "totp|passkey"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(FactorKind, "factor_kind")

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.factor, name="factor"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="passkey_options"),
    path("sign-in/passkey/verify/", sign_in.passkey_verify, name="passkey_verify"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("factor/new/", factors.enrol, name="enrol"),
    path("factor/new/app/", factors.enrol_totp, name="enrol_totp"),
    path(
        "factor/new/passkey/options/", factors.enrol_passkey_options, name="enrol_passkey_options"
    ),
    path("factor/new/passkey/verify/", factors.enrol_passkey_verify, name="enrol_passkey_verify"),
    path("factor/recovery-codes/", factors.recovery_codes, name="recovery_codes"),
    path(
        "factor/<factor_kind:kind>/<uuid:pk>/remove/", factors.remove_factor, name="remove_factor"
    ),
    path("lost-factor/", factors.lost_factor, name="lost_factor"),
    path("step-up/", step_up.step_up, name="step_up"),
    path("step-up/passkey/options/", step_up.step_up_options, name="step_up_options"),
    path("step-up/passkey/verify/", step_up.step_up_verify, name="step_up_verify"),
    path("lock/", step_up.lock, name="lock"),
    path("locked/", step_up.locked, name="locked"),
    path("present/", step_up.present, name="present"),
    path("profile/", profile.profile, name="profile"),
    path("language/", profile.choose_language, name="choose_language"),
    path("security/", security.security, name="security"),
    path("security/sign-ins/<uuid:pk>/end/", security.end_other, name="end_other"),
    path("security/sign-ins/end-others/", security.end_others, name="end_others"),
    path("security/password/", security.password_change, name="password_change"),
    path("reset/", security.reset_request, name="reset_request"),
    path("reset/<str:token>/", security.reset, name="reset"),
]
