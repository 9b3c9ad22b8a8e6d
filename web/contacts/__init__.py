"""Persons: the list, one person, merging, files in and out, and the card of the person at a ticket."""

from flask import Blueprint

blueprint = Blueprint("contacts", __name__, template_folder="templates")
