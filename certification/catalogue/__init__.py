"""The shipped standards as YAML and the reader of those files."""
