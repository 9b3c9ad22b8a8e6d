"""Searching what was said, and the searches that a person keeps."""

from flask import Blueprint

blueprint = Blueprint("search", __name__, template_folder="templates")
