"""The library's pages: marks on a call, playlists and clips, playing them, and what is assigned to whom."""

from flask import Blueprint

blueprint = Blueprint("library", __name__, template_folder="templates")
