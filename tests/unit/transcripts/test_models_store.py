"""Speech models on the disk: chosen, put together, and what is said when there is none."""

import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ringback.config import Settings, Speech
from transcripts.engines import models_store
from transcripts.engines.loaded import Engines
from transcripts.errors import ModelError


def fake_vosk(folder: Path) -> Path:
    """What looks like a model until it is loaded."""
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"not a model")
    return folder


def test_auto_takes_vosk_where_it_is_installed_and_whisper_else(settings: Settings) -> None:
    folder = fake_vosk(settings.data / "models" / "vosk" / "ru")
    assert models_store.choose(settings, "ru") == models_store.Choice("vosk", folder)
    assert models_store.choose(settings, "en").engine == "whisper"
    only_whisper = settings.model_copy(update={"speech": Speech(engine="whisper")})
    assert models_store.choose(only_whisper, "ru").engine == "whisper"
    assert [each.engine for each in models_store.installed(settings)] == ["vosk", "whisper"]


def test_vosk_alone_without_a_model_says_how_to_get_one(settings: Settings) -> None:
    only_vosk = settings.model_copy(update={"speech": Speech(engine="vosk")})
    with pytest.raises(ModelError, match="ringback models fetch en"):
        models_store.choose(only_vosk, "en")


def test_a_folder_that_is_no_model_is_said_so(settings: Settings, tmp_path: Path) -> None:
    given = settings.model_copy(update={"speech": Speech(vosk_models={"en": tmp_path})})
    with pytest.raises(ModelError, match="is not a Vosk model"):
        Engines(given).get("en")
    fake_vosk(settings.data / "models" / "vosk" / "ru")
    with pytest.raises(ModelError, match="damaged"):
        Engines(settings).get("ru")


def test_whisper_is_joined_once_and_whole(settings: Settings) -> None:
    told: list[tuple[str, int, int]] = []
    folder = models_store.whisper_folder(settings, lambda *progress: told.append(progress))
    assert told[-1][1] == told[-1][2] == (folder / "model.bin").stat().st_size
    assert [p.name for p in folder.parent.iterdir()] == ["whisper-base"]
    told.clear()
    assert models_store.whisper_folder(settings, lambda *progress: told.append(progress)) == folder
    assert told == []


def test_a_whisper_folder_that_is_no_model_is_said_so(settings: Settings) -> None:
    folder = settings.data / "models" / "whisper-base"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="no Whisper model"):
        Engines(settings).get("en")


def test_without_a_network_one_line_says_so_and_the_second_start_does_not_wait(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import vosk

    monkeypatch.setattr(vosk, "MODEL_LIST_URL", "https://127.0.0.1:1/model-list.json")
    (line,) = models_store.prepare(settings)
    assert "cannot be reached" in line
    assert line.startswith("Speech to text: Whisper listens, for no Vosk model could be fetched.")
    assert models_store.choose(settings, "en").engine == "whisper"
    assert models_store.prepare(settings) == []
    with pytest.raises(ModelError, match="cannot be reached"):
        models_store.fetch(settings, "en")


@pytest.mark.parametrize("language", ["../x", "", "a b"])
def test_no_language_leaves_the_folder(settings: Settings, language: str) -> None:
    with pytest.raises(ModelError):
        models_store.fetch(settings, language)
    assert models_store.vosk_folder(settings, language) is None


def archive(names: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, data in names.items():
            file.writestr(name, data)
    return packed.getvalue()


def test_an_archive_is_unpacked_inside_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(archive({"vosk-model/am/final.mdl": b"x", "../../outside": b"x"}))
    into = tmp_path / "deep" / "deeper"
    assert models_store._unpack(path, into).name == "vosk-model"
    assert not (tmp_path / "outside").exists()
    path.write_bytes(archive({"readme": b"x"}))
    with pytest.raises(ModelError, match="holds no model"):
        models_store._unpack(path, tmp_path / "other")
    path.write_bytes(b"no archive")
    with pytest.raises(ModelError, match="no archive"):
        models_store._unpack(path, tmp_path / "third")


def test_only_https_is_fetched() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(ModelError, match="not an https address"):
            models_store._read_url(f"http://127.0.0.1:{server.server_port}/", 1.0)
    finally:
        server.shutdown()
        server.server_close()
