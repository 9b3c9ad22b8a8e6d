"""The pages of prompts: what callers hear, drafts of recordings, and files that come in pieces."""

import io
import re
import uuid

import numpy as np
import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient

from prompts import files, recorded
from prompts.uploads import PIECE_BYTES
from ringback.config import EntryPoint
from tests.support.calls import Store
from tests.support.pages import Client, app_of, signed_in

PAGE = "/prompts/en/welcome"


def hum(seconds: float = 1.0) -> bytes:
    file = io.BytesIO()
    time = np.arange(round(16000 * seconds)) / 16000
    soundfile.write(file, 0.2 * np.sin(2 * np.pi * 300 * time), 16000, format="WAV")
    return file.getvalue()


@pytest.fixture
def admin(app: Flask, signed: Client) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return signed("admin")


def send(client: FlaskClient, data: bytes, page: str = PAGE, source: str = "browser") -> tuple[int, dict[str, str]]:
    """As the page's script does."""
    upload = uuid.uuid4()
    for at in range(0, len(data), PIECE_BYTES):
        answer = client.post(f"{page}/pieces/{upload}/{at}", data=data[at : at + PIECE_BYTES])
        if answer.status_code != 200:
            return answer.status_code, answer.get_json()
    answer = client.post(f"{page}/draft", data={"upload": str(upload), "source": source})
    return answer.status_code, answer.get_json()


def test_the_list_says_text_length_and_source_of_each_prompt(admin: FlaskClient, store: Store) -> None:
    folder = files.own_folder(store.settings) / "en"
    folder.mkdir(parents=True)
    (folder / "goodbye.wav").write_bytes((files.SOUNDS / "en" / "welcome.wav").read_bytes())
    page = admin.get("/prompts").text
    row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*>welcome<.*?</tr>", page, re.DOTALL)
    assert row is not None
    seconds = files.seconds_of("en", "welcome")
    assert seconds is not None and f"{seconds:.1f} s" in row[0]
    assert "Hello, and thank you for calling." in row[0] and ">Shipped<" in row[0]
    assert page.index(">goodbye<") < page.index(">welcome<"), "what is the owner's own stands first"
    assert ">Own recording<" in page
    russian = admin.get("/prompts?language=ru").text
    assert "Здравствуйте! Вы позвонили" in russian
    assert ">Russian</h2>" in russian and 'href="/prompts/ru/welcome/now.wav"' in russian
    assert "/prompts/en/" not in russian
    one = admin.get("/prompts/ru/welcome").text
    assert 'action="/prompts/ru/welcome/code"' in one and "/prompts/en/" not in one
    assert admin.get("/prompts?language=xx").text.count("Hello, and thank you") == 1


def test_a_recording_is_a_draft_then_in_use_then_given_back(admin: FlaskClient, store: Store) -> None:
    assert "Nothing is waiting." in admin.get(PAGE).text
    status, told = send(admin, hum(5))
    assert (status, told["at"]) == (200, f"{PAGE}#draft")
    page = admin.get(PAGE).text
    assert "Recorded in the browser · admin" in page.replace("\n", "")
    heard = admin.get(f"{PAGE}/draft.wav")
    assert heard.mimetype == "audio/wav"
    sound, rate = soundfile.read(io.BytesIO(heard.data))
    assert (rate, round(len(sound) / rate, 1)) == (8000, 5.2)
    assert admin.get(f"{PAGE}/now.wav").data == (files.SOUNDS / "en" / "welcome.wav").read_bytes()

    used = admin.post(f"{PAGE}/use", follow_redirects=True).text
    assert "The next caller hears your recording." in used and "Own recording" in used
    assert admin.get(f"{PAGE}/now.wav").data == heard.data
    assert (store.settings.asterisk_sounds / "en" / "ringback" / "welcome.wav").read_bytes() == heard.data

    back = admin.post(f"{PAGE}/back", follow_redirects=True).text
    assert "kept as the draft" in back and "Was in use" in back
    assert admin.get(f"{PAGE}/now.wav").data == (files.SOUNDS / "en" / "welcome.wav").read_bytes()
    assert "Nothing is waiting." in admin.post(f"{PAGE}/discard", follow_redirects=True).text
    assert admin.post(f"{PAGE}/use").status_code == 409


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"<script>alert(1)</script>", "no sound that can be read here"), (b"\0" * 200_000, "no sound that can be read")],
)
def test_what_is_no_sound_is_told_in_words(admin: FlaskClient, data: bytes, sentence: str) -> None:
    status, told = send(admin, data)
    assert status == 400 and sentence in told["fault"]
    assert "Nothing is waiting." in admin.get(PAGE).text


def test_a_disk_that_is_full_is_told_and_the_draft_before_stays(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(admin, hum())
    before = admin.get(f"{PAGE}/draft.wav").data

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorded, "put", full)
    status, told = send(admin, hum(3))
    assert status == 400 and "No space left on device" in told["fault"]
    assert admin.get(f"{PAGE}/draft.wav").data == before


def test_a_phone_gets_a_code_and_what_it_recorded_is_the_draft(admin: FlaskClient, store: Store) -> None:
    page = admin.post(f"{PAGE}/code", follow_redirects=True).text
    code = re.search(r'id="code">\*15(\d{4})<', page)
    assert code is not None
    sound = store.settings.prompt_spool / "phone" / f"{code[1]}.wav"
    sound.write_bytes(hum())
    sound.with_suffix(".done").write_text("1")
    assert "Recorded by phone" in admin.get(PAGE).text


@pytest.mark.parametrize(
    "path",
    [
        "/prompts/en/nobody-asks-for-it",
        "/prompts/xx/welcome",
        "/prompts/en/..%2f..%2fsecrets",
        "/prompts/en/welcome/secret.wav",
        "/prompts/en/made.json/now.wav",
        "/prompts/en/welcome/draft.wav",
    ],
)
def test_only_what_callers_are_told_has_a_page_and_a_sound(admin: FlaskClient, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_only_this_page_may_ask_for_the_microphone(admin: FlaskClient) -> None:
    assert "microphone=(self)" in admin.get(PAGE).headers["Permissions-Policy"]
    for other in ("/prompts", "/now"):
        assert "microphone=()" in admin.get(other).headers["Permissions-Policy"]


def test_a_piece_needs_the_token_of_the_page(app: Flask, signed: Client) -> None:
    assert signed("admin").post(f"{PAGE}/pieces/{uuid.uuid4()}/0", data=b"x").status_code in (400, 403)


def test_a_language_of_the_owners_has_its_page(store: Store, cookies: dict[str, str]) -> None:
    """Nothing is recorded in it yet: what callers hear instead, and what it should say, is shown."""
    app = app_of(store, lines=[EntryPoint(number="1000", name="Assistance", language="fr")])
    app.config["WTF_CSRF_ENABLED"] = False
    client = signed_in(app, cookies, "admin")
    page = client.get("/prompts").text
    assert ">French</h2>" in page and ">In English<" in page
    status, _ = send(client, hum(), "/prompts/fr/welcome")
    assert status == 200
    assert "Own recording" in client.post("/prompts/fr/welcome/use", follow_redirects=True).text
    assert (store.settings.asterisk_sounds / "fr" / "ringback" / "welcome.wav").exists()
    assert "French" in client.get("/search").text and "French" in client.get("/vocabulary").text
