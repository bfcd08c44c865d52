"""Debian's Janus, and the best libsrtp that Debian's own sources make: with OpenSSL, not NSS."""

import os
import re
import shutil
from pathlib import Path

from bench.relay_load.cache import CannotMeasure, folder, run
from config.development.machine import can_install, install

JANUS = "/usr/bin/janus"
BUILD_TOOLS = ["dpkg-dev", "cmake", "make", "gcc", "libssl-dev"]
SOURCE = "libsrtp2"
LIBRARY = "libsrtp2.so.1"


def provide_janus() -> str:
    """Its version; installed with apt-get where we may."""
    if not Path(JANUS).exists() and not install(["janus"]):
        raise CannotMeasure("Install Debian's package janus: the relay is measured against it.")
    listed = run(["dpkg-query", "-W", "-f", "${Version}", "janus"])
    return f"Janus {listed.strip()} (Debian)"


def provide_libsrtp() -> Path:
    """A folder with libsrtp2 built from Debian's source with OpenSSL; built once."""
    target = folder() / "libsrtp-openssl"
    if not (target / LIBRARY).exists():
        if any(shutil.which(tool) is None for tool in ("cmake", "gcc", "dpkg-source")):
            install(BUILD_TOOLS)
        built = _build(_source(folder() / "libsrtp-source"))
        target.mkdir(exist_ok=True)
        shutil.copy(built, target / LIBRARY)
    return target


def _source(place: Path) -> Path:
    """`apt-get source` with lists of its own: the machine's sources stay as they are."""
    if not can_install():
        raise CannotMeasure("Tuning Janus needs root on Debian: apt-get fetches libsrtp's source.")
    shutil.rmtree(place, ignore_errors=True)
    (place / "lists" / "partial").mkdir(parents=True)
    sources = place / "sources.list"
    sources.write_text(_source_line())
    # apt fetches as its own user, who cannot enter a private folder.
    options = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": place / "lists",
        "APT::Sandbox::User": "root",
    }
    apt = [
        "apt-get",
        "-q",
        *(part for key, to in options.items() for part in ("-o", f"{key}={to}")),
    ]
    run([*apt, "update"])
    run([*apt, "source", SOURCE], where=place)
    return next(each for each in place.glob(f"{SOURCE}-*") if each.is_dir())


def _source_line() -> str:
    """Where this machine's own apt takes the installed libsrtp from."""
    shown = run(["apt-cache", "policy", "libsrtp2-1"])
    found = re.search(r"^ +\d+ (\S+) (\S+)/(\S+) \S+ Packages$", shown, re.MULTILINE)
    if found is None:
        raise CannotMeasure("apt-cache knows no source of libsrtp2-1.")
    return f"deb-src {' '.join(found.groups())}\n"


def _build(source: Path) -> Path:
    build = source / "with-openssl"
    run(
        [
            *("cmake", "-S", str(source), "-B", str(build), "-DCMAKE_BUILD_TYPE=Release"),
            *("-DENABLE_OPENSSL=ON", "-DBUILD_SHARED_LIBS=ON", "-DTEST_APPS=OFF"),
        ]
    )
    run(["cmake", "--build", str(build), "--parallel", str(os.cpu_count())])
    return next(each for each in build.glob("libsrtp2.so.*") if not each.is_symlink())
