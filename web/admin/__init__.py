"""The program itself: people who sign in, keys of programs, the vocabulary, work that failed too often."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, template_folder="templates")
