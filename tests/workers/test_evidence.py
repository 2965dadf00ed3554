"""Files: taken in by content, written anew, kept private."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageOps

from accounts.refusals import Refused
from tests.builders.accounts import a_person
from tests.builders.workers import a_worker
from workers import evidence
from workers.models import Evidence

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def worker(db):
    return a_worker()


def picture(kind="JPEG", size=(40, 20), *, exif=None, mode="RGB"):
    file = BytesIO()
    Image.new(mode, size, 120).save(file, kind, **({"exif": exif} if exif else {}))
    return file.getvalue()


def store(worker, data, name="certificate.pdf"):
    return evidence.store(worker=worker, file=SimpleUploadedFile(name, data), by=worker.user)


def files(folder: Path):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_pdf_is_kept_as_it_is(worker):
    stored = store(worker, PDF)

    assert (stored.content_type, Path(stored.file.path).read_bytes()) == ("application/pdf", PDF)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_is_known_by_its_content_whatever_its_name(worker, kind, mode):
    stored = store(worker, picture(kind, mode=mode), "scan.pdf")

    assert stored.content_type == f"image/{kind.lower()}"
    assert stored.name == ("scan.jpg" if kind == "JPEG" else "scan.png")


def test_a_picture_tells_no_place_and_camera_and_stands_upright(worker):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010F] = "Camera of Ana"

    stored = store(worker, picture(exif=exif.tobytes()))

    with Image.open(stored.file.path) as kept:
        assert kept.size == (20, 40)
        assert not dict(kept.getexif())
    assert b"Camera of Ana" not in Path(stored.file.path).read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html><script>",
        b"%PDF-1.4 cut off",
        b"GIF89a" + b"0" * 60,
        b"\xff\xd8\xff\xe0 not one",
    ],
)
def test_other_files_are_refused(worker, media, data):
    with pytest.raises(Refused) as problem:
        store(worker, data)

    assert problem.value.field == "file"
    assert not files(media)


def test_a_large_file_is_refused(worker, settings):
    settings.EVIDENCE_MAX_BYTES = 100

    with pytest.raises(Refused):
        store(worker, PDF + b" " * 60 + b"%%EOF" * 10)


def test_a_picture_that_claims_to_be_huge_is_refused(worker, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_PIXELS", 100)

    with pytest.raises(Refused, match="pixels"):
        store(worker, picture())


def test_the_same_file_twice_is_one(worker, media):
    assert store(worker, PDF) == store(worker, PDF, "again.pdf")
    assert len(files(media)) == 1


def test_of_several_files_all_are_kept_or_none(worker, media):
    sent = [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.pdf", b"nothing")]

    with pytest.raises(Refused):
        evidence.store_all(worker=worker, files=sent, by=worker.user)

    assert not files(media)
    assert not Evidence.objects.exists()


def test_a_failing_trail_leaves_no_file(worker, media, monkeypatch):
    monkeypatch.setattr(evidence.trail, "record", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        store(worker, PDF)

    assert not files(media)


def test_nobody_stores_files_for_another(worker):
    with pytest.raises(PermissionDenied):
        evidence.store(worker=worker, file=SimpleUploadedFile("a.pdf", PDF), by=a_person())


def test_the_path_tells_nothing_and_the_name_is_harmless(worker, media):
    stored = store(worker, PDF, "..\\..\\etc/Ana's <diagnosis>\n.pdf")

    assert stored.name == "Ana_s _diagnosis_.pdf"
    assert "Ana" not in stored.file.name
    assert Path(stored.file.path).is_relative_to(media)


def test_the_file_is_saved_by_its_worker_never_shown(client, worker):
    stored = store(worker, PDF)
    url = reverse("workers:evidence", args=[stored.uid])

    client.force_login(worker.user)
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]

    client.force_login(a_person())
    assert client.get(url).status_code == 404


def test_a_wrong_file_is_an_error_at_the_field(client, worker):
    client.force_login(worker.user)
    data = {"name": "IC&RC", "day": "2024-01-01", "files": SimpleUploadedFile("a.pdf", b"hello")}

    answer = client.post(reverse("workers:add_qualification", args=["exam"]), data)

    assert answer.status_code == 422
    assert "not a PDF, JPEG or PNG" in answer.content.decode()
    assert not worker.statements.exists()


def test_files_come_with_a_statement(client, worker):
    client.force_login(worker.user)
    data = {
        "name": "IC&RC",
        "day": "2024-01-01",
        "files": [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.png", picture("PNG"))],
    }

    client.post(reverse("workers:add_qualification", args=["exam"]), data)

    assert worker.statements.get().evidence.count() == 2


def test_a_picture_with_a_damaged_note_about_its_camera_is_taken(worker):
    header = b"Exif\0\0MM\0*\0\0\0\x08\0\x02"
    turned = b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
    words_for_a_number = b"\x01\x1a\0\x02\0\0\0\x02x\0\0\0"
    damaged = header + turned + words_for_a_number + bytes(4)

    stored = store(worker, picture(exif=damaged))

    with Image.open(stored.file.path) as kept:
        assert kept.size == (20, 40)


def test_orientations_are_all_turned(worker):
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        file = BytesIO()
        sketch = Image.new("L", (16, 8))
        sketch.paste(255, (0, 0, 8, 8))
        sketch.save(file, "PNG", exif=exif)
        with Image.open(BytesIO(file.getvalue())) as original:
            expected = ImageOps.exif_transpose(original).tobytes()

        with Image.open(BytesIO(evidence._picture(file.getvalue(), "PNG"))) as kept:
            assert kept.tobytes() == expected
