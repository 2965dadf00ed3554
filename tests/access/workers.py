"""Who may open what of workers; see tests/access_table.py."""

from tests.access_table import Row

ROWS: list[Row] = []
