#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it starts the embedded engines for as long as it runs."""

import os
import sys

# Commands that touch neither database nor broker; starting engines for them would only cost time.
NEEDS_NO_ENGINE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "spectacular",
    "startapp",
    "version",
}


def explains_a_file() -> bool:
    """`explain` judges files by the shipped catalogue; only a worker of the database needs one."""
    return sys.argv[1:2] == ["explain"] and not any(word.startswith("--w") for word in sys.argv)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.SECRET_KEY  # noqa: B018 read now, so that what is missing is said without a traceback
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in NEEDS_NO_ENGINE or command.startswith("-") or "--help" in sys.argv or explains_a_file():
        execute_from_command_line(sys.argv)
        return
    from config import embedded

    with embedded.engines():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
