"""Every setting is documented, every documented setting exists, and the defaults agree."""

import ast
import re
from pathlib import Path

from config.development.processes import EVERY
from config.refusals import KEYS, NEEDED_BY_COMMAND, NEEDED_BY_WEB

ROOT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r'env\.(?:text|secret|choice|number|names|database)\(\s*"([A-Z_]+)"')
ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \| ", re.MULTILINE)

SETTINGS = (ROOT / "config/settings.py").read_text()
DOCUMENT = (ROOT / "docs/settings.md").read_text()
ROWS = {name: (needed.strip(), default.strip()) for name, needed, default in ROW.findall(DOCUMENT)}


def test_document_and_settings_name_the_same() -> None:
    assert set(ROWS) == set(READ.findall(SETTINGS))


def test_documented_defaults_are_the_real_ones() -> None:
    """STATIC_ROOT's is a path of this machine."""
    for name, real in defaults().items():
        documented = ROWS[name][1].strip("`")
        if name != "STATIC_ROOT":
            assert documented == real or (documented in ("none", "empty") and real == ""), name


def defaults() -> dict[str, str]:
    """The `default=` of every reading in settings.py, as it is written there."""
    found = {}
    for node in ast.walk(ast.parse(SETTINGS)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env."):
            name = ast.literal_eval(node.args[0])
            written = next((word.value for word in node.keywords if word.arg == "default"), None)
            found[name] = plain(written)
    return found


def plain(written: ast.expr | None) -> str:
    if isinstance(written, ast.Tuple):
        return ",".join(ast.literal_eval(element) for element in written.elts)
    return str(written.value) if isinstance(written, ast.Constant) else ""


def test_the_document_says_which_process_needs_a_setting() -> None:
    for process in EVERY:
        for setting in process.settings - {"MODE"}:
            assert process.name in ROWS[setting][0].split(", "), f"{setting}: {process.name}"


def test_what_production_insists_on_is_documented() -> None:
    insisted = {
        *KEYS,
        *NEEDED_BY_WEB,
        *(name for row in NEEDED_BY_COMMAND.values() for name in row),
    }
    assert insisted <= set(ROWS)


def test_the_example_holds_no_secret() -> None:
    example = (ROOT / ".env.example").read_text()
    assert not re.search(r"^\w*(KEY|SECRET|PASSWORD|DATABASE)\w*=\S", example, re.MULTILINE)
