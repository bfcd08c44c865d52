"""The words that a new group starts from. A therapist may change every one of them.

Plain and honest: nothing here may promise what people or software cannot keep.
"""

from consent.clauses import compose

SECTIONS = {
    "summary": """
What is said in this group, and who is in it, stays in this group. Nobody records. Everybody joins
from a private place. The therapist is bound by professional confidentiality; the law knows a few
exceptions, and they are written below.

Even so, no agreement and no technology can make sure that every person keeps a promise. Share what
you are ready to share.
""",
    "limits": """
Privacy among the members of a group cannot be guaranteed. Everybody here promises to keep what they
hear to themselves, and the therapist can ask for that promise and act when it is broken. Nobody can
make it impossible to break.

The calls run over software that is designed to protect them. It cannot see who stands behind
somebody's screen, and it cannot stop a person from photographing it with another device.

Other members are not bound by the professional rules that bind the therapist.
""",
    "non_disclosure": """
I will not tell anybody outside the group:

- who is in it, or anything by which a person could be recognised: a name, a face, a voice, a
workplace, a town, a story;
- what anybody else said, wrote or showed;
- what I noticed by chance, for example a person in the waiting room.

I may speak about myself: about what I learned, felt and said, as long as nobody else can be
recognised by it.

If I meet a member outside the group, I do not greet first and I do not mention the group unless
that person wishes it.
""",
    "therapist_duty": """
The therapist and everybody who works in the programme keep what they learn here confidential, as
their profession and the law demand. They see only what they need for their work, and every look at
a member's record is written down in a log that members may ask about.

The therapist will not tell anybody outside the programme that you take part, unless you agreed to
it in writing or one of the exceptions below applies.
""",
    "exceptions": """
In a few cases the law allows or obliges the therapist to speak, to as few people and about as
little as will do:

- when somebody is in serious danger of being harmed, you or another person;
- when a child, or an adult who depends on others, is abused or neglected, where reporting is
obligatory;
- in a medical emergency, to those who help;
- when a court orders it in the form that the law demands.

Where it is safe and allowed, the therapist tells you before, or as soon as possible afterwards.
The rules differ from place to place; ask the therapist what applies where you are.
""",
    "recording": """
Nobody records a session: no sound, no picture, no screenshot, no photograph of a screen, no
transcript, no notes about other members, no assistant software that listens.

Quietroom itself makes no recording. It keeps that you took part, when, and the papers you signed.

If a member needs notes or a listening aid because of a disability, the therapist finds a way that
the whole group knows about.
""",
    "online": """
I join from a place where nobody else can see my screen or hear the group, with headphones if I can.
If I am not alone any more, I say so at once with the button for it, and sound and picture stop.

I join alone, under the name agreed in the group, sober, sitting still and not driving. I keep my
account, my passphrase and my links to myself: they are made for me and for nobody else.

I do not look members up on the internet, and I do not contact them through other services unless
both of us told the therapist that we wish it.
""",
    "posts": """
I post nothing about the group anywhere: no picture, no quotation, no story, no hint that a member
would understand. "I will not say who, but today somebody told us" is a breach too, also in a
private chat and also without a name.

What I want to tell about myself, I write so that nobody else can be recognised by it.
""",
    "breach": """
This agreement is broken when somebody, on purpose or by carelessness:

- tells others who is in the group or what was said there;
- records, photographs or copies a session, or lets another person see or hear it;
- gives a link, a passphrase or an account to another person;
- contacts, follows or looks up a member against that person's wish;
- notices any of this and keeps it from the therapist.

A mistake that is told at once is treated differently from one that is hidden.
""",
    "consequences": """
Whoever notices a breach tells the therapist, in private. The therapist finds out what happened,
tells those whom it concerns, and decides what follows: a talk, a pause, or the end of the
membership. The programme has to look into every breach, to write down what was done and, where the
law says so, to notify people and authorities.

Somebody who was harmed may have further rights under the law. Nobody has to fear a disadvantage for
reporting a breach.
""",
    "leaving": """
The promise to keep things confidential has no end. It holds when I leave the group, when the group
ends and when somebody else leaves it.

I may leave at any time and I may withdraw this signature at any time. Then I cannot take part in
further sessions; what was said before stays confidential, and the signed papers are kept as long as
the law asks for.
""",
}


def unwrapped(body: str) -> str:
    """Source lines are wrapped for reading; a paragraph or a list entry is one line of the text."""
    blocks = []
    for block in body.strip().split("\n\n"):
        entries = block.replace("\n- ", "\n\n- ").split("\n\n")
        blocks.append("\n".join(" ".join(entry.splitlines()) for entry in entries))
    return "\n\n".join(blocks)


def default_text() -> str:
    return compose({key: unwrapped(body) for key, body in SECTIONS.items()})
