"""The chain: whatever is accepted is linked to what was accepted before, worker by worker, by trigger.

A fact is a row that will not change any more: an approved entry, that it was put aside, an event of a
credential. Its content is a line of text that anybody can write down again from the row (docs/ledger.md).
A link holds the SHA-256 of that line, and the SHA-256 of the link before it together with its own words:

    fingerprint = sha256(content)
    hash = sha256(hash of the link before || [worker, position, kind, subject, fingerprint, made at])

So no link can be changed, taken out or put in without all links after it. `workers_chainhead` keeps the last
position and hash of each worker; its row is the lock that makes writers of one chain take turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pgtrigger
from django.db import connection


@dataclass(frozen=True)
class Facts:
    """One kind of row that is chained.

    `select` yields worker_id, kind, subject and content for the facts among the rows of `{table}`; `kinds`
    are all that it may yield. A content that takes another form later is a new kind.
    """

    table: str
    kinds: tuple[str, ...]
    select: str

    def of(self, table: str) -> str:
        return self.select.format(table=table)


def moment(column: str) -> str:
    """A timestamp in a form that no setting of the session changes."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def sha256(text: str) -> str:
    return f"sha256(convert_to({text}, 'UTF8'))"


def header(link: str) -> str:
    """What a link says of itself; `link` is the alias of a row with the columns of `workers_chainlink`."""
    return (
        f"jsonb_build_array({link}.worker_id, {link}.position, {link}.kind, {link}.subject,"
        f" encode({link}.fingerprint, 'hex'), {moment(f'{link}.made_at')})::text"
    )


def chained(facts: Facts, *operations: pgtrigger.Operation) -> list[pgtrigger.Trigger]:
    """Triggers that append a link for each fact among the rows that a statement wrote."""
    return [
        pgtrigger.Trigger(
            name=f"chain_{operation.name.lower()}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=_WRITTEN[operation],
            declare=[
                ("fact", "record"),
                ("link", "workers_chainlink"),
                ("links", "workers_chainlink[] := '{}'"),
            ],
            func=_APPEND.format(facts=facts.of("new_rows")),
        )
        for operation in operations
    ]


_WRITTEN = {
    pgtrigger.Insert: pgtrigger.Referencing(new="new_rows"),
    pgtrigger.Update: pgtrigger.Referencing(old="old_rows", new="new_rows"),
}

# The heads are taken in the order of the workers, so that two statements cannot block each other.
_APPEND = f"""
    link.made_at := clock_timestamp();
    FOR fact IN
        SELECT f.worker_id, f.kind, f.subject, {sha256("f.content")} AS fingerprint FROM ({{facts}}) AS f
        WHERE NOT EXISTS (
            SELECT FROM workers_chainlink known WHERE known.kind = f.kind AND known.subject = f.subject
        )
        ORDER BY f.worker_id, f.subject, f.kind
    LOOP
        IF link.worker_id IS DISTINCT FROM fact.worker_id THEN
            UPDATE workers_chainhead SET position = link.position, hash = link.hash
            WHERE worker_id = link.worker_id;
            link.worker_id := fact.worker_id;
            SELECT h.position, h.hash INTO link.position, link.hash
            FROM workers_chainhead h WHERE h.worker_id = fact.worker_id FOR UPDATE;
            IF NOT FOUND THEN
                INSERT INTO workers_chainhead (worker_id, position, hash)
                VALUES (fact.worker_id, 0, '') ON CONFLICT DO NOTHING;
                SELECT h.position, h.hash INTO STRICT link.position, link.hash
                FROM workers_chainhead h WHERE h.worker_id = fact.worker_id FOR UPDATE;
            END IF;
        END IF;
        link.position := link.position + 1;
        link.kind := fact.kind;
        link.subject := fact.subject;
        link.fingerprint := fact.fingerprint;
        link.hash := sha256(link.hash || convert_to({header("link")}, 'UTF8'));
        links := links || link;
    END LOOP;
    UPDATE workers_chainhead SET position = link.position, hash = link.hash WHERE worker_id = link.worker_id;
    INSERT INTO workers_chainlink (worker_id, position, kind, subject, fingerprint, hash, made_at)
    SELECT l.worker_id, l.position, l.kind, l.subject, l.fingerprint, l.hash, l.made_at
    FROM unnest(links) WITH ORDINALITY AS l ORDER BY ordinality;
    RETURN NULL;
"""  # noqa: S608 (names of our own)


def hold(worker_ids: Sequence[int]) -> None:
    """Take the turns at these workers' chains, in one order, before several statements write to them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM workers_chainhead WHERE worker_id = ANY (%s) ORDER BY worker_id FOR UPDATE",
            [list(worker_ids)],
        )


def only_by_trigger() -> pgtrigger.Trigger:
    """Nobody writes to the chain by hand."""
    return pgtrigger.Trigger(
        name="only_by_trigger",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'Peerladder: % is written by triggers alone', TG_TABLE_NAME;
            END IF;
            RETURN NULL;
        """,
    )
