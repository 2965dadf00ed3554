"""The container's health, as an exit code: web answers /readyz, worker and beat touched a file lately.

Needs nothing but Python, so that looking every few seconds costs little.
"""

import os
import sys
import time
import urllib.request
from pathlib import Path

OLDEST = 60.0  # seconds since a worker or beat gave a sign


def is_healthy(alive_file: str, url: str) -> bool:
    path = Path(alive_file)
    if alive_file and path.exists():
        return time.time() - path.stat().st_mtime < OLDEST
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 our own http address
            return bool(response.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not is_healthy(os.environ.get("ALIVE_FILE", ""), "http://127.0.0.1:8000/readyz"))
