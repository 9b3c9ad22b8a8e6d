"""Reports that are sent by mail: what, to whom, when, and what became of each."""
