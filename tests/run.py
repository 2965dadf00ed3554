"""What `make test` does: all tests on every core, then the browser tests in a run of their own.

The browser tests have their own run because Playwright's event loop makes Django refuse its ORM unless
DJANGO_ALLOW_ASYNC_UNSAFE says that we know (tests/browser/conftest.py does), and no other test may have it.
REQUIRE_BROWSER=1 turns a missing browser into a failure.
"""

import os
import shutil
import subprocess
import sys

BROWSER_TESTS = "tests/browser"
NO_TESTS = 5  # pytest's exit code when nothing was collected
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(arguments: list[str]) -> int:
    places = [word for word in arguments if word.startswith("tests")]
    in_browser = [word for word in places if word.startswith(BROWSER_TESTS)]
    codes, last = [], ""
    if not places or len(in_browser) < len(places):
        codes.append(pytest([word for word in arguments if word not in in_browser]))
    if in_browser or not places:
        options = [word for word in arguments if word not in places]
        code, last = run_browser_tests(in_browser or [BROWSER_TESTS], options)
        codes.append(code)
    if last:
        print(last, flush=True)
    if failed := [code for code in codes if code not in (0, NO_TESTS)]:
        return abs(failed[0])  # negative when a signal ended it
    return 0 if 0 in codes else NO_TESTS


def pytest(arguments: list[str], **env: str) -> int:
    # A single file is over before the workers are up.
    spread = (
        [] if any(".py" in word or word.startswith("-n") for word in arguments) else ["--numprocesses=auto"]
    )
    command = [sys.executable, "-m", "pytest", *spread, *arguments]
    return subprocess.run(command, env={**os.environ, **env}, check=False).returncode


def run_browser_tests(places: list[str], options: list[str]) -> tuple[int, str]:
    """The exit code, and the line that `make test` ends with."""
    browser, reason = find_chromium()
    if browser:
        return pytest([*places, *options], CHROMIUM=browser), ""
    count = how_many(places)
    if os.environ.get("REQUIRE_BROWSER"):
        return 1, f"{count} browser tests did not run, and REQUIRE_BROWSER is set: {reason}."
    return NO_TESTS, f"{count} browser tests skipped: {reason}."


def how_many(places: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", *places]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return sum("::" in line for line in listed.splitlines())


def find_chromium() -> tuple[str, str]:
    """The path of a Chromium, installed with apt where that is possible; else "" and why not."""
    if named := os.environ.get("CHROMIUM"):
        return named, ""
    if found := next((path for name in CHROMIUM if (path := shutil.which(name))), ""):
        return found, ""
    if not shutil.which("apt-get"):
        return "", "no Chromium is installed, and there is no apt-get to install it with"
    if os.getuid():
        return "", "no Chromium is installed, and only root may install it (apt-get install chromium)"
    print("Installing Chromium for the browser tests …", flush=True)
    for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", *words]
        subprocess.run(apt, stdout=subprocess.DEVNULL, check=False)
    found = shutil.which("chromium") or ""
    return found, "" if found else "no Chromium is installed, and apt-get could not install it"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
