"""The record by API: the same actions and the same lookups as the pages."""
