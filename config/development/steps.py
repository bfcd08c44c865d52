"""The steps of `make test` and `make check`: what runs, and how its result is counted."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from config.development.addresses import NOWHERE, addresses_beside
from config.development.toolchain import FRONTEND, ROOT, VENV

RESULTS = ROOT / "test-results"
# About half of the time; part 2 is everything else, so that no new folder is left out.
PART_1 = ("accounts", "audit", "config", "e2ee", "media_relay")
PART_2_LEAVES = (*PART_1, "e2e")


@dataclass(frozen=True, slots=True)
class Count:
    passed: int
    failed: int

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Step:
    """One program. `count` reads what it reported; without it the program is one check."""

    name: str
    command: list[str]
    folder: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    count: Callable[[], Count] | None = None

    @property
    def word(self) -> str:
        """Its name as part of a file's name."""
        return word_of(self.name)

    def result(self, exit_code: int) -> Count:
        """A program that failed without a failed test (a crash, no tests) is itself a failure."""
        if self.count is None:
            return Count(int(exit_code == 0), int(exit_code != 0))
        try:
            counted = self.count()
        except (OSError, ValueError, KeyError, ElementTree.ParseError):
            return Count(0, 1)
        is_silent = exit_code != 0 and counted.failed == 0
        return counted + Count(0, int(is_silent or counted == Count(0, 0)))


def word_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def tool(name: str) -> str:
    return str(VENV / "bin" / name)


PYTHON = tool("python")


def checks() -> list[Step]:
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    settings = {"DJANGO_SETTINGS_MODULE": "config.development.settings_for_checks"}
    return [
        Step("types (mypy)", [tool("mypy"), "."]),
        Step("format (ruff)", [tool("ruff"), "format", "--check", "-q", "--no-cache", "."]),
        Step("lint (ruff)", [tool("ruff"), "check", "-q", "--no-cache", "."]),
        Step("layers (import-linter)", [tool("lint-imports")], environment=settings),
        Step("templates (djade)", [tool("djade"), "--check", "--target-version=5.2", *templates]),
        Step("front end (biome)", ["npm", "run", "--silent", "check"], folder=FRONTEND),
        Step("front end types (tsc)", ["npm", "run", "--silent", "types"], folder=FRONTEND),
        Step(
            "migrations are complete",
            [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
            environment=settings,
        ),
        Step(
            "production settings (check --deploy)",
            [PYTHON, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
            environment=production_environment(),
        ),
    ]


def tests() -> list[Step]:
    """The two longest first, one on each core."""
    return [
        pytest_step("Python tests, part 1", [f"tests/{name}" for name in PART_1]),
        pytest_step(
            "Python tests, part 2", ["tests", *(f"--ignore=tests/{name}" for name in PART_2_LEAVES)]
        ),
        Step(
            "front-end tests (vitest)",
            ["npx", "vitest", "run", "--reporter=json", f"--outputFile={RESULTS / 'vitest.json'}"],
            folder=FRONTEND,
            count=lambda: count_vitest(RESULTS / "vitest.json"),
        ),
    ]


def browser_tests() -> Step:
    """A run of its own, with the machine to itself: Playwright's and asyncio's loops exclude each
    other, and the journeys measure times."""
    return pytest_step("browser tests", ["tests/e2e"])


def pytest_step(name: str, arguments: list[str]) -> Step:
    report = RESULTS / f"{word_of(name)}.xml"
    report.unlink(missing_ok=True)
    command = [PYTHON, "-m", "pytest", f"--junitxml={report}", *arguments]
    return Step(name, command, count=lambda: count_junit(report))


def count_junit(report: Path) -> Count:
    """A skipped test counts as failed: it proves nothing."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314  # our own file
    passed = failed = 0
    for suite in suites:
        bad = sum(int(suite.get(kind, "0")) for kind in ("failures", "errors", "skipped"))
        passed += int(suite.get("tests", "0")) - bad
        failed += bad
    return Count(passed, failed)


def count_vitest(report: Path) -> Count:
    counted = json.loads(report.read_text())
    passed = int(counted["numPassedTests"])
    return Count(passed, int(counted["numTotalTests"]) - passed)


def production_environment() -> dict[str, str]:
    """As in production, with keys made for this one check."""
    made = subprocess.run(
        [PYTHON, "-m", "config.make_keys"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    keys = dict(line.split("=", 1) for line in made.stdout.splitlines())
    return {
        **keys,
        **addresses_beside(NOWHERE),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MODE": "production",
        "PUBLIC_URL": "https://quietroom.example.org",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "TRUSTED_PROXIES": "127.0.0.1",
        "MAIL_URL": "smtps://quietroom:nothing@127.0.0.1:1",
        "AUDIT_ANCHORS": "file:/var/lib/quietroom/anchors.txt",
    }


def environment_of(step: Step, path: str) -> dict[str, str]:
    return os.environ | {"PATH": path, "CI": "1"} | step.environment
