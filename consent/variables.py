"""Words in braces that a template leaves open, such as {state}; none is ever published unfilled."""

import re
from collections.abc import Mapping

from consent.errors import VariableUnfilled

VARIABLE = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")


def variables_in(text: str) -> list[str]:
    """Each once, in the order of the text."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Values are words, not templates: braces inside them are not filled again.

    Raises VariableUnfilled with the names of those that have no value.
    """
    missing = [name for name in variables_in(text) if not values.get(name, "").strip()]
    if missing:
        raise VariableUnfilled(missing)
    return VARIABLE.sub(lambda match: values[match[1]].strip(), text)
