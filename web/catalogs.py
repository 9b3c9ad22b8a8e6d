"""Keeps the catalogs of translations complete: `python -m web.catalogs` after texts of the pages changed.

Collects every text for people from the templates and the code of `web/` and merges it into the .po files; what
is new has an empty translation, which a test refuses.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from web.i18n import FOLDER, LANGUAGES

WEB = Path(__file__).parent
METHODS = [
    ("**.py", "python"),
    ("templates/**.html", "jinja2.ext.babel_extract"),
    ("**/templates/**.html", "jinja2.ext.babel_extract"),
]
KEYWORDS = {"_": None, "_now": None, "_l": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
SOURCE = "en"


def collect() -> Catalog:
    """All texts for people, without translations."""
    found = Catalog(project="Ringback", charset="utf-8")
    options = {"**.html": {"trimmed": "true"}}
    for name, line, text, comments, context in extract_from_dir(WEB, METHODS, options, keywords=KEYWORDS):
        found.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return found


def path_of(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def update() -> dict[str, list[str]]:
    """Merges the texts into each catalog; the texts that lack a translation by language."""
    lacking = {}
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        path = path_of(language)
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        catalog.update(collect(), no_fuzzy_matching=True, update_header_comment=False)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
        lacking[language] = [str(message.id) for message in catalog if message.id and not message.string]
    return lacking


if __name__ == "__main__":
    for code, texts in update().items():
        print(f"{code}: {len(texts)} without translation", *texts, sep="\n  ")
