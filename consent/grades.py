"""How many years of school a text asks for: the Flesch-Kincaid grade, for English only.

An estimate from the length of sentences and words. It says nothing about sense: a person reads too.
"""

import re

SENTENCE_END = re.compile(r"[.!?;:]+(?:\s|$)|\n\s*\n|\n- ")
WORD = re.compile(r"[A-Za-z']+")
VOWELS = re.compile(r"[aeiouy]+")
AIM = 8


def reading_grade(text: str) -> int:
    """Rounded, at least 1; headings are left out. 0 for a text without a word."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    words = WORD.findall(body)
    if not words:
        return 0
    sentences = sum(1 for part in SENTENCE_END.split(body) if WORD.search(part))
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / max(sentences, 1) + 11.8 * syllables / len(words) - 15.59
    return max(1, round(grade))


def _syllables(word: str) -> int:
    word = word.lower()
    found = len(VOWELS.findall(word))
    is_silent = word.endswith("e") and not word.endswith(("le", "ee")) and found > 1
    return max(1, found - is_silent)
