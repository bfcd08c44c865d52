#!/usr/bin/env python
"""Quietroom's command line: `manage.py help` lists the commands."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] and sys.argv[1] in ("quickstart", "code", "mail"):
        enter_demo()
    if sys.argv[1:2] == ["relay"]:
        start_relay()
    else:
        execute_from_command_line(sys.argv)


def start_relay() -> None:
    """Without the apps: the relay needs none, and calls wait while it starts anew."""
    from config.relaying import without_apps

    without_apps()
    from config.management.commands.relay import Command

    Command().run_from_argv(sys.argv)


def enter_demo() -> None:
    """The demo's commands bring their own keys and database; production refuses them."""
    from config.development import home, progress

    try:
        home.enter()
    except progress.Stop as reason:
        progress.leave(reason)


if __name__ == "__main__":
    main()
