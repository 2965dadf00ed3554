"""Opening and sending pages of the record, as a test says it."""

from uuid import uuid4

from django.urls import reverse


def go(client, user, name, /, *args, **query):
    client.force_login(user)
    return client.get(reverse(f"workers:{name}", args=args), query)


def send(client, user, name, /, *args, **data):
    client.force_login(user)
    return client.post(reverse(f"workers:{name}", args=args), data)


def row(job, n=0, **fields):
    given = {
        "day": "2026-06-09",
        "hours": "7:30",
        "domain": "advocacy",
        "mode": "in_person",
        "employment": job.employment.pk,
        "starts": "",
        "note": "",
        **fields,
    }
    return {f"hours-{n}-{name}": value for name, value in given.items()}


def page_of(*rows, **more):
    data = {"hours-TOTAL_FORMS": len(rows), "hours-INITIAL_FORMS": 0, "batch": str(uuid4()), **more}
    for part in rows:
        data |= part
    return data


def quick(job, **fields):
    """What the page for one entry sends."""
    return {
        "length": "",
        "hours": "7:30",
        "day": "2026-06-09",
        "employment": job.employment.pk,
        "domain": "advocacy",
        "mode": "in_person",
        "starts": "",
        "work": "",
        "note": "",
        "client_id": str(uuid4()),
        "timer": "",
        **fields,
    }
