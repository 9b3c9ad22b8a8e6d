"""Promises to call back: the board, one promise, the form at a call or a ticket, hearing why a call is wanted."""

from flask import Blueprint

blueprint = Blueprint("callbacks", __name__, template_folder="templates")
