"""Languages that a paper can be signed in: those whose letters our sealed copies can show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """`direction` is the value of the HTML attribute `dir`."""

    code: str
    name: str
    direction: str = "ltr"


ORIGINAL = Language("en", "English")
TRANSLATED = (
    Language("ar", "العربية", "rtl"),
    Language("de", "Deutsch"),
    Language("es", "Español"),
    Language("fa", "فارسی", "rtl"),  # Persian letters
    Language("fr", "Français"),
    Language("pl", "Polski"),
    Language("pt", "Português"),
    Language("ru", "Русский"),
    Language("uk", "Українська"),
)
BY_CODE = {language.code: language for language in (ORIGINAL, *TRANSLATED)}


def language_of(code: str) -> Language | None:
    return BY_CODE.get(code)
