"""The kinds of document as words in an address: an address is seen by others, so it says little."""

from django.urls import register_converter

from consent.kinds import DocumentKind

SLUGS: dict[DocumentKind, str] = {
    DocumentKind.CONFIDENTIALITY: "agreement",
    DocumentKind.GROUND_RULES: "ground-rules",
    DocumentKind.TELEHEALTH: "video",
    DocumentKind.PRIVACY_NOTICE: "notice",
    DocumentKind.PART2: "sharing",
    DocumentKind.THERAPIST: "leaders",
    DocumentKind.OBSERVER: "observers",
}
KINDS = {slug: kind for kind, slug in SLUGS.items()}


class KindConverter:
    """`<kind:kind>` in a route. An unknown word is an address that does not exist."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> DocumentKind:
        return KINDS[value]

    def to_url(self, value: str) -> str:
        return SLUGS[DocumentKind(value)]


register_converter(KindConverter, "kind")
