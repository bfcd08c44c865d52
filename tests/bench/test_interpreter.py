"""The relay is measured on a Python that was built with optimisation, where there is one."""

import subprocess
import sys
from pathlib import Path

from bench.relay_load.interpreter import relay_python


def test_the_measured_relay_finds_its_packages() -> None:
    python = relay_python()
    asked = "import sys, aiortc, pylibsrtp; print(*sys.version_info[:2])"
    told = subprocess.run(
        [python.executable, "-c", asked],
        env=python.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [str(part) for part in sys.version_info[:2]]
    assert python.description.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")


def test_an_optimised_python_measures_with_itself() -> None:
    own = relay_python(Path("/usr"))
    assert (own.executable, own.environment) == (sys.executable, {})
