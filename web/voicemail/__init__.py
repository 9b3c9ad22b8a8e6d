"""Messages that callers left: the inbox, one message, hearing it, calling back."""

from flask import Blueprint

blueprint = Blueprint("voicemail", __name__, template_folder="templates")
