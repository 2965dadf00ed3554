"""The main job by API only, across real processes, for the National Certified Peer Specialist.

Nothing is put into the record beforehand: what took years is sent in one batch of hours.
"""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from tests.calling import Caller, a_file
from tests.stack import Stack

LEVEL = "mha-ncps"
HOURS = 2_000
A_DAY = 480  # minutes
SOON = 10  # seconds; a busy machine is given slack, and the figure is measured by `make bench`
FIRST_DAY = "2024-01-08"

A_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def a_picture(kind: str) -> bytes:
    data = BytesIO()
    Image.new("RGB", (32, 32), "white").save(data, kind)
    return data.getvalue()


@pytest.fixture
def person(live_stack):
    """`person("Ana", "Rivera")` signs up by API; `person()` is a visitor."""
    here: list[Caller] = []

    def start(given_name: str = "", family_name: str = "") -> Caller:
        caller = Caller(live_stack.url)
        here.append(caller)
        if given_name:
            caller.sign_up(live_stack, given_name, family_name, f"{given_name.lower()}@example.org")
        return caller

    yield start
    check_against_the_document(here)


def check_against_the_document(callers: list[Caller]) -> None:
    """Every address that was called stands in the OpenAPI document, with its method."""
    paths = Caller(callers[0].url).get("/schema/", format="json")["paths"]
    known = [
        (method.upper(), re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)))
        for path, methods in paths.items()
        for method in methods
    ]
    made = {request for caller in callers for request in caller.made}
    unknown = [
        f"{method} {path}"
        for method, path in made
        if not any(method == m and pattern.fullmatch(f"/api/v1{path}") for m, pattern in known)
    ]
    assert not unknown


def accept_invitation(stack: Stack, caller: Caller, email: str) -> dict[str, Any]:
    token = next(
        found[1]
        for message in stack.mailbox(email)
        if (found := re.search(r"/invitations/([^/\s]+)/", message.get_content()))
    )
    assert caller.post("/invitations/read", {"token": token})["email"] == email
    caller.refused(404, "POST", "/invitations/accept", {"token": "guessed"})
    return caller.post("/invitations/accept", {"token": token})


def working_days(count: int, *, until: date) -> list[date]:
    """The last `count` days from Monday to Friday before `until`."""
    days = (until - timedelta(days=n) for n in range(1, count * 2 + 7))
    return sorted([day for day in days if day.weekday() < 5][:count])


