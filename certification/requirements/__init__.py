"""The requirement language: what a standard or a rung asks, and whether one worker meets it.

Pure Python, without Django. `language.parse` reads a requirement, `record.parse_record` a worker's
record, `explain.explain` judges the one by the other. docs/requirements.md says how each part is read.
"""
