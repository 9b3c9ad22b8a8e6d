"""Goals of figures: what is wanted by when, how far it is, and what became of it."""

from flask import Blueprint

blueprint = Blueprint("goals", __name__, template_folder="templates")
