"""What happens to a credential, in one line of text for its worker's chain; see workers/chaining.py."""

from workers.chaining import Facts, moment

KINDS = ("issued", "renewed", "suspended", "reinstated", "revoked", "surrendered")

#: An event with all that the credential itself says.
CREDENTIALS = Facts(
    table="certification_credentialevent",
    kinds=tuple(f"credential.{kind}" for kind in KINDS),
    select=f"""
        SELECT c.worker_id, 'credential.' || e.kind AS kind, e.id AS subject, jsonb_build_array(
            e.id, e.credential_id, e.kind, e.effective_on, e.expires_on, e.reason, e.recorded_by_id,
            {moment("e.recorded_on")},
            c.number, c.worker_id, c.level_id, c.authority_id, c.standard_id, c.application_id,
            c.given_name, c.family_name, {moment("c.created_at")}
        )::text AS content
        FROM {{table}} e JOIN certification_credential c ON c.id = e.credential_id
    """,  # noqa: S608 (names of our own)
)
