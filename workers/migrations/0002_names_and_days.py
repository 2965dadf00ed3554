"""What set-based judging needs: names that match whatever their case and spacing, and hours found by day."""

import json
import sys

import django.contrib.postgres.indexes
from django.db import migrations

# As `certification.requirements.values.name_key`: spaces go, case is folded, character by character, so that
# the database's own locale plays no part. Names in plain ASCII, nearly all of them, need no table.
FOLDED = {
    character: "" if character.isspace() else character.casefold()
    for character in map(chr, range(1, sys.maxunicode + 1))
    if character.isspace() or (character.casefold() != character and not 0xD800 <= ord(character) < 0xE000)
}
SPACES = "".join(character for character in FOLDED if character.isspace() and character.isascii())


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


FUNCTIONS = f"""
CREATE FUNCTION peerladder_fold(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT coalesce(string_agg(coalesce({text(json.dumps(FOLDED))}::jsonb ->> letter, letter), '' ORDER BY n), '')
    FROM string_to_table(name, NULL) WITH ORDINALITY AS letters(letter, n)
$body$;
CREATE FUNCTION peerladder_name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN octet_length(name) = char_length(name)
        THEN translate(lower(name COLLATE "C"), {text(SPACES)}, '') ELSE peerladder_fold(name) END
$body$;
"""  # noqa: S608 nothing of anybody else is put in


class Migration(migrations.Migration):
    dependencies = [("workers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FUNCTIONS, "DROP FUNCTION peerladder_name_key(text); DROP FUNCTION peerladder_fold(text);"
        ),
        migrations.AddIndex(
            model_name="hourentry",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["day"], name="hours_by_day", pages_per_range=32, autosummarize=True
            ),
        ),
    ]
