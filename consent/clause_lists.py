"""The clauses of each kind of document, in their order. The last one of each is free to write."""

from dataclasses import dataclass

from consent.kinds import DocumentKind


@dataclass(frozen=True, slots=True)
class Clause:
    """`promise` is the statement that a signer ticks; empty when signing the whole is enough."""

    key: str
    heading: str
    question: str
    promise: str = ""
    is_required: bool = True


SUMMARY = Clause("summary", "In short", "What does a person in a hurry need to know?")
OWN_RULES = Clause(
    "own_rules", "Rules of our own", "What else did this group agree on?", is_required=False
)
MORE = Clause(
    "more", "What else", "Anything that belongs here and nowhere above?", is_required=False
)

CLAUSES = (
    SUMMARY,
    Clause(
        "limits",
        "What nobody can promise",
        "Why can privacy among members not be guaranteed?",
        "I understand that privacy among members cannot be guaranteed.",
    ),
    Clause(
        "non_disclosure",
        "What stays in the group",
        "What must members keep to themselves?",
        "I will keep to myself who is in the group and what is said there.",
    ),
    Clause("therapist_duty", "What the therapist keeps confidential", "What binds the therapist?"),
    Clause(
        "exceptions",
        "When the law comes first",
        "When must or may the therapist speak?",
        "I understand when the law lets or makes the therapist speak.",
    ),
    Clause(
        "recording",
        "No recordings",
        "What must nobody record, copy or photograph?",
        "I will not record, photograph or copy anything from a session.",
    ),
    Clause("online", "Meeting online", "How does a person take part from home?"),
    Clause(
        "posts",
        "What we post elsewhere",
        "What about social media, and hints without a name?",
    ),
    Clause("breach", "What counts as a breach", "Which acts break this agreement?"),
    Clause("consequences", "What happens after a breach", "What does the therapist do then?"),
    Clause("leaving", "After you leave", "What goes on after the last session?"),
    OWN_RULES,
)
GROUND_RULES = (
    SUMMARY,
    Clause(
        "rules",
        "How we treat each other",
        "Which rules does everybody keep in a session?",
        "I will keep these rules, and say so when I cannot.",
    ),
    Clause("changing", "How we change them", "How does the group propose and agree on a change?"),
    OWN_RULES,
)
TELEHEALTH = (
    SUMMARY,
    Clause("what", "What meeting by video means", "What happens, with whom, over what?"),
    Clause(
        "risks",
        "Risks and limits",
        "What can go wrong, with technology and with privacy at home?",
        "I understand the risks of meeting by video.",
    ),
    Clause("alternatives", "Other ways", "What else may a person choose?"),
    Clause(
        "emergency",
        "If you are in danger",
        "What happens when somebody needs help where they are?",
        "I will say where I am at each session, so that help can reach me.",
    ),
    Clause("withdrawal", "Taking this consent back", "How, and what follows?"),
    MORE,
)
PRIVACY_NOTICE = (
    SUMMARY,
    Clause("uses", "How information about you is used and shared", "By whom, and for what?"),
    Clause(
        "authorization",
        "What needs your written permission",
        "Which uses and disclosures happen only if you allow them?",
    ),
    Clause("part2", "Records of substance use treatment", "Which stricter rules hold for them?"),
    Clause("rights", "Your rights", "Copy, correction, list of disclosures, restrictions?"),
    Clause("duties", "Our duties", "What must the programme do, breach notices included?"),
    Clause("complaints", "Complaints", "To whom, and that nobody suffers for one?"),
    Clause(
        "contact",
        "Contact and date",
        "Who answers questions, and from when does this notice hold?",
        "I have been given this notice and could read it.",
    ),
    MORE,
)
# The elements of 42 CFR 2.31(a); the name, the signature and the date are the signature's own.
PART2 = (
    SUMMARY,
    Clause("discloser", "Who may share", "Which person or programme may disclose?"),
    Clause("what", "What may be shared", "How much and what kind of information, meaningfully?"),
    Clause("recipient", "With whom", "Named people, or a class of them?"),
    Clause("purpose", "For what", "The purpose of the disclosure?"),
    Clause(
        "revocation",
        "Taking this consent back",
        "The right to revoke it in writing, and how?",
        "I know that I may take this consent back, except where it was already relied on.",
    ),
    Clause("expiry", "When it ends", "A date, an event or a condition?"),
    Clause("redisclosure", "Passing it on", "What may recipients do with it, and what follows?"),
    MORE,
)
THERAPIST = (
    SUMMARY,
    Clause(
        "confidential",
        "Keeping things confidential",
        "What binds those who lead?",
        "I will keep what I learn in this group confidential, as my profession demands.",
    ),
    Clause(
        "place",
        "Place and devices",
        "From where and with what are sessions led?",
        "I will lead sessions from a private place, on a device that only I use.",
    ),
    Clause("records", "Records", "What may be opened, and what must never be kept elsewhere?"),
    Clause("reporting", "Speaking up", "What is reported, to whom, how soon?"),
    MORE,
)
OBSERVER = (
    SUMMARY,
    Clause(
        "confidential",
        "Keeping things confidential",
        "What must observers and interpreters keep to themselves?",
        "I will keep what I see, hear or interpret confidential, for good.",
    ),
    Clause(
        "conduct",
        "In the session",
        "What do they do, and what not?",
        "I keep no notes, no recordings and no contact with members.",
    ),
    MORE,
)

CLAUSES_OF: dict[DocumentKind, tuple[Clause, ...]] = {
    DocumentKind.CONFIDENTIALITY: CLAUSES,
    DocumentKind.GROUND_RULES: GROUND_RULES,
    DocumentKind.TELEHEALTH: TELEHEALTH,
    DocumentKind.PRIVACY_NOTICE: PRIVACY_NOTICE,
    DocumentKind.PART2: PART2,
    DocumentKind.THERAPIST: THERAPIST,
    DocumentKind.OBSERVER: OBSERVER,
}
