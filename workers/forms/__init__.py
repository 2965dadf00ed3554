"""Forms: what was typed, as the actions take it. The rules are the actions'."""
