"""docs/safeguards.md says of each safeguard which test shows it: each of them is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/safeguards.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| .* \| .* \| .* \| (.*) \|$", re.MULTILINE)


def test_every_row_names_tests_that_exist() -> None:
    rows = [row for row in ROW.findall(PAGE) if row != "shown by"]
    assert len(rows) > 20
    for row in rows:
        assert NAMED.search(row), row


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(PAGE)
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text()
    ]
    assert not missing


def test_no_two_decisions_have_one_number() -> None:
    numbers = [each.name[:4] for each in (ROOT / "docs/adr").glob("*.md")]
    assert len(numbers) == len(set(numbers))
