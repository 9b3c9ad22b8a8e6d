"""Legal holds, erasures with their certificates, and who listened to whom."""

from flask import Blueprint

blueprint = Blueprint("privacy", __name__, template_folder="templates")
