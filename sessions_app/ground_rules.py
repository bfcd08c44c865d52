"""The five lines that are read before every session and stand one tap away in the room."""

GROUND_RULES = (
    "What is said here stays here, and so does who was here.",
    "Nobody records: no picture, no sound, no text, by no means.",
    "Use first names or the names people chose. Leave out what could name others.",
    "Listen first. Speak for yourself. Nobody has to speak.",
    "If somebody comes into your room, press “Not private now” at once.",
)
