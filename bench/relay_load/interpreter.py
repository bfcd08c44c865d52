"""The Python that a measured relay runs on: one built with optimisation, as users have it.

The product's image and every distribution carry a CPython that was built with a profile of its own
work; one that was compiled by hand without `--enable-optimizations` is slower by a fifth and more.
Janus is the distribution's, so where this program runs on such a one, the relay gets the
distribution's too, with the packages of this environment: the same minor version loads them.
"""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

DISTRIBUTION = Path("/usr")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An executable, what its environment needs to find the packages, and whose build it is."""

    executable: str
    environment: dict[str, str]
    origin: str

    @property
    def description(self) -> str:
        """Its version and origin, for the results."""
        asked = [self.executable, "-c", "import platform; print(platform.python_version())"]
        version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        return f"{version} ({self.origin})"


def relay_python(base: Path = Path(sys.base_prefix)) -> Interpreter:
    """This Python if it was built with optimisation, else the distribution's, else this one."""
    built_with = sysconfig.get_config_var("CONFIG_ARGS") or ""
    other = DISTRIBUTION / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    is_optimised = base == DISTRIBUTION or "--enable-optimizations" in built_with
    if is_optimised or not os.access(other, os.X_OK):
        return Interpreter(sys.executable, {}, "this environment's")
    packages = {"PYTHONPATH": sysconfig.get_path("purelib")}
    return Interpreter(str(other), packages, "the distribution's")
