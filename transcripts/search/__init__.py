"""Searching what was said: the index, the query language, ranking, saved searches that raise alarms."""
