"""Nobody can add a service that changes something and forget its audit event.

Reads the source: a public function in `services` that reaches a write without passing an act is
listed here with its reason, or this test fails.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "groups", "consent", "sessions_app", "office", "compliance")
WRITES = {
    "save",
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "update",
    "bulk_update",
    "delete",
}
WITHOUT_EVENT = {
    "accounts.answer_password_reset": "part of the act that makes the reset, recorded there",
    "accounts.close_sign_ins": "part of each act that ends sign-ins, recorded there",
    "consent.locked_agreement": "a lock; drafting, publishing and deciding under it are acts",
    "compliance.run_detectors": "remembers how far it looked; each alert is an act",
    "groups.take_birth_date": "part of accepting an invitation, recorded there",
    "groups.affiliate": "part of accepting an invitation, recorded there",
    "office.ask_for_due_reminders": "moves a plan on; each round that it asks for is an act",
    "office.make_export": "a worker's own steps; being asked for, made and failed are acts",
    "sessions_app.keep_alive": "a heartbeat: nobody acts, and its end is recorded",
    "sessions_app.take_seat": "part of being admitted or connected, recorded there",
    "sessions_app.free_seat": "part of each act that ends an admission, recorded there",
    "sessions_app.void_prejoin": "part of each act that voids answers, recorded there",
    "sessions_app.end_place": "part of each act that ends an admission, recorded there",
    "sessions_app.wait_again": "part of returning to the waiting room, recorded there",
    "sessions_app.offer_key_package": "a public key on each page load; being added is recorded",
    "sessions_app.note_ready": "a browser's own progress; the epoch is recorded",
    "sessions_app.note_switched": "a browser's own progress; the epoch is recorded",
    "sessions_app.forget_keys": "part of the session's end, recorded there",
    "sessions_app.keep_signed_in": "presence in the room keeps the sign-in from idling",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in (ROOT / app / "services.py", *sorted((ROOT / app / "services").glob("*.py"))):
            if path.exists():
                yield app, path


def is_act(function: Function) -> bool:
    calls = [one.func for one in function.decorator_list if isinstance(one, ast.Call)]
    return any(name_of(call) == "act" for call in calls)


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def called_in(function: Function) -> set[str]:
    return {name_of(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}


def silent_writers(path: Path) -> set[str]:
    """Public functions that write, themselves or through functions beside them, without an act."""
    found = [node for node in ast.parse(path.read_text()).body if isinstance(node, Function)]
    silent = {one.name: called_in(one) for one in found if not is_act(one)}
    writing = {name for name, called in silent.items() if called & WRITES}
    grown = True
    while grown:
        more = {name for name, called in silent.items() if called & writing} - writing
        writing |= more
        grown = bool(more)
    return {name for name in writing if not name.startswith("_")}


def test_every_service_that_changes_state_records_its_event() -> None:
    silent = {f"{app}.{name}" for app, path in modules() for name in silent_writers(path)}
    assert silent - set(WITHOUT_EVENT) == set(), "decorate with @act, or say why not"


def test_the_list_of_exceptions_holds_nothing_that_is_gone() -> None:
    silent = {f"{app}.{name}" for app, path in modules() for name in silent_writers(path)}
    assert set(WITHOUT_EVENT) - silent == set()


@pytest.mark.parametrize(
    ("source", "silent"),
    [
        ("@act(Made)\ndef make():\n    row.save()", set()),
        ("@audit.act(Made)\ndef make():\n    row.save()", set()),
        ("def make():\n    row.save()", {"make"}),
        (
            "def make():\n    _deep()\ndef _deep():\n    _write()\ndef _write():\n    x.delete()",
            {"make"},
        ),
        ("def make():\n    really()\n@act(Made)\ndef really():\n    row.save()", set()),
        ("def count():\n    return rows.count()", set()),
        ("async def make():\n    rows.update(n=1)", {"make"}),
    ],
)
def test_the_search_finds_what_it_must(tmp_path: Path, source: str, silent: set[str]) -> None:
    module = tmp_path / "services.py"
    module.write_text(source)
    assert silent_writers(module) == silent
