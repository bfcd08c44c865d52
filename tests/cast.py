"""The standing cast of style.md: the same eight people in every test, demo and document.

They are made through the services that make people, never by writing rows.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    true_name: str
    role: str
    alias: str = ""


ANA = Person("ana", "ana@example.org", "Ana Ferreira", "participant", "Ana")
BEN = Person("ben", "ben@example.org", "Benjamin Okafor", "participant", "Ben")
CLEO = Person("cleo", "cleo@example.org", "Cleo Lindqvist", "participant", "Cleo")
THEA = Person("thea", "thea@example.org", "Thea Marsh", "therapist", "Thea")
TOM = Person("tom", "tom@example.org", "Tom Weaver", "therapist", "Tom")
MAX = Person("max", "max@example.org", "Max Adeyemi", "compliance")
ADA = Person("ada", "ada@example.org", "Ada Novak", "admin")
MALLORY = Person("mallory", "mallory@example.org", "Mallory Quill", "participant", "Mallory")
EVERYBODY = (ANA, BEN, CLEO, THEA, TOM, MAX, ADA, MALLORY)
