"""The settings: what is in force, the draft, publishing, history, the way back."""

from flask import Blueprint

blueprint = Blueprint("settings", __name__, template_folder="templates")
