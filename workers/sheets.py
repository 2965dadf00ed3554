"""Tables as people keep them: CSV in its many ways and XLSX, read into rows of cells; and both written.

Nothing here knows what a column means. What cannot be read raises Refused with a sentence,
whatever the bytes.
"""

import csv
import io
import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from accounts.refusals import Refused

#: Rows of a file, its header included.
MOST_ROWS = 1_000_000
MOST_COLUMNS = 100
#: What the parts of a spreadsheet may come to once unpacked; a small file can claim to be far larger.
MOST_UNPACKED = 120_000_000
MOST_PARTS = 2_000
DELIMITERS = ",;\t|"
#: A cell that begins like this is taken for a formula by the programs that open the file.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | float | bool | date | datetime | time | timedelta | None


def rows(file: Any) -> Iterator[list[Cell]]:
    """The rows of a CSV or XLSX file, empty ones too; each as wide as it is in the file.

    `file` is anything that is read and rewound like a file of bytes.
    """
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"PK":
        found = _spreadsheet(file)
    elif start == b"\xd0\xcf\x11\xe0":
        raise Refused(_("This is an old Excel file. Save it as .xlsx or CSV first."), field="file")
    else:
        found = _text(file)
    for number, row in enumerate(found, 1):
        if number > MOST_ROWS:
            raise Refused(
                _("This file has more than %(most)s rows. Send it in parts.") % {"most": f"{MOST_ROWS:,}"},
                field="file",
            )
        yield row[:MOST_COLUMNS]


def is_empty(row: Sequence[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def in_text(cell: Cell) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return str(cell)


# XLSX


def _spreadsheet(file: BinaryIO) -> Iterator[list[Cell]]:
    _check_parts(file)
    try:
        book = CalamineWorkbook.from_filelike(file)
        sheet = book.get_sheet_by_index(0)
        if sheet.height > MOST_ROWS:  # before anything is made of them
            raise Refused(
                _("This file has more than %(most)s rows. Send it in parts.") % {"most": f"{MOST_ROWS:,}"},
                field="file",
            )
        found = sheet.iter_rows()
        # What lies above the first filled row is left out, but rows keep the numbers that people see.
        blank: list[list[Cell]] = [[]] * (sheet.start[0] if sheet.start else 0)
    except Refused:
        raise
    except BaseException as problem:
        raise _unreadable(problem) from problem
    yield from blank
    yield from _guarded(found)


def _guarded(found: Iterator[list[Any]]) -> Iterator[list[Cell]]:
    while True:
        try:
            row = next(found)
        except StopIteration:
            return
        except BaseException as problem:
            raise _unreadable(problem) from problem
        yield [None if cell == "" else cell for cell in row]


def _unreadable(problem: BaseException) -> BaseException:
    """What stopped a reader, as a refusal; the reader's own panics are no plain exceptions."""
    if isinstance(problem, (KeyboardInterrupt, SystemExit, GeneratorExit)):
        return problem
    if isinstance(problem, (CalamineError, Exception)) or type(problem).__name__ == "PanicException":
        return Refused(_("This spreadsheet cannot be read. Save it anew as .xlsx, or as CSV."), field="file")
    return problem


def _check_parts(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as parts:
            inside = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as problem:
        raise Refused(_("This file is damaged and cannot be opened."), field="file") from problem
    finally:
        file.seek(0)
    if "xl/workbook.xml" not in {part.filename for part in inside}:
        raise Refused(_("This is neither a spreadsheet (.xlsx) nor a CSV file."), field="file")
    if len(inside) > MOST_PARTS or sum(part.file_size for part in inside) > MOST_UNPACKED:
        raise Refused(_("This spreadsheet is too large once it is unpacked. Send it as CSV."), field="file")


# CSV


def _text(file: BinaryIO) -> Iterator[list[Cell]]:
    text = decoded(file.read())
    if "\0" in text:
        raise Refused(_("This is neither a spreadsheet (.xlsx) nor a CSV file."), field="file")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise Refused(
                _("Row %(n)s cannot be read: look for a quotation mark that is never closed.")
                % {"n": reader.line_num},
                field="file",
            ) from problem
        yield [cell or None for cell in row]


def decoded(data: bytes) -> str:
    """Text in UTF-8 or UTF-16 with its mark, UTF-8 without, or as Windows writes it in the West."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """What separates the header's cells: the sign that is there most, outside of quotation marks."""
    head = text.lstrip("\r\n").split("\n", 1)[0]
    outside = "".join(head.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


# Writing


def safe(cell: Any) -> Any:
    """A cell that no program takes for a formula; figures stay figures."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


class _Echo:
    """What is written comes back at once."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV as a stream of lines, with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def workbook(sheets: Iterable[tuple[str, list[Sequence[Any]], list[int]]]) -> bytes:
    """An XLSX file of (name, rows, widths of the columns in letters); the first row of each is its header."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for name, rows_of, widths in sheets:
        sheet = book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for number, row in enumerate(rows_of):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, wrapped if number else head)
        sheet.freeze_panes(1, 0)
    book.close()
    return written.getvalue()
