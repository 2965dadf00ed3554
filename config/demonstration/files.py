"""Small real files for evidence: certificates as PDF, photographs of letters as PNG."""

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from workers.models import Evidence, Worker
from workers.models.statements import evidence_path

if TYPE_CHECKING:
    from datetime import date

    from config.demonstration.world import World

WIDTH, HEIGHT = 612, 792


def pdf(title: str, lines: list[str]) -> bytes:
    """One page in Helvetica. Characters outside Latin-1 become question marks."""
    written = [(20, 700, title), *((12, 660 - 20 * n, line) for n, line in enumerate(lines))]
    text = "".join(f"BT /F1 {size} Tf 72 {y} Td ({_escaped(words)}) Tj ET\n" for size, y, words in written)
    stream = text.encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%sendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for n, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (n, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def png(title: str, lines: list[str]) -> bytes:
    """A sheet with a few lines of writing."""
    sheet = Image.new("RGB", (480, 300), "#fdfdf8")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((12, 12, 467, 287), outline="#5b6b75", width=2)
    for n, line in enumerate([title, "", *lines]):
        draw.text((32, 36 + 24 * n), line.encode("latin-1", "replace").decode("latin-1"), fill="#223")
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def evidence(world: "World", worker: Worker, title: str, on: "date", *, picture: bool = False) -> Evidence:
    """A file about `worker` in the store, with its row not saved yet."""
    lines = [f"This is to say that {worker.full_name}", title, f"Given on {on.isoformat()}", "(an example)"]
    data = (png if picture else pdf)(title[:60], lines)
    content_type, ending = ("image/png", "png") if picture else ("application/pdf", "pdf")
    found = Evidence(
        uid=world.uid(),
        worker=worker,
        name=f"{title[:60].rstrip(' .')}.{ending}".replace("/", "-"),
        content_type=content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        uploaded_by=worker.user,
        uploaded_on=world.at(on, 18),
    )
    path = evidence_path(found, "")
    default_storage.delete(path)  # left by an earlier demonstration on the same day
    found.file.name = default_storage.save(path, ContentFile(data))
    return found
