"""The standing cast of fictitious people: the same eight in every test, demo and document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`name` is what `make code WHO=…` calls them; `role` is a word of accounts.models.Role."""

    name: str
    true_name: str
    role: str
    alias: str = ""
    pronouns: str = ""
    part: str = ""

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    @property
    def call_back(self) -> str:
        """A number from the range that is kept for fiction."""
        return f"+1 202 555 01{sum(self.name.encode()) % 100:02}"


THEA = Person("thea", "Thea Marsh", "therapist", "Thea", "she/her", "therapist of the group")
ANA = Person("ana", "Ana Ferreira", "participant", "Ana", "she/her", "member of the group")
BEN = Person("ben", "Benjamin Okafor", "participant", "Ben", "he/him", "member of the group")
CLEO = Person("cleo", "Cleo Lindqvist", "participant", "Cleo", "", "member of another group")
TOM = Person("tom", "Tom Weaver", "therapist", "Tom", "", "therapist of another group")
MAX = Person("max", "Max Adeyemi", "compliance", part="compliance officer")
ADA = Person("ada", "Ada Novak", "admin", part="programme admin")
MALLORY = Person("mallory", "Mallory Quill", "participant", "Mal", "", "entitled to nothing")
EVERYBODY = (THEA, ANA, BEN, CLEO, TOM, MAX, ADA, MALLORY)
