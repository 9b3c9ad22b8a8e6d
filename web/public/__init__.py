"""What everybody may see: the form to be called back."""

from flask import Blueprint

blueprint = Blueprint("public", __name__, template_folder="templates")
