from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# `registry_name` is what two spellings of a name have in common. It is declared immutable, so that an index
# can rest on it: its dictionary is named, and changes with a version of PostgreSQL only.
NAMES = """
    CREATE FUNCTION registry_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(lower(public.unaccent('public.unaccent', name)), '[^a-z0-9]+', ' ', 'g'));

    CREATE INDEX credential_by_name ON certification_credential
    USING gin (registry_name(given_name || ' ' || family_name) public.gin_trgm_ops);
"""

# The longest word, which comes first, leads through the index; each of the others has to be like a part of the
# name as well. Only the holders who chose to be listed, and only the likest: nobody reads through the register.
SEARCH = """
    CREATE FUNCTION registry_named(words text[], of_state text, of_level text, most integer)
    RETURNS TABLE (id bigint, likeness real)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET pg_trgm.word_similarity_threshold = 0.5
    AS $$
        SELECT c.id, (
            SELECT avg(word_similarity(word, c.name))::real FROM unnest(words) word
        ) likeness
        FROM (
            SELECT c.id, c.worker_id, c.level_id, registry_name(c.given_name || ' ' || c.family_name) name
            FROM certification_credential c
            WHERE registry_name(c.given_name || ' ' || c.family_name) %> words[1]
        ) c
        JOIN workers_worker w ON w.id = c.worker_id AND w.listed
        JOIN certification_level l ON l.id = c.level_id
        JOIN certification_program p ON p.id = l.program_id
        JOIN certification_jurisdiction j ON j.id = p.jurisdiction_id
        WHERE (of_state IS NULL OR j.code = of_state) AND (of_level IS NULL OR l.code = of_level)
            AND (SELECT bool_and(c.name %> word) FROM unnest(words[2:]) word) IS NOT FALSE
        ORDER BY likeness DESC, c.name, c.id
        LIMIT most
    $$;
"""


class Migration(migrations.Migration):
    """Names are found however they are spelled."""

    dependencies = [
        ("registry", "0001_unaccent"),
        ("certification", "0005_name_as_issued"),
        ("workers", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(
            NAMES, "DROP INDEX credential_by_name; DROP FUNCTION registry_name(text);"
        ),
        migrations.RunSQL(SEARCH, "DROP FUNCTION registry_named(text[], text, text, integer);"),
    ]
