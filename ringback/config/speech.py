"""How speech becomes text."""

from typing import Annotated, Literal

from pydantic import Field

from ringback.config.base import Language, Model, form
from ringback.config.places import Folder


class Speech(Model):
    engine: Literal["auto", "vosk", "whisper"] = "auto"
    """auto: Vosk where a model of the language is installed, else Whisper."""
    vosk_models: dict[Language, Folder] = {}
    """Folders of Vosk models by language; empty: those under <data>/models that were fetched."""
    vocabulary: dict[
        Language,
        Annotated[
            list[Annotated[str, form(r"^[\w'’.&+-]+( [\w'’.&+-]+){0,3}$", "ringback.form_vocabulary", strip=True)]],
            Field(max_length=60),
        ],
    ] = {}
    """Own words that the recogniser is told, e.g. names of products: `{en: [Ringback, Zammad]}`. Whisper alone can be
    told; what Vosk knows is fixed in its model."""
    answers_port: int = Field(5039, ge=1, le=65535)
    """Where, on this machine, Asterisk finds the process that hears callers who say their answer to a menu."""
