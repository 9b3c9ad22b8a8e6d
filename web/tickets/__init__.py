"""A ticket: who, about what, which calls, what happened; and calling its customer back."""

from flask import Blueprint

blueprint = Blueprint("tickets", __name__, template_folder="templates")
