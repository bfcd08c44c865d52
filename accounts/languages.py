"""Languages: of papers, those whose letters our sealed copies can show; of pages, those we wrote.

A page that is marked `translated` speaks the language that its reader chose in the profile, as
far as there is a catalogue in locale/. Every other page speaks English, whole: a page MUST NOT be
half in one direction and half in the other (ADR-0024).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])


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
OF_PAGES = (ORIGINAL, BY_CODE["ar"])


def language_of(code: str) -> Language | None:
    return BY_CODE.get(code)


def translated(view: View) -> View:
    """Marks a view whose every word is in the catalogues; MUST be the outermost decorator."""
    view.is_translated = True  # type: ignore[attr-defined]
    return view


def page_language(code: str) -> Language:
    """The chosen one where our pages speak it, else the original."""
    return next((one for one in OF_PAGES if one.code == code), ORIGINAL)
