"""Two requests at once, on committed rows and connections of their own."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

from django.db import connections

from accounts import limits, proofs
from accounts.errors import AccountsError
from accounts.limits import Limit
from accounts.models import RecoveryCode, User
from accounts.services import consume_step_up
from accounts.services.factors import make_recovery_codes
from audit.context import acting_as_system
from tests.accounts.browsers import Browser, code_of, enrolled
from tests.cast import ANA

SMALL = Limit("test.small", 3, timedelta(seconds=10))


def at_once(times: int, do: Callable[[], object]) -> list[str]:
    """What became of each of `times` calls that begin together."""
    outcomes: list[str] = []
    barrier = Barrier(times)

    def once() -> None:
        barrier.wait()
        try:
            with acting_as_system("tests"):
                do()
            outcomes.append("done")
        except AccountsError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [Thread(target=once) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_many_tries_at_once_spend_exactly_the_burst(committed_db: str) -> None:
    outcomes = at_once(8, lambda: limits.require(SMALL, "race"))
    assert outcomes == ["done"] * 3 + ["slowed"] * 5


def test_a_code_shown_twice_at_once_opens_once(committed_db: str) -> None:
    ana = enrolled(ANA)
    code = code_of(ana)
    assert at_once(4, lambda: proofs.use_code(ana, code)) == ["done"] + ["totp"] * 3


def test_a_recovery_code_shown_twice_at_once_opens_once(committed_db: str) -> None:
    ana = enrolled(ANA)
    with acting_as_system("tests"):
        code = make_recovery_codes(user=ana)[0]
    outcomes = at_once(4, lambda: proofs.use_code(ana, code))
    assert outcomes == ["done"] + ["recovery"] * 3
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_a_step_up_is_worth_one_signature_even_at_once(committed_db: str) -> None:
    ana: User = enrolled(ANA)
    device = Browser()
    device.sign_in(ana)
    answer = device.post(
        "/step-up/", password="seven quiet herons wade", code=code_of(ana, steps=1)
    )
    assert answer.status_code == 302
    request = device.get("/security/").wsgi_request
    outcomes = at_once(4, lambda: consume_step_up(request))
    assert outcomes == ["done"] + ["step_up_missing"] * 3
