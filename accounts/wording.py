"""Words that must not leave: promises of safety anywhere, clinical words outside our own pages.

One list for the forms that check what people write and for the tests that read every template,
mail, calendar file, title, address and PDF. It knows no Django.
"""

import re

PROMISES = re.compile(
    r"guarantee|100\s*%|unbreakable|unhackable|tamper-?proof|military[- ]grade|bank[- ]grade"
    r"|risk[- ]free|completely (?:safe|secure|private|anonymous)|HIPAA[- ](?:compliant|certified)",
    re.IGNORECASE,
)
CLINICAL = re.compile(
    r"therap|patient|clinic|treatment|diagnos|mental|psych|addict|substance|recovery group"
    r"|counsel|trauma|disorder|rehab|sober",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"\b(?:no|not|nobody|none|never|nothing|neither|nor|cannot|without|\w+n't)\b", re.I
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n- ")
# "No agreement and no technology can make …" denies; a "not" at the far end of a sentence does not.
WORDS_BEFORE = 4


def promises_in(text: str) -> list[str]:
    """The sentences that promise what nobody can keep. "Cannot be guaranteed" promises nothing."""
    return [
        " ".join(sentence.split())
        for sentence in SENTENCE_END.split(text)
        if any(not _is_denied(sentence, found) for found in PROMISES.finditer(sentence))
    ]


def clinical_words(text: str) -> list[str]:
    return CLINICAL.findall(text)


def _is_denied(sentence: str, found: re.Match[str]) -> bool:
    before = sentence[: found.start()].split()[-WORDS_BEFORE:]
    return DENIED.search(" ".join(before)) is not None
