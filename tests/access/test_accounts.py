import pytest

from tests.access.accounts import ROWS


@pytest.mark.parametrize("line", ROWS, ids=str)
def test_access(line, check):
    check(line)
