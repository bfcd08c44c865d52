"""The signer's sealed copy: made once for each signature, taken as often as they like."""

import hashlib

from django.utils import timezone

from audit.services import act, record
from consent.copies import copy_of
from consent.events import CopySealed
from consent.models import SealedCopy, Signature


@act(CopySealed)
def seal_copy(*, signature: Signature) -> SealedCopy:
    """Two at once make one: the row of the signature is locked. Raises CopyNotMade."""
    rows = Signature.objects.select_related("version__agreement__group")
    signature = rows.select_for_update(of=("self",)).get(pk=signature.pk)
    record(
        CopySealed(
            object=signature.ref,
            subject=signature.user.ref,
            group=signature.version.agreement.group.ref,
        )
    )
    made = SealedCopy.objects.filter(signature=signature).first()
    if made is not None:
        return made
    pdf = copy_of(signature)
    return SealedCopy.objects.create(
        signature=signature,
        user=signature.user,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        sealed_at=timezone.now(),
    )
