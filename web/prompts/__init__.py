"""What callers hear: all prompts in use, one of them, and recordings of the owner's own."""

from flask import Blueprint

blueprint = Blueprint("prompts", __name__, template_folder="templates")
