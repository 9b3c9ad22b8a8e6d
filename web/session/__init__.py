"""Coming in and going out: sign-in, sign-out, one's own password, language and look."""

from flask import Blueprint

blueprint = Blueprint("session", __name__, template_folder="templates")
