"""What every answer wears, what probes are told, and what an error page does not say."""

import pytest
from django.test import Client

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/healthz", "/sign-in/", "/no-such-page/"])
def test_every_answer_wears_the_headers(client: Client, path: str) -> None:
    response = client.get(path)
    for name, value in HEADERS.items():
        assert value in response.headers[name], name


def test_nothing_inline_and_nothing_foreign_runs(client: Client) -> None:
    policy = client.get("/sign-in/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-" not in policy
    assert "http" not in policy


def test_only_our_own_pages_may_ask_for_camera_and_microphone(client: Client) -> None:
    policy = client.get("/sign-in/").headers["Permissions-Policy"].split(", ")
    assert {"camera=(self)", "microphone=(self)", "display-capture=()"} <= set(policy)
    assert "geolocation=()" in policy
    assert len(policy) == len({rule.split("=")[0] for rule in policy})


def test_a_page_says_nothing_about_where_it_was_left(client: Client) -> None:
    assert client.get("/sign-in/").headers["Referrer-Policy"] in ("no-referrer", "same-origin")


def test_all_unknown_addresses_get_the_same_page(client: Client) -> None:
    pages = {client.get(path).content for path in ("/a/", "/b/?c=d", "/groups/unknown/")}
    assert len(pages) == 1


def test_the_process_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "database": True,
        "migrations": True,
        "redis": True,
        "notes": [],
    }


def test_a_redis_that_is_away_keeps_traffic_away(client: Client, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["redis"] is False


def test_metrics_are_text_without_ids(client: Client) -> None:
    response = client.get("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert b"python_info" in response.content
    assert b"quietroom_audit_outbox_age_seconds 0.0" in response.content


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_can_only_be_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_forged_form_is_refused_with_a_next_step() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"email": "ana@example.org"})
    assert response.status_code == 403
    assert b"Start again" in response.content
    assert b"ana@" not in response.content
