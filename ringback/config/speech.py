"""How speech becomes text."""

from pathlib import Path
from typing import Literal

from ringback.config.base import Language, Model


class Speech(Model):
    engine: Literal["auto", "vosk", "whisper"] = "auto"
    """auto: Vosk where a model of the language is installed, else Whisper."""
    vosk_models: dict[Language, Path] = {}
    """Folders of Vosk models by language; empty: those under <data>/models that were fetched."""
