"""Reports that leave the pages: as files, and by mail again and again."""

from flask import Blueprint

blueprint = Blueprint("sending", __name__, template_folder="templates")
