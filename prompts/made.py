"""The note beside sounds that Ringback made, `made.json`: from what each was made, and that it is still ours.

By it a text is spoken again when it changed, and a person's own recording is told from a sound that was made of words.
"""

import hashlib
import json
import secrets
from pathlib import Path

from prompts.errors import PromptBuildError


class MadeNote:
    """The note beside the sounds: from which recipe each was made, and the digest that shows it is still ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, dict[str, str]] = {}
        if path.exists():
            try:
                self._entries = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise PromptBuildError("prompts.damaged", file=path) from error
            if not isinstance(self._entries, dict) or not all(isinstance(e, dict) for e in self._entries.values()):
                raise PromptBuildError("prompts.damaged", file=path)

    def is_ours(self, file: Path) -> bool:
        return self._entries.get(file.stem, {}).get("sound") == digest(file.read_bytes())

    def recipe(self, file: Path) -> str | None:
        return self._entries.get(file.stem, {}).get("recipe")

    def note(self, file: Path, recipe: str) -> None:
        self._entries[file.stem] = {"recipe": recipe, "sound": digest(file.read_bytes())}
        put(self._path, (json.dumps(self._entries, indent=1, sort_keys=True) + "\n").encode())


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(file: Path, data: bytes) -> None:
    """Writes a file that is there whole or not at all, whoever else writes it meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.stem}.{secrets.token_hex(4)}.new")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
