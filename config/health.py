"""What load balancers and monitors ask. MUST NOT name a person, group, session or address."""

from collections.abc import Callable
from http import HTTPStatus

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from audit import monitoring


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; it says nothing about what it depends on."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether traffic may come: database, migrations and (if used) Redis.

    `notes` are alarms of the audit log: a person must look, but traffic may come.
    """
    answers = {name: ask() for name, ask in QUESTIONS.items()}
    status = HTTPStatus.OK if all(answers.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({**answers, "notes": monitoring.notes()}, status=status)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts and durations only: no metric of ours carries an id as a label."""
    monitoring.measure()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def database_answers() -> bool:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def migrations_are_applied() -> bool:
    try:
        executor = MigrationExecutor(connections["default"])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def redis_answers() -> bool:
    if not settings.REDIS_URL:
        return True
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


QUESTIONS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "redis": redis_answers,
}
