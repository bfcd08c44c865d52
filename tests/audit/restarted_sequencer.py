"""A program: forks the sequencer again and again and kills it without warning.

`python -m tests.audit.restarted_sequencer SECONDS`, until its standard input is closed; then one
is left alone until the program is ended. It says how many it killed.
"""

import os
import select
import signal
import sys
import threading

import django

django.setup()

from audit import sequencer  # noqa: E402
from config.development.servers import die_with_parent  # noqa: E402


def fork() -> int:
    """The child opens its own connections: here none was ever opened."""
    pid = os.fork()
    if pid == 0:
        die_with_parent(signal.SIGKILL)
        try:
            sequencer.run(threading.Event())
        finally:
            os._exit(1)
    return pid


def main(seconds: float) -> None:
    killed = 0
    pid = fork()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], seconds)[0]:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        killed += 1
        pid = fork()
    print(killed, flush=True)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main(float(sys.argv[1]))
