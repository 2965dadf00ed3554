"""Pages of the record, of signing and of an employer's people."""
