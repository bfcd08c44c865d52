"""Every change of an agreement or a signature: one transaction and one audit event each."""

from consent.services.copies import seal_copy
from consent.services.signing import sign_agreement, withdraw_signature
from consent.services.versions import publish_version, save_draft

__all__ = ["publish_version", "save_draft", "seal_copy", "sign_agreement", "withdraw_signature"]
