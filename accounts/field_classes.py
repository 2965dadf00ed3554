"""Who may come to know each stored field. A field missing here fails the tests.

Add the fields of a new model under its label; names are separated by spaces.
"""

from enum import StrEnum

from django.db import models


class FieldClass(StrEnum):
    #: Anyone may see it, signed in or not.
    PUBLIC = "public"
    #: The person it is about, and those of the organisations concerned whom the policy lets see it.
    ORGANISATION = "organisation"
    #: Tells who somebody is or what they lived through: as organisation, and never in a log, in the trail's
    #: data, in the subject of a message or in figures about small groups.
    SENSITIVE = "sensitive"
    #: Never shown to anyone, never exported.
    SECRET = "secret"  # noqa: S105 (a word, not a password)


PUBLIC, ORGANISATION, SENSITIVE, SECRET = FieldClass

CLASSES: dict[str, dict[FieldClass, str]] = {
    "accounts.User": {
        ORGANISATION: "id language time_zone wants_mail is_active is_staff is_superuser created_at",
        SENSITIVE: "email given_name family_name last_login groups user_permissions",
        SECRET: "password",
    },
    "accounts.Organisation": {PUBLIC: "id kind name slug state", ORGANISATION: "created_at"},
    "accounts.Membership": {ORGANISATION: "id user organisation role started_at ended_at"},
    "accounts.Invitation": {
        ORGANISATION: "id organisation role invited_by invited_on expires_at accepted_by accepted_on"
        " withdrawn_at",
        SENSITIVE: "email",
        SECRET: "token_digest",
    },
    "accounts.ApiClient": {
        ORGANISATION: "id organisation application name scopes made_by made_on secret_changed_on last_used_on"
        " revoked_by revoked_on",
    },
    "accounts.Event": {ORGANISATION: "id at verb actor subject_type subject_id organisation data"},
    "accounts.Access": {
        ORGANISATION: "id at viewer system organisation subject_type subject_id what",
        SENSITIVE: "about",
    },
    "accounts.Notice": {
        ORGANISATION: "id user url created_at read_at mail_due mailed_at",
        SENSITIVE: "message params",
    },
    "workers.Worker": {
        ORGANISATION: "id uid user state listed created_at",
        SENSITIVE: "given_name family_name born_on",
    },
    "workers.Employment": {
        ORGANISATION: "id worker employer title work pay state started_on ended_on confirmed_by confirmed_on",
    },
    "workers.Agreement": {
        ORGANISATION: "id worker supervisor employer basis started_on ended_on made_by made_on",
    },
    "workers.Delegate": {ORGANISATION: "id kind agreement user started_on ended_on"},
    "workers.Reminder": {ORGANISATION: "id key made_at"},
    "workers.SupervisorStatus": {
        ORGANISATION: "id supervisor basis voucher evidence started_on ended_on vouched_by vouched_on"
        " withdrawn_by withdrawn_on",
    },
    "workers.SupervisionSession": {
        ORGANISATION: "id worker agreement day minutes format domain topics basis recorded_at confirmed_by"
        " confirmed_on",
    },
    "workers.HourEntry": {
        ORGANISATION: "id worker employment client_id day starts minutes work domain mode pay state practicum"
        " status recorded_at submitted_at decided_by decided_on supervised agreement signed_as signature"
        " amends superseded source",
        # Free text: it may say more than it should, about the worker or the people they support.
        SENSITIVE: "note reason",
    },
    "workers.Import": {
        ORGANISATION: "id uid kind status worker organisation uploaded_by uploaded_on size reading problem"
        " rows wrong present stored position confirmed_at finished_at",
        SENSITIVE: "file name sha256",
    },
    "workers.ImportRow": {
        ORGANISATION: "id source place worker_id employment_id client_id draft day starts minutes work"
        " domain mode pay state practicum",
        SENSITIVE: "note data",
    },
    "workers.ImportProblem": {
        ORGANISATION: "id source place field weight",
        SENSITIVE: "message found",
    },
    "workers.RosterLine": {
        ORGANISATION: "id source place employer title work pay state started_on ended_on supervisor basis"
        " supervised_from answered_at employment withdrawn_at",
        SENSITIVE: "email given_name family_name",
    },
    "workers.Transcript": {
        # Whoever holds the document reads these in it.
        ORGANISATION: "id uid worker issued_at sha256 key_id signature approved_minutes supervised_minutes"
        " pending_minutes first_day last_day",
        SENSITIVE: "content",
    },
    "workers.Declaration": {PUBLIC: "id version language text", ORGANISATION: "first_used_at"},
    "workers.SigningLink": {
        ORGANISATION: "id worker employment agreement entries asked_by asked_on expires_at used_on declined"
        " withdrawn_on",
        SENSITIVE: "email",
        SECRET: "token_digest",
    },
    "workers.Signature": {
        ORGANISATION: "id signed_at signer link declaration fingerprint entries minutes",
        SENSITIVE: "name role relationship",
    },
    # Hashes, and which rows they are about: nothing can be read from them.
    "workers.ChainLink": {ORGANISATION: "id worker position kind subject fingerprint hash made_at"},
    "workers.ChainHead": {ORGANISATION: "worker position hash"},
    "workers.Seal": {ORGANISATION: "id number first_link last_link links made_at root code"},
    "workers.HourChange": {ORGANISATION: "id worker employer entry_id written_in"},
    "workers.WorkDay": {ORGANISATION: "worker day minutes"},
    "workers.Timer": {ORGANISATION: "worker started_at stopped_at"},
    "workers.Pattern": {ORGANISATION: "id employment weekdays starts minutes domain mode"},
    "workers.Evidence": {
        ORGANISATION: "id uid worker content_type size uploaded_by uploaded_on",
        SENSITIVE: "file name sha256",
    },
    "workers.Statement": {
        ORGANISATION: "id worker stated_at withdrawn_at",
        # Time in recovery, lived experience and background checks are stated here as well.
        SENSITIVE: "kind code name day until minutes amount details evidence",
    },
    "workers.Course": {
        PUBLIC: "id provider kind title code minutes by_topic mode",
        ORGANISATION: "made_by made_on retired_by retired_on",
    },
    "workers.Completion": {
        ORGANISATION: "id course client_id day uploaded_by uploaded_on status decided_by decided_on statement"
        " mail_due",
        SENSITIVE: "email record percent",
    },
    "workers.Mark": {ORGANISATION: "id worker marked_at"},
    "workers.Total": {
        ORGANISATION: "id worker month standing work domain pay state supervised practicum minutes",
    },
    "workers.Tally": {
        ORGANISATION: "id worker work domain pay state supervised practicum began minutes months first_day"
        " last_day",
    },
    "certification.Jurisdiction": {
        PUBLIC: "id code name status body_name body_url medicaid_reimburses notes sources_searched",
    },
    "certification.Authority": {
        PUBLIC: "id jurisdiction name url organisation number_prefix",
        ORGANISATION: "last_number",
    },
    "certification.Program": {
        PUBLIC: "id jurisdiction authority code title abbreviation focus population regulation reciprocity"
        " withdrawn_at",
    },
    "certification.Level": {PUBLIC: "id program code title abbreviation rank role endorses withdrawn_at"},
    "certification.Standard": {
        PUBLIC: "id level code revision status in_force in_force_stated effective_from effective_until as_of"
        " requires renewal term_months expires_on grace_months renewals_at_most sources confidence"
        " renewal_confidence unclear partial digest published_at withdrawn_at",
    },
    "certification.Application": {
        ORGANISATION: "id number kind worker level authority standard status started_at submitted_by"
        " submitted_on assigned_to decided_by decided_on",
        SENSITIVE: "reason findings",
    },
    "certification.ApplicationItem": {
        ORGANISATION: "id application position path kind requirement decision decided_by decided_on",
        SENSITIVE: "answer reason statements evidence",
    },
    "certification.Ruling": {
        ORGANISATION: "id application path what decided_by decided_on",
        SENSITIVE: "reason",
    },
    "certification.CourseApproval": {
        PUBLIC: "id authority course started_on ended_on",
        ORGANISATION: "approved_by approved_on",
    },
    "certification.Acceptance": {
        ORGANISATION: "id authority worker statement item approval accepted_by accepted_on revoked_by"
        " revoked_on",
    },
    "certification.Credential": {
        # Public to whoever knows number and family name, or where the worker chose to be listed.
        ORGANISATION: "id number worker level authority standard application created_at"
        " given_name family_name",
    },
    "certification.CredentialEvent": {
        ORGANISATION: "id credential kind effective_on expires_on recorded_by recorded_on",
        SENSITIVE: "reason",
    },
    "certification.Goal": {ORGANISATION: "id worker level chosen_at"},
    "certification.Progress": {
        ORGANISATION: "id on verdict can_apply remaining_minutes reached_on computed_at goal standard",
        SENSITIVE: "tree outlook",
    },
    "certification.RecordImport": {
        ORGANISATION: "id worker sha256 imported_by imported_on undone_by undone_on",
        SENSITIVE: "statements hours",
    },
    "ladder.Ladder": {ORGANISATION: "id employer title summary template published_at created_at"},
    "ladder.Track": {ORGANISATION: "id ladder title kind position"},
    "ladder.Rung": {
        ORGANISATION: "id track code title purpose duties height requires wage_unit wage_low wage_high"
        " wage_note",
    },
    "ladder.Step": {ORGANISATION: "id below above"},
    "ladder.Placement": {
        ORGANISATION: "id worker employer rung started_on ended_on placed_by placed_on",
        SENSITIVE: "wage",
    },
    "ladder.RungGoal": {ORGANISATION: "id worker rung chosen_at"},
    "ladder.Readiness": {
        ORGANISATION: "id on verdict can_apply remaining_minutes reached_on computed_at worker rung",
        SENSITIVE: "tree",
    },
}


def classes_of(model: type[models.Model]) -> dict[str, FieldClass]:
    """Name of each field of `model` that is classed -> its class."""
    classed = CLASSES.get(model._meta.label, {})
    return {name: field_class for field_class, names in classed.items() for name in names.split()}


def class_of(model: type[models.Model], field: str) -> FieldClass:
    """Raises KeyError for a field without a class."""
    return classes_of(model)[field]
