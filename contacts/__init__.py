"""Persons: their numbers and addresses, found, corrected, merged, brought and taken as files.

Owns the points of a person (`ContactPoint`), the words by which persons are found, merges and imports; the person's row
itself is `calls.models.Contact`. Leaves to tickets whose conversation a ticket is, to channels what may be sent where.
"""
