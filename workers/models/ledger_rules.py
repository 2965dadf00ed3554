"""The rules of the ledger as triggers: what no page, command or plain SQL can get around."""

import pgtrigger

#: An entry that takes up its worker's time: an amendment does so only once it is approved, for until then the
#: entry that it amends still does.
LIVE = "status <> 'returned' AND NOT superseded AND (amends_id IS NULL OR status = 'approved')"

_NEW = pgtrigger.Referencing(new="new_rows")
_OLD = pgtrigger.Referencing(old="old_rows")
_BOTH = pgtrigger.Referencing(old="old_rows", new="new_rows")


def approved_is_final() -> pgtrigger.Trigger:
    """Only the approval of an amendment, by its own trigger, puts an approved entry aside."""
    return pgtrigger.Trigger(
        name="approved_is_final",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.status = 'approved'"),
        func="""
            IF TG_OP = 'UPDATE' AND NEW.superseded AND NOT OLD.superseded AND pg_trigger_depth() > 1
                AND to_jsonb(NEW) - 'superseded' = to_jsonb(OLD) - 'superseded'
                AND EXISTS (
                    SELECT FROM workers_hourentry amendment
                    WHERE amendment.amends_id = OLD.id AND amendment.status IN ('submitted', 'approved')
                )
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'Approved hours are amended, never edited or deleted.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_approved_are_final';
        """,
    )


def amendment_replaces() -> pgtrigger.Trigger:
    """What approves an amendment puts the amended entry aside, so that totals never count both."""
    return pgtrigger.Trigger(
        name="amendment_replaces",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Insert,
        condition=pgtrigger.Condition(
            "NEW.status = 'approved' AND NEW.amends_id IS NOT NULL AND NOT NEW.superseded"
        ),
        func="""
            IF TG_OP = 'UPDATE' AND OLD.status = 'approved' THEN
                RETURN NEW;
            END IF;
            UPDATE workers_hourentry SET superseded = true
            WHERE id = NEW.amends_id AND worker_id = NEW.worker_id AND status = 'approved' AND NOT superseded;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'The amended entry is not approved, or was amended before.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_amended_once';
            END IF;
            RETURN NEW;
        """,
    )


def signed_by_another() -> list[pgtrigger.Trigger]:
    """Nobody signs their own hours, and nobody under an agreement about somebody else."""
    return [
        _statement(f"signed_by_another_{name}", operation, _NEW, _SIGNED_BY_ANOTHER)
        for name, operation in [("insert", pgtrigger.Insert), ("update", pgtrigger.Update)]
    ]


# The lock keeps the agreements' days still until this transaction ends, as below those of the jobs: who
# ends one at the same moment waits and finds what was signed, or is waited for and found.
_SIGNED_BY_ANOTHER = """
    PERFORM FROM workers_agreement a
    WHERE a.id IN (SELECT agreement_id FROM new_rows WHERE status = 'approved') ORDER BY a.id FOR SHARE;
    IF EXISTS (
        SELECT FROM new_rows n JOIN workers_worker w ON w.id = n.worker_id
        WHERE n.status = 'approved' AND w.user_id = n.decided_by_id
    ) THEN
        RAISE EXCEPTION 'Nobody approves their own hours.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_not_approved_by_oneself';
    END IF;
    IF EXISTS (
        SELECT FROM new_rows n JOIN workers_agreement a ON a.id = n.agreement_id
        WHERE n.status = 'approved' AND (
            a.worker_id <> n.worker_id OR n.day < a.started_on OR n.day > coalesce(a.ended_on, 'infinity')
        )
    ) THEN
        RAISE EXCEPTION 'The agreement is not about these hours.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_signed_under_their_agreement';
    END IF;
    RETURN NULL;
"""


def within_employment() -> list[pgtrigger.Trigger]:
    return [
        _statement(f"within_employment_{name}", operation, _NEW, _WITHIN_EMPLOYMENT)
        for name, operation in [("insert", pgtrigger.Insert), ("update", pgtrigger.Update)]
    ]


# The lock keeps the employment's dates still until this transaction ends.
_WITHIN_EMPLOYMENT = """
    PERFORM FROM workers_employment e
    WHERE e.id IN (SELECT employment_id FROM new_rows) ORDER BY e.id FOR SHARE;
    IF EXISTS (
        SELECT FROM new_rows n JOIN workers_employment e ON e.id = n.employment_id
        WHERE e.worker_id <> n.worker_id OR n.day < e.started_on OR n.day > e.ended_on
    ) THEN
        RAISE EXCEPTION 'Hours lie outside the employment.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_within_employment';
    END IF;
    RETURN NULL;
"""


def fill_day() -> list[pgtrigger.Trigger]:
    """Keep `WorkDay`, whose check holds the 24 hours however many write at once."""
    added, removed = _minutes("", "new_rows"), _minutes("-", "old_rows")
    return [
        _statement("fill_day_insert", pgtrigger.Insert, _NEW, _FILL_DAY.format(rows=added)),
        _statement(
            "fill_day_update",
            pgtrigger.Update,
            _BOTH,
            _FILL_DAY.format(rows=f"{removed} UNION ALL {added}"),
        ),
        _statement("fill_day_delete", pgtrigger.Delete, _OLD, _FILL_DAY.format(rows=removed)),
    ]


def _minutes(sign: str, table: str) -> str:
    return f"SELECT worker_id, day, {sign}minutes::int AS minutes FROM {table} WHERE {LIVE}"  # noqa: S608


# Less and more are two statements, for a row proposed to an upsert must itself pass the check. Both go
# through the days in one order, so that two transactions cannot block each other.
_FILL_DAY = """
    WITH change AS (
        SELECT worker_id, day, sum(minutes) AS minutes FROM ({rows}) AS rows
        GROUP BY worker_id, day HAVING sum(minutes) < 0 ORDER BY worker_id, day
    )
    UPDATE workers_workday d SET minutes = d.minutes + change.minutes
    FROM change WHERE d.worker_id = change.worker_id AND d.day = change.day;
    INSERT INTO workers_workday AS d (worker_id, day, minutes)
    SELECT worker_id, day, sum(minutes) FROM ({rows}) AS rows
    GROUP BY worker_id, day HAVING sum(minutes) > 0 ORDER BY worker_id, day
    ON CONFLICT (worker_id, day) DO UPDATE SET minutes = d.minutes + excluded.minutes;
    RETURN NULL;
"""


def _statement(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, func: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=func,
    )
