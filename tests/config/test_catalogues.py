"""The catalogues hold every word of the translated pages, whole and as compiled."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from config.development.catalogues import (
    catalogues,
    collected,
    forms_of,
    lacking,
    merged,
    written,
)

PLACEHOLDER = re.compile(r"%\([a-z]+\)s|</?[a-z]+>")
PATHS = catalogues()


@pytest.fixture(scope="module")
def words() -> Catalog:
    return collected()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parents[1].name)
def test_every_word_has_its_counterpart(path: Path, words: Catalog) -> None:
    now = merged(path, words)
    assert lacking(now) == [], "write them into the .po file, then run `make words`"
    assert [one.id for one in now if one.id and one.fuzzy] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parents[1].name)
def test_the_files_are_what_the_collector_writes_and_compiles(path: Path, words: Catalog) -> None:
    """So no word stands there that no page uses, and Django reads what people can read."""
    now = merged(path, words)
    assert path.read_bytes() == written(now), "run `make words`"
    with path.with_suffix(".mo").open("rb") as file:
        read = {key_of(one): forms_of(one) for one in read_mo(file) if one.id}
    assert read == {key_of(one): forms_of(one) for one in now if one.id}, "run `make words`"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parents[1].name)
def test_what_is_filled_in_stays_what_is_filled_in(path: Path) -> None:
    """Each placeholder and each tag of the original, and none besides; a form for one or two
    things may leave their number out."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parents[1].name)
    for one in catalog:
        if not one.id:
            continue
        original = sorted(PLACEHOLDER.findall(one.id if isinstance(one.id, str) else one.id[1]))
        for said in forms_of(one):
            found = sorted(PLACEHOLDER.findall(said))
            may_leave_out = one.pluralizable and found == []
            assert found == original or may_leave_out, one.id


def test_there_is_a_language_written_from_right_to_left() -> None:
    assert [path.parents[1].name for path in PATHS] == ["ar"]


def test_a_missing_word_is_seen(tmp_path: Path, words: Catalog) -> None:
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "django.po"
    path.write_text(PATHS[0].read_text().replace('msgstr "خصوصيتي"', 'msgstr ""'))
    assert lacking(merged(path, words)) == ["My privacy"]


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
