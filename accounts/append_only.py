"""Tables that only grow: the database refuses to change or empty them."""

import pgtrigger

#: Tests empty whole tables between transactional tests; nobody else may. The setting is made on the test
#: connection only.
NOT_TESTING = "current_setting('peerladder.allow_truncate', true) IS DISTINCT FROM 'on'"


def append_only() -> list[pgtrigger.Trigger]:
    """Refuse UPDATE, DELETE and TRUNCATE."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        never_emptied(),
    ]


def never_emptied() -> pgtrigger.Trigger:
    """Refuse TRUNCATE, which row triggers do not see."""
    return pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        condition=pgtrigger.Condition(NOT_TESTING),
        func="RAISE EXCEPTION 'Peerladder: % is never emptied', TG_TABLE_NAME;",
    )
