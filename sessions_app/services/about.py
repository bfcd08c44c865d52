"""What every event of one kind says: the object, whom it is about, and where."""

from typing import TypedDict

from audit.events import Ref
from sessions_app.models import Admission, PreJoin, Session


class AboutAdmission(TypedDict):
    object: Ref
    subject: Ref
    group: Ref
    session: Ref


class AboutAttempt(TypedDict):
    object: Ref
    subject: Ref
    group: Ref
    session: Ref


class AboutSession(TypedDict):
    object: Ref
    group: Ref
    session: Ref


def about_admission(admission: Admission) -> AboutAdmission:
    return {
        "object": admission.ref,
        "subject": Ref("user", admission.user_id),
        "group": Ref("group", admission.session.group_id),
        "session": admission.session.ref,
    }


def about_attempt(prejoin: PreJoin) -> AboutAttempt:
    return {
        "object": prejoin.ref,
        "subject": Ref("user", prejoin.user_id),
        "group": Ref("group", prejoin.session.group_id),
        "session": prejoin.session.ref,
    }


def about_session(session: Session) -> AboutSession:
    return {
        "object": session.ref,
        "group": Ref("group", session.group_id),
        "session": session.ref,
    }
