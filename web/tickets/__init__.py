"""Tickets: the work list; of each who, about what, which calls, what happened, and what people do with it."""

from flask import Blueprint

blueprint = Blueprint("tickets", __name__, template_folder="templates")
