"""The sentence of the pledge, stored with each one: a change here changes nothing promised."""

SENTENCE = (
    "I pledge to keep to myself who is here and what I hear, to record nothing, and to say so at "
    "once if I fail."
)
