"""Ends the processes of somebody who is gone: the last resort behind `config.processes`.

Its standard input is a pipe that only its owner holds. Lines say which process groups began (`+123`) and
which ended (`-123`). When the pipe closes, however the owner went, what is left gets SIGTERM and, after the
seconds of its argument, SIGKILL: a web server, for one, that is told to end while it starts may not hear it.
"""

import os
import signal
import sys
import time


def main() -> None:
    # Away from whoever started us, so that nobody has to wait for us and Ctrl-C does not reach us.
    if os.fork():
        os._exit(0)
    os.setsid()
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    tell(groups, signal.SIGTERM)
    until = time.monotonic() + float(sys.argv[1])
    while any(tell({group}, 0) for group in groups) and time.monotonic() < until:
        time.sleep(0.05)
    tell(groups, signal.SIGKILL)


def tell(groups: set[int], how: int) -> bool:
    """Send the signal; False when nobody was there to take it."""
    heard = False
    for group in groups:
        try:
            os.killpg(group, how)
            heard = True
        except ProcessLookupError:
            continue
    return heard


if __name__ == "__main__":
    main()
