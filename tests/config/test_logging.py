"""Logs hold listed keys only, whoever writes them, and never what a person typed."""

import json
import logging
import logging.config
from io import StringIO

import pytest
import structlog

from config.logging import configure_structlog, logging_settings


@pytest.fixture
def lines() -> StringIO:
    """The real handler with its formatter, writing to a string."""
    configure_structlog()
    written = StringIO()
    settings = logging_settings("INFO")
    formatter = settings["formatters"]["lines"]
    handler = logging.StreamHandler(written)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    logger = logging.getLogger("quietroom.sample")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    return written


def test_listed_keys_are_kept_and_others_dropped(lines: StringIO) -> None:
    structlog.get_logger("quietroom.sample").info("room.joined", seat=3, email="ana@example.org")
    line = json.loads(lines.getvalue())
    assert line["event"] == "room.joined"
    assert line["seat"] == 3
    assert "ana@" not in lines.getvalue()


def test_an_exception_is_its_type_and_places(lines: StringIO) -> None:
    log = structlog.get_logger("quietroom.sample")
    try:
        raise ValueError("Ana Ferreira has no such number")
    except ValueError:
        log.exception("form.refused")
    line = json.loads(lines.getvalue())
    assert line["error"] == "ValueError"
    assert any("test_logging.py" in frame for frame in line["frames"])
    assert "Ferreira" not in lines.getvalue()


def test_a_librarys_record_is_kept_without_its_arguments(lines: StringIO) -> None:
    logging.getLogger("quietroom.sample").warning("Not found: %s", "/invitation/a-secret-token/")
    assert json.loads(lines.getvalue())["event"] == "Not found: %s"
    assert "secret" not in lines.getvalue()
