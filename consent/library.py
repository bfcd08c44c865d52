"""The words that a document starts from, by kind. Whoever publishes it changes what does not fit.

Plain and honest: nothing here may promise what people or software cannot keep. {programme}
is filled in by us; every other variable has to be filled in before the document is published.
"""

from consent.clauses import compose
from consent.default_agreement import SECTIONS as CONFIDENTIALITY
from consent.default_agreement import unwrapped
from consent.kinds import DocumentKind

GROUND_RULES = {
    "summary": "These are the rules by which this group meets. Everybody agreed to them.",
    "rules": """
- We begin and end on time.
- One person speaks at a time; nobody has to speak.
- We speak for ourselves, and say "I" when we mean "I".
- We ask before we give advice.
- Names and stories of others stay out of what we tell.
""",
    "changing": """
Every member may propose a change. The group talks about it, the therapist writes it down, and
everybody signs the new text before the next session.
""",
}
TELEHEALTH = {
    "summary": """
You agree to meet your group by video. You may stop at any time, and you may ask for another way.
""",
    "what": """
{programme} leads group sessions over the internet. You see and hear the other members and the
therapist, and they see and hear you. Sessions are not recorded by the programme.
""",
    "risks": """
- The connection may break, or a device may be lost or read by somebody else.
- Somebody in your home, or in another member's home, could see or hear the session.
- The therapist sees less of you than in a room, and cannot be with you in an emergency.
""",
    "alternatives": """
You may take part by sound only or in text, meet in person where the programme offers it, or choose
another service. Ask your therapist.
""",
    "emergency": """
Before each session you say where you are and how to call you. Only the therapist uses this, and
only to send help. In danger, call 911 or 988 first.
""",
    "withdrawal": """
You may take this consent back at any time under Papers. You then cannot enter sessions by video,
and your therapist talks with you about other ways. It does not change what happened before.
""",
}
PRIVACY_NOTICE = {
    "summary": """
This notice says how {programme} may use and share health information about you, and what rights
you have. Please read it with care.
""",
    "uses": """
We use and share information to treat you, to be paid for it and to run the programme. The law lets
or makes us share it in some other cases, such as a serious danger or a court order.
""",
    "authorization": """
Everything else needs your written permission, which you may take back: notes of talks that are kept
apart, advertising, and any sale of information.
""",
    "part2": """
Records of treatment for substance use are protected by 42 CFR part 2. They may not be used against
you in a legal proceeding without your written consent or a special court order.
""",
    "rights": """
You may see and copy your record, ask for a correction, ask for a list of disclosures, ask us to
restrict what we share, choose how we reach you, and have this notice on paper.
""",
    "duties": """
The law makes us keep this information private, give you this notice, follow it, and tell you if
information about you was breached.
""",
    "complaints": """
You may complain to the programme and to the U.S. Department of Health and Human Services. Nobody
will treat you worse because of it.
""",
    "contact": "{privacy_contact} answers questions. This notice holds from {effective_date}.",
}
PART2 = {
    "summary": """
You decide whether records of treatment for substance use may be shared, with whom and for what.
You can take part in the group without this consent.
""",
    "discloser": "{programme} may share the information named below.",
    "what": "{what_is_shared}",
    "recipient": "{recipient}",
    "purpose": "{purpose}",
    "revocation": """
You may take this consent back in writing or under Papers at any time. What was shared before, in
reliance on it, stays shared.
""",
    "expiry": "{expiry}",
    "redisclosure": """
Whoever receives this information may pass it on only as the law allows, and not for use against you
in a legal proceeding without your consent or a court order.
""",
}
THERAPIST = {
    "summary": "This binds everybody who leads this group, before the first session.",
    "confidential": """
What is said here, and who is here, is confidential. I share it inside the programme only as far as
the work needs it, and outside only where the law allows or obliges me to.
""",
    "place": """
I lead sessions alone in a closed room, with headphones where others could hear, on a device that
nobody else uses and that locks by itself.
""",
    "records": """
I open only the records that I need. I copy nothing into private notes, mail or chat, and I make no
recordings.
""",
    "reporting": """
I tell the programme at once about a breach, a lost device or a mistake, my own too. I follow the
law on danger and abuse where the member is.
""",
}
OBSERVER = {
    "summary": "This binds everybody who watches or interprets a session without being a member.",
    "confidential": """
Who was there and what was said stays with me, also after my work here has ended.
""",
    "conduct": """
I am present only when the group knows of it and agreed. I make no notes about members and no
recordings, and I contact no member.
""",
}
WORDS: dict[DocumentKind, dict[str, str]] = {
    DocumentKind.CONFIDENTIALITY: CONFIDENTIALITY,
    DocumentKind.GROUND_RULES: GROUND_RULES,
    DocumentKind.TELEHEALTH: TELEHEALTH,
    DocumentKind.PRIVACY_NOTICE: PRIVACY_NOTICE,
    DocumentKind.PART2: PART2,
    DocumentKind.THERAPIST: THERAPIST,
    DocumentKind.OBSERVER: OBSERVER,
}


def starting_text(kind: str) -> str:
    words = WORDS[DocumentKind(kind)]
    return compose({key: unwrapped(body) for key, body in words.items()}, kind)
