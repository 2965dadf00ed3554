"""What `make test` makes of its words, and of a machine without a browser."""

import os

import pytest

from tests import run


@pytest.fixture
def runs(monkeypatch):
    """The pytest runs that were asked for, each with its words; none is carried out, and all succeed."""
    asked: list[list[str]] = []
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    monkeypatch.setattr(run, "find_chromium", lambda: ("/usr/bin/chromium", ""))
    monkeypatch.setattr(run, "pytest", lambda words, **env: asked.append(words) or 0)
    return asked


@pytest.fixture
def no_browser(runs, monkeypatch):
    monkeypatch.setattr(
        run, "find_chromium", lambda: ("", "no Chromium is installed, and there is no apt-get")
    )
    monkeypatch.setattr(run, "how_many", lambda places: 12)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], [[], ["tests/browser"]]),
        (["-k", "hours"], [["-k", "hours"], ["tests/browser", "-k", "hours"]]),
        (["tests/workers", "-x"], [["tests/workers", "-x"]]),
        (["tests/browser/test_journey.py"], [["tests/browser/test_journey.py"]]),
        (["tests/workers", "tests/browser"], [["tests/workers"], ["tests/browser"]]),
    ],
)
def test_browser_tests_run_by_themselves(runs, words, asked):
    assert run.main(words) == 0
    assert runs == asked


@pytest.mark.usefixtures("no_browser")
def test_without_a_browser_the_last_line_says_what_was_skipped_and_why(runs, capsys):
    assert run.main([]) == 0
    assert runs == [[]]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "12 browser tests skipped: no Chromium is installed, and there is no apt-get."


@pytest.mark.usefixtures("no_browser")
def test_where_a_browser_is_required_its_absence_fails(monkeypatch):
    monkeypatch.setenv("REQUIRE_BROWSER", "1")

    assert run.main([]) == 1


@pytest.mark.parametrize("codes", [(1, 0), (0, 1), (-9, 0), (1, 5)])
def test_one_failing_run_fails_the_whole(runs, monkeypatch, codes):
    left = iter(codes)
    monkeypatch.setattr(run, "pytest", lambda words, **env: next(left))

    assert run.main([]) > 0


def test_a_word_that_matches_nothing_anywhere_is_said_as_such(runs, monkeypatch):
    monkeypatch.setattr(run, "pytest", lambda words, **env: run.NO_TESTS)

    assert run.main(["-k", "nonsense"]) == run.NO_TESTS


def test_who_may_not_install_a_browser_is_told_how(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(run.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(os, "getuid", lambda: 1000)

    assert run.find_chromium() == (
        "",
        "no Chromium is installed, and only root may install it (apt-get install chromium)",
    )