def test_by_api_from_sign_up_to_the_next_rung(person, live_stack):
    today = date.today()
    live_stack.manage("create_authority", "Mental Health America", "ada@example.org", "--slug=mha")
    live_stack.manage("open_desk", "mha-ncps-program", "mha")

    # 1. Everybody gets in: the administrator and the supervisor by invitation, the others by themselves.
    visitor = person()
    ada, olive = person("Ada", "Whitfield"), person("Olive", "Marsh")
    assert accept_invitation(live_stack, ada, "ada@example.org")["role"] == "administrator"

    assert olive.refused(422, "POST", "/organisations", {"name": "Northern Lights"}).fields == {"state"}
    slug = olive.post("/organisations", {"name": "Northern Lights", "state": "US-MN"})["slug"]
    invited = {"email": "sam@example.org", "role": "reviewer"}
    wrong = olive.refused(422, "POST", f"/organisations/{slug}/invitations", invited)
    assert wrong.fields == {"role"}
    olive.post(f"/organisations/{slug}/invitations", {**invited, "role": "supervisor"})
    sam = person("Sam", "Lindqvist")
    assert accept_invitation(live_stack, sam, "sam@example.org")["organisation"]["slug"] == slug
    assert [one["role"] for one in sam.get("/me")["memberships"]] == ["supervisor"]

    ana = person("Ana", "Rivera")
    ana.refused(409, "POST", "/hours", {})  # no record yet
    profile = {"given_name": "Ana", "family_name": "Rivera", "born_on": "1990-05-01", "state": "US-MN"}
    assert ana.refused(422, "POST", "/profile", {**profile, "born_on": "2090-05-01"}).fields == {"born_on"}
    uid = ana.post("/profile", profile)["uid"]
    [employer] = ana.get("/employers", q="northern")["results"]
    job = ana.post(
        "/employments",
        {
            "employer": employer["slug"],
            "title": "Peer specialist",
            "state": "US-MN",
            "started_on": FIRST_DAY,
        },
    )
    ana.refused(403, "POST", f"/employments/{job['id']}/confirm")
    [there] = olive.get("/employments", employer__slug=slug)["results"]
    assert olive.post(f"/employments/{there['id']}/confirm")["confirmed_on"]
    members = olive.get(f"/organisations/{slug}/members")["results"]
    agreement = olive.post(
        "/agreements",
        {
            "employment": job["id"],
            "supervisor": next(one["user"] for one in members if one["role"] == "supervisor"),
            "basis": "qualified-supervisor",
            "started_on": FIRST_DAY,
        },
    )
    assert (agreement["worker"], agreement["supervisor_name"]) == (uid, "Sam Lindqvist")

    # 2. Ana aims at the national credential and sees what stands between.
    level = visitor.get(f"/levels/{LEVEL}")
    standard = next(one for one in level["standards"] if one["code"] == level["current"])
    assert (level["takes_applications"], standard["sources"] != []) == (True, True)
    ana.refused(404, "POST", "/goals", {"level": "no-such-level"})
    goal = ana.post("/goals", {"level": LEVEL})["id"]

    def experience() -> dict[str, Any]:
        """The finding about hours, as her goal shows it now."""
        return leaf(ana.get(f"/goals/{goal}")["findings"], "experience")

    live_stack.wait_until(lambda: ana.get(f"/goals/{goal}")["findings"], "her goal to be judged")
    assert (experience()["needed"], experience()["have"]) == (HOURS, 0)
    early = ana.refused(409, "POST", "/applications", {"level": LEVEL})
    assert "2,000 hours" in early.data["detail"]

    # 3. She sends what she worked, all at once; sent again, it is stored once.
    days = working_days(HOURS * 60 // A_DAY, until=today)
    batch = {"entries": [an_entry(job, day) for day in days]}
    first = ana.post("/hours/batch", batch)["results"]
    again = ana.post("/hours/batch", batch)["results"]
    assert {one["status"] for one in first} == {"stored"}
    assert {one["status"] for one in again} == {"already_stored"}
    ids = [one["entry"]["id"] for one in first]
    assert [one["entry"]["id"] for one in again] == ids
    still_to_come = an_entry(job, today + timedelta(days=1))
    more_than_a_day = an_entry(job, days[0]) | {"minutes": 24 * 60 - A_DAY + 1}
    sent = {"entries": [still_to_come, more_than_a_day, {"minutes": 60}]}
    wrong = ana.post("/hours/batch", sent)["results"]
    assert [one["status"] for one in wrong] == ["refused"] * 3
    assert {problem["field"] for problem in wrong[2]["problems"]} >= {"client_id", "day", "domain"}
    assert len(ana.get("/hours", status="submitted", limit=500)["results"]) == len(days)
    assert ana.get("/totals")["counted"] == 0

    # Others' steps are not hers, and strangers find nothing.
    ben = person("Ben", "Okafor")
    ben.post("/profile", {"given_name": "Ben", "family_name": "Okafor", "state": "US-MN"})
    strangers_find_nothing(ben, job=job["id"], agreement=agreement["id"], entry=ids[0], goal=goal, slug=slug)
    ana.refused(409, "POST", "/hours/approve", {"entries": ids[:1]})
    visitor.refused(401, "GET", "/hours")

    # 4. and 5. Sam signs: all but a day, then the last; her goal shows both.
    seen = sam.get("/hours", status="submitted", worker=uid, limit=500)["results"]
    assert {one["id"] for one in seen} == set(ids)
    assert sam.post("/hours/return", {"entries": ids[:1], "reason": "Which group was it?"}) == {"done": 1}
    assert sam.refused(422, "POST", "/hours/return", {"entries": ids[:1]}).fields == {"reason"}
    corrected = ana.patch(f"/hours/{ids[0]}", {"domain": "group_facilitation"})
    assert corrected["status"] == "submitted"
    assert sam.post("/hours/approve", {"entries": ids[:-1]}) == {"done": len(ids) - 1}
    live_stack.wait_until(lambda: experience()["have"] == HOURS - 8, "249 days to count", within=SOON)
    sam.post("/hours/approve", {"entries": ids[-1:]})
    live_stack.wait_until(lambda: experience()["verdict"] == "met", "the last day to count", within=SOON)
    sam.refused(409, "POST", "/hours/approve", {"entries": ids[-1:]})
    assert ana.get("/totals")["counted"] == HOURS * 60

    # 6. She states the rest with files that show it, and applies.
    state_the_rest(ana)
    live_stack.wait_until(lambda: ana.get(f"/goals/{goal}")["status"] == "waiting", "what she stated to show")
    draft = ana.post("/applications", {"level": LEVEL})
    number = draft["number"]
    ben.refused(404, "GET", f"/applications/{number}")
    ada.refused(404, "GET", f"/desk/applications/{number}")  # a draft is hers alone
    items = {item["kind"]: item["id"] for item in draft["items"]}
    assert items.keys() == {"training", "references", "exam"}
    letter = a_file("letter.jpg", a_picture("JPEG"))
    ana.upload(f"/applications/{number}/items/{items['references']}/evidence", {"file": letter})
    ana.patch(f"/applications/{number}/items/{items['exam']}", {"answer": "Taken online."})
    handed_in = ana.post(f"/applications/{number}/submit")
    assert (handed_in["status"], handed_in["findings"]["verdict"]) == ("submitted", "waiting")
    ana.refused(409, "PATCH", f"/applications/{number}/items/{items['exam']}", {"answer": "Too late."})

    # 7. The authority works it: asks for more once, is answered, accepts, approves.
    there = f"/desk/applications/{number}"
    for stranger in (ana, ben, sam, olive):
        stranger.refused(404, "GET", there)
        stranger.refused(404, "POST", f"{there}/approve")
    [line] = ada.get("/desk/applications", assigned="nobody")["results"]
    assert (line["number"], line["worker"]) == (number, "Ana Rivera")
    ada.post(f"{there}/assign")
    too_early = ada.refused(409, "POST", f"{there}/approve")
    assert "Not decided yet" in too_early.data["detail"]
    decide(ada, there, items, references=("asked", "The third letter is not signed."))
    assert ada.refused(422, "POST", f"{there}/return", {}).fields == {"reason"}
    assert ada.post(f"{there}/return", {"reason": "One letter is missing."})["status"] == "returned"

    asked = ana.get(f"/applications/{number}")
    [open_item] = [item for item in asked["items"] if item["decision"] == "asked"]
    assert (asked["reason"], open_item["reason"]) == (
        "One letter is missing.",
        "The third letter is not signed.",
    )
    signed = a_file("signed.pdf", A_PDF + b"% signed\n")
    ana.upload(f"/applications/{number}/items/{open_item['id']}/evidence", {"file": signed})
    assert ana.post(f"/applications/{number}/submit")["status"] == "submitted"

    ada.post(f"{there}/assign")
    item = next(one for one in ada.get(there)["items"] if one["kind"] == "references")
    files = {file["name"]: file["uid"] for file in item["evidence"]}
    opened = ada.download(f"{there}/files/{files['signed.pdf']}")
    assert (opened.kind, opened.body) == ("application/pdf", A_PDF + b"% signed\n")
    decide(ada, there, items, references=("accepted", ""))
    assert ada.get(there)["obstacles"] == []
    credential = ada.post(f"{there}/approve")["credential"]
    ada.refused(409, "POST", f"{there}/approve")
    assert [one["number"] for one in ana.get("/credentials", status="active")["results"]] == [credential]
    assert "application" in {look["what"] for look in ana.get("/looks")["results"]}

    # 8. Anyone verifies it, and learns nothing from a wrong name.
    good = visitor.get("/verify", number=credential, family_name="rivera")
    assert (good["good"], good["status"], good["level"]) == (True, "active", level["title"])
    wrong_name = visitor.refused(404, "GET", "/verify", number=credential, family_name="Riviera")
    unknown = another_number(credential)
    nobody = visitor.refused(404, "GET", "/verify", number=unknown, family_name="Rivera")
    assert wrong_name.data == nobody.data
    day_before = (date.fromisoformat(good["issued_on"]) - timedelta(days=1)).isoformat()
    past = visitor.get("/verify", number=credential, family_name="Rivera", on=day_before)
    assert (past["on"], past["good"], past["status"]) == (day_before, False, "not_issued")
    mistyped = credential[:-1] + ("B" if credential[-1] != "B" else "C")
    ask = {"number": mistyped, "family_name": "Rivera"}
    assert visitor.refused(422, "GET", "/verify", **ask).fields == {"number"}
    assert visitor.refused(422, "GET", "/verify").fields == {"number", "family_name"}
    visitor.refused(404, "GET", f"/register/{credential}")  # she did not choose to be listed

    # 9. The employer makes a ladder, places Ana, and sees her ready for the rung that asks for it.
    templates = [one["code"] for one in olive.get("/ladders/templates")]
    assert "four-tracks" in templates
    made = {"employer": slug, "template": "four-tracks", "title": "Our ladder"}
    ana.refused(404, "POST", "/ladders", made)
    ladder = olive.post("/ladders", made)
    rungs = {rung["code"]: rung["id"] for track in ladder["tracks"] for rung in track["rungs"]}
    ana.refused(404, "GET", f"/ladders/{ladder['id']}")  # a draft
    assert olive.post(f"/ladders/{ladder['id']}/publish")["published_at"]
    place = {
        "worker": uid,
        "rung": rungs["peer-specialist"],
        "started_on": (today - timedelta(days=30)).isoformat(),
    }
    ben.refused(404, "POST", "/placements", place)
    ana.refused(403, "POST", "/placements", place)
    olive.post("/placements", place)
    assert olive.refused(422, "POST", "/placements", place).fields == {"started_on"}

    def ready() -> list[dict[str, Any]]:
        found = olive.get("/readiness", employer=slug, when="now")["results"]
        return [one for one in found if one["rung"] == rungs["senior-peer-specialist"]]

    [row] = live_stack.wait_until(ready, "Ana on the board")
    assert (row["worker_name"], row["verdict"], row["lacking"]) == ("Ana Rivera", "met", [])
    assert olive.get(f"/readiness/{row['id']}")["findings"]["verdict"] == "met"
    sam.refused(404, "GET", "/readiness", employer=slug)

    aimed = ana.post("/rung-goals", {"rung": rungs["principal-peer-specialist"]})
    assert ana.refused(422, "POST", "/rung-goals", {"rung": aimed["rung"]}).fields == {"rung"}

    def far() -> list[dict[str, Any]]:
        return ana.get("/readiness", rung=aimed["rung"])["results"]

    [row] = live_stack.wait_until(far, "her goal on the ladder to be judged")
    assert row["remaining_minutes"] == (8_000 - HOURS) * 60


def test_whatever_is_wrong_with_a_request_is_told_as_a_problem(person):
    visitor, mia = person(), person("Mia", "Torres")

    visitor.refused(404, "GET", "/nowhere")
    visitor.refused(401, "GET", "/me")
    visitor.refused(405, "POST", "/verify", {})
    assert mia.refused(400, "POST", "/goals", b"{not json").data["detail"]
    mia.refused(415, "POST", "/goals", b"level=mha-ncps", kind="text/plain")
    assert mia.refused(422, "PATCH", "/me", {"language": "tlh"}).fields == {"language"}
    assert mia.refused(422, "POST", "/goals", {}).fields == {"level"}
    mia.refused(404, "POST", "/goals", {"level": LEVEL})  # she keeps no record
    assert len(mia.refused(422, "POST", "/employments", {}).fields) == 4
    Caller(mia.url, token="made-up").refused(401, "GET", "/me")


def leaf(finding: dict[str, Any], kind: str) -> dict[str, Any]:
    """The one leaf of a kind in a tree of findings."""
    if finding["kind"] == kind:
        return finding
    found = [leaf(child, kind) for child in finding.get("children", [])]
    return next((one for one in found if one), {})


def an_entry(job: dict[str, Any], day: date) -> dict[str, Any]:
    return {
        "client_id": str(uuid4()),
        "employment": job["id"],
        "day": day.isoformat(),
        "minutes": A_DAY,
        "domain": "advocacy",
    }


def state_the_rest(ana: Caller) -> None:
    """Training, three letters and the examination, each with a file that shows it."""
    training = {"kind": "training", "code": "peer_support", "minutes": 40 * 60, "day": "2024-03-01"}
    no_file = a_file("certificate.pdf", b"<html>not a PDF</html>")
    assert ana.refused(422, "POST", "/statements", {**training, "files": no_file}, multipart=True)
    assert ana.get("/statements")["results"] == []
    certificate = a_file("certificate.pdf", A_PDF)
    stated = ana.upload("/statements", {**training, "files": certificate})
    [file] = stated["evidence"]
    assert (file["name"], file["content_type"]) == ("certificate.pdf", "application/pdf")
    assert ana.download(f"/evidence/{file['uid']}").body == A_PDF
    ana.post("/statements", {"kind": "references", "code": "supervisor", "details": {"count": 3}})
    photo = ana.upload("/evidence", {"file": a_file("result.png", a_picture("PNG"))})
    exam = {"kind": "exam", "name": "NCPS multiple choice examination", "day": "2026-02-10"}
    assert ana.refused(422, "POST", "/statements", {"kind": "exam"}).fields == {"name"}
    ana.post("/statements", {**exam, "evidence": [photo["uid"]]})


def decide(ada: Caller, there: str, items: dict[str, int], *, references: tuple[str, str]) -> None:
    """Accept the training and the examination, and decide on the letters."""
    decision, reason = references
    for kind, pk in items.items():
        made = {"decision": decision, "reason": reason} if kind == "references" else {"decision": "accepted"}
        ada.post(f"{there}/items/{pk}/decision", made)


def strangers_find_nothing(
    ben: Caller, *, job: int, agreement: int, entry: int, goal: int, slug: str
) -> None:
    """What another worker's token finds of Ana's things."""
    for path in (
        f"/employments/{job}",
        f"/agreements/{agreement}",
        f"/hours/{entry}",
        f"/goals/{goal}",
        f"/organisations/{slug}/members",
    ):
        ben.refused(404, "GET", path)
    for path, data in (
        (f"/employments/{job}/confirm", None),
        (f"/organisations/{slug}/invitations", {"email": "ben@example.org", "role": "owner"}),
        ("/hours/approve", {"entries": [entry]}),
        ("/hours/return", {"entries": [entry], "reason": "No."}),
        (f"/hours/{entry}/amend", {"minutes": 60}),
    ):
        ben.refused(404, "POST", path, data)
    ben.refused(404, "DELETE", f"/goals/{goal}")
    new = {"employment": job, "supervisor": 1, "basis": "qualified-supervisor", "started_on": FIRST_DAY}
    assert ben.refused(422, "POST", "/agreements", new).fields == {"employment"}
    stolen = {"employment": job, "day": "2026-01-05", "minutes": 60, "domain": "advocacy"}
    assert ben.refused(422, "POST", "/hours", stolen).fields == {"employment"}


def another_number(credential: str) -> str:
    """A number that was never given out, with its right check character."""
    from certification.numbers import credential_number

    return credential_number(credential.split("-", maxsplit=1)[0], 999_999)
