"""Files that show what a worker states: taken in by their content, kept out of every public folder."""

import hashlib
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePath
from typing import Any

import filetype
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, UnidentifiedImageError

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from workers.locks import one_at_a_time
from workers.models import Evidence, Worker

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
#: More than any camera of a phone makes; a small file can claim to be far larger.
MOST_PIXELS = 80_000_000
#: By the orientation that EXIF names; 1 is upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: What a browser's file dialogue offers.
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


def store(*, worker: Worker, file: UploadedFile, by: User) -> Evidence:
    """Keep a file of a worker's; see `store_all`."""
    return store_all(worker=worker, files=[file], by=by)[0]


def store_all(*, worker: Worker, files: Sequence[UploadedFile], by: User) -> list[Evidence]:
    """Keep files of a worker's, all of them or none. The same file sent twice is one file.

    Pictures are written anew, which leaves where and with what they were taken behind. Raises Refused at
    `file` for what is too large or neither PDF, JPEG nor PNG.
    """
    require(by, Permission.RECORD_KEEP, on=worker)
    checked = [(file.name or "", *_checked(file)) for file in files]
    kept: list[Evidence] = []
    written: list[Evidence] = []
    try:
        with transaction.atomic():
            one_at_a_time(worker)  # of two sendings of one file the second finds what the first stored
            for name, content_type, data in checked:
                digest = hashlib.sha256(data).hexdigest()
                before = Evidence.objects.filter(worker=worker, sha256=digest).first()
                if before is None:
                    before = Evidence(
                        worker=worker, name=_name(name, content_type), content_type=content_type
                    )
                    before.size, before.sha256, before.uploaded_by = len(data), digest, by
                    before.file.save("", ContentFile(data), save=False)
                    written.append(before)
                    before.save()
                    trail.record("evidence.stored", subject=before, by=by, content_type=content_type)
                kept.append(before)
    except BaseException:
        for evidence in written:
            evidence.file.delete(save=False)
        raise
    return kept


def answer(evidence: Evidence) -> FileResponse:
    """The file for somebody who may have it: to be saved, never shown by the browser as a page of ours."""
    response = FileResponse(
        evidence.file.open("rb"),
        as_attachment=True,
        filename=evidence.name,
        content_type=evidence.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _checked(file: UploadedFile) -> tuple[str, bytes]:
    if not file.size:
        raise Refused(_("This file is empty."), field="file")
    if file.size > settings.EVIDENCE_MAX_BYTES:
        most = settings.EVIDENCE_MAX_BYTES // 1_000_000
        raise Refused(_("This file is larger than %(most)s MB.") % {"most": most}, field="file")
    data = file.read()
    kind = filetype.guess(data)
    content_type = kind.mime if kind else ""
    if content_type in FORMATS:
        return content_type, _picture(data, FORMATS[content_type])
    if content_type != "application/pdf" or b"%%EOF" not in data[-2048:]:
        raise Refused(_("This is not a PDF, JPEG or PNG file."), field="file")
    return content_type, data


def _picture(data: bytes, wanted: str) -> bytes:
    """The same picture, upright, without what else its file told."""
    try:
        with Image.open(BytesIO(data), formats=[wanted]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(_("This picture has too many pixels."), field="file")
            picture.load()
            upright = _upright(picture)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as problem:
        raise Refused(_("This picture cannot be read."), field="file") from problem
    # A new picture of the same pixels: text, place and camera were the old one's.
    mode = upright.mode if wanted == "PNG" and upright.mode in ("1", "L", "LA", "RGB", "RGBA") else None
    clean = upright.convert(mode or ("RGBA" if wanted == "PNG" else "RGB"))
    clean.info.clear()
    written = BytesIO()
    options: dict[str, Any] = {"quality": 88} if wanted == "JPEG" else {"optimize": False}
    clean.save(written, wanted, **options)
    return written.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its camera was held. What a damaged note about it says is nothing; the picture is good."""
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 Pillow reads these notes with whatever error their bytes lead to
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _name(given: str, content_type: str) -> str:
    """The person's own name for the file, without what a file system could stumble over."""
    stem = re.sub(r"[^\w .,()-]+", "_", PurePath(given.replace("\\", "/")).stem).strip(" .") or "file"
    return f"{stem[:180]}.{EXTENSIONS[content_type]}"
