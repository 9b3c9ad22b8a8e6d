"""Nuisance callers: the list, putting a number on it from a call or by typing it, taking it off again."""

from flask import Blueprint

blueprint = Blueprint("nuisance", __name__, template_folder="templates")
