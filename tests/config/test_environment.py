"""Settings come from variables or from files, and a refusal names them without their value."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment

env = Environment()


def test_a_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE", "value")
    assert env.text("SAMPLE") == "value"


def test_a_file_stands_for_a_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sample").write_text("from a file\n")
    monkeypatch.setenv("SAMPLE_FILE", str(tmp_path / "sample"))
    assert env.secret("SAMPLE") == "from a file"


def test_a_file_that_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_FILE", "/nowhere/at/all")
    with pytest.raises(ImproperlyConfigured, match="SAMPLE_FILE cannot be read"):
        env.secret("SAMPLE", default="never used")


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="Set SAMPLE"):
        env.text("SAMPLE")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "fifty"), ("number", "-1"), ("database", "mysql://root:hunter2@host/name")],
)
def test_a_malformed_value_is_never_repeated(
    kind: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.number("SAMPLE", default=1) if kind == "number" else env.database("SAMPLE")
    assert "SAMPLE" in str(refusal.value)
    assert value not in str(refusal.value)


def test_a_choice_is_one_of_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.choice("SAMPLE", ("one", "two"), default="one") == "one"
    monkeypatch.setenv("SAMPLE", "three")
    with pytest.raises(ImproperlyConfigured, match="one, two"):
        env.choice("SAMPLE", ("one", "two"), default="one")


def test_a_pooled_database_tries_each_connection_before_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAMPLE", "postgresql://app:word@db.example/quiet")
    assert "OPTIONS" not in env.database("SAMPLE")
    pooled = env.database("SAMPLE", pool=4)
    assert pooled["OPTIONS"] == {
        "pool": {"min_size": 1, "max_size": 4, "timeout": 3, "reconnect_timeout": 3}
    }
    assert pooled["CONN_HEALTH_CHECKS"] is True


def test_a_database_is_reached_by_host_or_by_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE", "postgresql://app:p%40ss@db.example:5433/quiet")
    found = env.database("SAMPLE")
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("app", "p@ss", "db.example")
    assert (found["PORT"], found["NAME"]) == ("5433", "quiet")
    monkeypatch.setenv("SAMPLE", "postgresql://app:secret@/quiet?host=/run/socket")
    assert env.database("SAMPLE")["HOST"] == "/run/socket"


def test_a_process_without_a_database_has_none() -> None:
    assert env.database("SAMPLE")["ENGINE"] == "django.db.backends.dummy"


def test_names_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE", " 10.0.0.1, ,10.0.0.2")
    assert env.names("SAMPLE") == ["10.0.0.1", "10.0.0.2"]
