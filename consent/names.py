"""Whether a printed name is, in all likelihood, the true name on file."""

from groups.aliases import skeleton


def is_own_name(printed: str, *, true_name: str) -> bool:
    """Case, accents, order and middle names do not matter; the first and last word do.

    Without a name on file, any name of at least one letter will do: it is what was typed.
    """
    said = _words(printed)
    known = _words(true_name)
    if not known:
        return bool(said)
    return bool(said) and {known[0], known[-1]} <= set(said) and set(said) <= set(known)


def _words(name: str) -> list[str]:
    return [word for word in (skeleton(part) for part in name.replace("-", " ").split()) if word]
