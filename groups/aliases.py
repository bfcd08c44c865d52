"""The name that peers see: a first name or an alias, never what identifies a person outside.

`check` looks at the words alone, and at what is on file about the person; that an alias is not
taken is for the database to say (`TakenAlias`), under the key that `same_alias_key` makes.
Pronouns stand beside the alias and are held to the same.
"""

import re
import unicodedata
from uuid import UUID

from crypto import blind_index
from groups.errors import AliasRefused, PronounsRefused

MAX_LENGTH = 24
MAX_DIGITS = 3
PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "der", "di", "dos", "el", "la", "van", "von"}
)
ALLOWED_MARKS = frozenset(" -'\N{RIGHT SINGLE QUOTATION MARK}.")
# "12 Elm", "Elm Street": where somebody lives. "Sky 2" is a name.
STREET = re.compile(
    r"\b\d+[a-z]?\s+[^\W\d]{2,}|\w\s+(street|st|road|rd|avenue|ave|lane|drive|boulevard|blvd)\b",
    re.IGNORECASE,
)
# "riverfox77" is what people are called elsewhere.
NUMBERED = re.compile(r"[^\W\d]\d{2,}")
WEB_ADDRESS = re.compile(r"(https?:|www\.|\w\.(com|net|org|info|io|me|de|uk|us)\b)", re.IGNORECASE)


def suggested_for(true_name: str, *, otherwise: str) -> str:
    """The first name, if it may be shown; else `otherwise`."""
    words = true_name.split()
    try:
        return check(words[0] if words else "", true_name=true_name)
    except AliasRefused:
        return otherwise


def tidy(alias: str) -> str:
    """As it is stored and shown: composed, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", alias).split())


def skeleton(text: str) -> str:
    """Letters and digits only, without case and accents: "Ana-María" and "ana maria" are one."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def same_alias_key(group: UUID, alias: str) -> str:
    """Equal for aliases that people would take for the same one in this group."""
    return blind_index.digest("groups.takenalias.alias", f"{group} {skeleton(alias)}")


def check(alias: str, *, true_name: str, email: str = "") -> str:
    """The tidy alias. Raises AliasRefused with words for the person who typed it."""
    alias = tidy(alias)
    _refuse_wrong_length(alias)
    _refuse_contact_details(alias)
    _refuse_foreign_marks(alias)
    _refuse_surname(alias, true_name)
    _refuse_own_address(alias, true_name, email)
    return alias


def check_pronouns(pronouns: str, *, true_name: str) -> str:
    """Tidy, perhaps empty: letters of any alphabet between spaces, commas and slashes.

    Raises PronounsRefused.
    """
    pronouns = tidy(pronouns)
    allowed = all(one.isalpha() or _joins(one) or one in " -'/,." for one in pronouns)
    if not allowed or len(pronouns) > MAX_LENGTH or WEB_ADDRESS.search(pronouns):
        raise PronounsRefused("Please use words and / only, for example: she/her.", code="marks")
    said = {skeleton(word) for word in re.split(r"[\s/,-]+", pronouns)}
    if said & _parts(true_name)[1]:
        raise PronounsRefused(
            "This holds your family name. The group sees first names or aliases only.",
            code="surname",
        )
    return pronouns


def _refuse_wrong_length(alias: str) -> None:
    if not skeleton(alias):
        raise AliasRefused("Please type a first name or another name you like.", code="empty")
    if len(alias) > MAX_LENGTH:
        raise AliasRefused(f"Please use at most {MAX_LENGTH} characters.", code="too_long")


def _refuse_contact_details(alias: str) -> None:
    if "@" in alias or "_" in alias or "#" in alias or WEB_ADDRESS.search(alias):
        raise AliasRefused(
            "This looks like an e-mail address, a web address or a name from another service. "
            "The group could find you by it; choose another name.",
            code="handle",
        )
    if NUMBERED.search(alias):
        raise AliasRefused(
            "This looks like a name from another service. Choose one without the numbers.",
            code="handle",
        )
    if STREET.search(alias):
        raise AliasRefused(
            "This looks like a place where somebody lives. Choose a name without it.",
            code="address",
        )
    if sum(character.isdigit() for character in alias) > MAX_DIGITS:
        raise AliasRefused(
            "This looks like a telephone number or a date. Choose a name without it.",
            code="digits",
        )


def _refuse_foreign_marks(alias: str) -> None:
    """Letters of one script only, so that nobody can look like somebody else."""
    scripts = set()
    for character in alias:
        if character.isalpha():
            scripts.add(unicodedata.name(character, "?").split()[0])
        elif not (character.isdigit() or character in ALLOWED_MARKS or _joins(character)):
            raise AliasRefused("Please use letters, spaces, - and ' only.", code="marks")
    if len(scripts) > 1:
        raise AliasRefused("Please use the letters of one alphabet only.", code="scripts")


def _joins(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc")


def _refuse_surname(alias: str, true_name: str) -> None:
    """No word of the true name after the first, alone or run together with others."""
    first, surnames = _parts(true_name)
    whole = skeleton(alias)
    said = {skeleton(word) for word in alias.replace("-", " ").split()}
    is_said = bool(said & surnames)
    ends_with = any(len(name) > 2 and whole.endswith(name) for name in surnames)
    if whole != first and (is_said or ends_with):
        raise AliasRefused(
            "This holds your family name. The group sees first names or aliases only.",
            code="surname",
        )


def _refuse_own_address(alias: str, true_name: str, email: str) -> None:
    """What stands before the @ is what people are found by, unless it begins the first name."""
    local = skeleton(email.partition("@")[0])
    is_first_name = _parts(true_name)[0].startswith(local)
    if len(local) > 2 and skeleton(alias) == local and not is_first_name:
        raise AliasRefused(
            "This is part of your e-mail address. The group could find you by it; choose "
            "another name.",
            code="handle",
        )


def _parts(true_name: str) -> tuple[str, set[str]]:
    """The first word, and what follows it without particles and single letters."""
    words = [skeleton(word) for word in true_name.replace("-", " ").split()]
    if not words:
        return "", set()
    rest = {word for word in words[1:] if len(word) > 1 and word not in PARTICLES}
    return words[0], rest - {words[0]}
