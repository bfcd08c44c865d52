"""A person takes a copy of what is kept about them."""

import json

from accounts.models import User
from audit.services import act, record
from compliance.events import OwnDataExported
from compliance.queries.own_data import own_data


@act(OwnDataExported)
def export_own_data(*, user: User) -> bytes:
    """JSON in UTF-8, for the person alone. Raises AuditUnavailable."""
    record(OwnDataExported(object=user.ref, subject=user.ref))
    return json.dumps(own_data(user), ensure_ascii=False, indent=2).encode()
