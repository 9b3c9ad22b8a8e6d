"""`ringback.yaml`: what is accepted, what is refused, and how a person is told."""

import re
import stat
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ringback import secrets
from ringback.config import ConfigError, Settings, load, read
from ringback.config.old_names import OLD_NAMES
from ringback.secrets import SecretsError
from tests.support.version_before.folder import HERE

ROOT = Path(__file__).parents[3]


def write(folder: Path, document: object) -> Path:
    path = folder / "ringback.yaml"
    path.write_text(document if isinstance(document, str) else yaml.safe_dump(document, allow_unicode=True))
    return path


def old_names(path: Path) -> list[str]:
    """What is told of names that have changed."""
    reading = read(path)
    return [str(each.what) for each in reading.located(reading.remarks) if each.what.code == "ringback.old_setting"]


def test_an_empty_file_is_a_working_support_line(tmp_path: Path) -> None:
    settings = load(write(tmp_path, ""))
    assert [line.number for line in settings.lines] == ["1000", "1001"]
    assert settings.menus["main"].operator_queue in settings.queues
    assert settings.model_copy(update={"data": Path("var")}) == Settings()


def test_a_relative_data_folder_lies_beside_the_file(tmp_path: Path) -> None:
    assert load(write(tmp_path, {"data": "here"})).data == tmp_path / "here"
    assert load(write(tmp_path, {"data": "/elsewhere"})).data == Path("/elsewhere")


def test_what_yaml_makes_of_bare_words_is_understood(tmp_path: Path) -> None:
    text = "callbacks: {allowed_prefixes: [+1, +7495], hours: 09:00-24:00}\n"
    text += "trunk: {host: 127.0.0.1, dial: {+7: 8, +: 810}}\n"
    text += "queues:\n  support: {name: S, agents: [anna], callback: off}\n  billing: {name: B, agents: [anna]}\n"
    settings = load(write(tmp_path, text))
    assert settings.callbacks.allowed_prefixes == ["+1", "+7495"]
    assert settings.callbacks.hours_seconds == (9 * 3600, 24 * 3600)
    assert settings.trunk is not None
    assert settings.trunk.dial == {"+7": "8", "+": "810"}
    assert (settings.queues["support"].callback, settings.queues["billing"].callback) == ("off", "agent_first")


def test_a_name_of_before_is_read_and_its_new_name_told(tmp_path: Path) -> None:
    old = {"menus": {"main": {**{key: MENU[key] for key in ("prompt", "options")}, "person": "billing"}}}
    assert load(write(tmp_path, old)).menus["main"].operator_queue == "billing"
    assert old_names(tmp_path / "ringback.yaml") == [
        "menus.main.person is called operator_queue now; the old name is still read."
    ]
    assert old_names(write(tmp_path, {"menus": {"main": MENU}})) == []
    with pytest.raises(ConfigError, match=r"menus\.main\.person is called operator_queue now: give one of the two"):
        load(write(tmp_path, {"menus": {"main": {**MENU, "person": "billing"}}}))


def test_an_old_name_is_read_where_yaml_names_one_place_twice(tmp_path: Path) -> None:
    text = "menus:\n  main: &main\n    prompt: menu\n    options: {'1': {label: Help, queue: support}}\n"
    text += "    person: billing\n  other: *main\n"
    text += "lines:\n  - {number: '1000', name: Support, menu: other}\n"
    menus = load(write(tmp_path, text)).menus
    assert menus["main"] == menus["other"]
    assert menus["main"].operator_queue == "billing"
    assert [note.partition(" ")[0] for note in old_names(tmp_path / "ringback.yaml")] == [
        "menus.main.person",
        "menus.other.person",
    ]


BEFORE = {"redial_country": "default_country", "redial_seconds": "reconnect_seconds", "listening": "playback_access"}


def test_a_file_of_the_version_before_means_the_same(tmp_path: Path) -> None:
    text = (HERE / "ringback.yaml").read_text(encoding="utf-8") + "redial_seconds: 30\nlistening: {minutes: 5}\n"
    before = load(write(tmp_path, text))
    told = old_names(tmp_path / "ringback.yaml")
    for old, new in {**BEFORE, "person": "operator_queue"}.items():
        assert any(f"{old} is called {new} now" in note for note in told), old
        text = re.sub(rf"\b{old}:", f"{new}:", text)
    assert load(write(tmp_path, text)) == before
    assert old_names(tmp_path / "ringback.yaml") == []
    assert (before.lines[1].default_country, before.reconnect_seconds, before.playback_access.minutes) == ("US", 30, 5)


@pytest.mark.parametrize("old", BEFORE)
def test_a_setting_is_not_given_under_both_names(tmp_path: Path, old: str) -> None:
    given: dict[str, dict[str, object]] = {
        "redial_country": {"redial_country": "RU", "default_country": "US"},
        "redial_seconds": {"redial_seconds": 5, "reconnect_seconds": 6},
        "listening": {"listening": {}, "playback_access": {}},
    }
    country = old == "redial_country"
    document = {"lines": [{"number": "1000", "name": "S", **given[old]}]} if country else given[old]
    with pytest.raises(ConfigError, match=rf"{old} is called {BEFORE[old]} now: give one of the two"):
        load(write(tmp_path, document))


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(tmp_path / "none.yaml")


MENU = {"prompt": "menu-main", "options": {"1": {"label": "A", "queue": "support"}}, "operator_queue": "support"}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("a: [", "cannot be read as YAML"),
        ({"sip": {"prot": 1}}, "sip.prot"),
        ({"sip": {"port": 70000}}, "sip.port"),
        ({"agents": [{"name": "an na", "display": "x", "extension": "201"}]}, "agents.0.name"),
        ({"agents": [{"name": "anna\n[x]", "display": "x", "extension": "201"}]}, "agents.0.name"),
        ({"lines": [{"number": "10;00", "name": "x"}]}, "lines.0.number"),
        ({"lines": [{"number": "1000", "name": "x", "greeting": "../../etc/passwd"}]}, "lines.0.greeting"),
        ({"lines": [{"number": "201", "name": "x"}]}, "Number 201 is given twice"),
        ({"agents": [{"name": "trunk", "display": "x", "extension": "201"}]}, "No agent can be named trunk"),
        ({"callbacks": {"hours": "21:00-09:00"}}, "less than one hour"),
        ({"callbacks": {"hours": "9-21"}}, "callbacks.hours"),
        ({"callbacks": {"hours": "09:00-24:30"}}, "goes on into the next day"),
        ({"callbacks": {"retry_minutes": []}}, "callbacks.retry_minutes"),
        ({"callbacks": {"allowed_prefixes": ["1"]}}, "callbacks.allowed_prefixes.0"),
        ({"trunk": {"host": "a b"}}, "trunk.host"),
        ({"lines": [{"number": "1000", "name": "x", "menu": "other"}]}, "other is not in menus"),
        ({"queues": {q: {"name": "S", "agents": ["nobody"]} for q in ("support", "billing")}}, "nobody"),
        ({"menus": {"main": {**MENU, "options": {"0": {"label": "A", "queue": "support"}}}}}, "0 always reaches"),
        ({"menus": {"main": {**MENU, "operator_queue": "nowhere"}}}, "nowhere"),
        ({"menus": {"main": {**MENU, "options": {"1": {"label": "A"}}}}}, "one of these words"),
        (
            {"menus": {"main": {**MENU, "options": {"1": {"label": "A", "queue": "q", "say": "x"}}}}},
            "one of these words",
        ),
        (
            {"menus": {"main": {**MENU, "options": {"1": {"label": "A", "say": "x", "priority": 1}}}}},
            "Only a queue has priority",
        ),
        ({"surveys": {"solved": {"question": "?", "prompt": "x", "options": {"1": {"label": "Yes"}}}}}, "surveys"),
    ],
)
def test_what_cannot_be_is_refused_with_file_and_place(tmp_path: Path, document: object, told: str) -> None:
    path = write(tmp_path, document)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


def test_secrets_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "var")
    first, path = secrets.load_or_create(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets.load_or_create(settings) == (first, path)
    assert len({first.ami_password, first.web_key, first.admin_password, *first.agent_passwords.values()}) == 5


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    _, path = secrets.load_or_create(settings)
    path.chmod(0o640)
    with pytest.raises(SecretsError, match=f"chmod 600 {path}"):
        secrets.load_or_create(settings)


def test_a_new_agent_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    before, _ = secrets.load_or_create(settings)
    more = [agent.model_dump() for agent in settings.agents] + [{"name": "vera", "display": "Vera", "extension": "203"}]
    after, _ = secrets.load_or_create(Settings.model_validate({"data": tmp_path, "agents": more}))
    assert after.agent_passwords.items() > before.agent_passwords.items()
    assert after.agent_passwords["vera"]


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """What README and docs show of `ringback.yaml`: each indented block whose first words are settings."""
    known = {*Settings.model_fields, *(name for name in OLD_NAMES if "." not in name)}
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for block in re.findall(r"(?:^(?:    .*|)\n)+", page.read_text(encoding="utf-8"), re.MULTILINE):
            try:
                document = yaml.safe_load(textwrap.dedent(block))
            except yaml.YAMLError:
                continue
            if isinstance(document, dict) and set(document) <= known:
                yield page.name, document


@pytest.mark.parametrize(
    "document", [pytest.param(shown, id=f"{page}-{'-'.join(shown)}") for page, shown in examples()]
)
def test_what_the_documentation_shows_can_be_written(tmp_path: Path, document: dict[str, Any]) -> None:
    queues = {name: {"name": name, "agents": ["anna"]} for name in ("support", "billing")}
    agents = [{"name": name, "display": name, "extension": f"20{at}"} for at, name in enumerate(("anna", "vera"))]
    order = {"url": "https://shop.example/{value}", "ask": "fallback-enter", "answers": {"sent": "goodbye"}}
    channels = {"text_message": {"url": "https://gateway.example/send", "fields": {"to": "{to}", "text": "{text}"}}}
    others = {"agents": agents, "trunk": {"host": "sip.example"}, "lookups": {"order": order}, "channels": channels}
    others["web"] = {"public_url": "https://support.example"}
    path = write(tmp_path, {**others, **document, "queues": {**queues, **document.get("queues", {})}})
    load(path)
    assert old_names(path) == []


def test_the_documentation_shows_settings() -> None:
    assert len(list(examples())) > 9


def test_callers_who_are_let_in_have_rtp_ports(tmp_path: Path) -> None:
    sip: dict[str, Any] = {"rtp_first": 10000, "rtp_last": 10019, "most_calls": 8}
    file = tmp_path / "ringback.yaml"
    file.write_text(yaml.safe_dump({"sip": sip}))
    assert load(file).room_for_callers == 8
    file.write_text(yaml.safe_dump({"sip": sip | {"most_calls": 9}}))
    with pytest.raises(ConfigError, match="have room for 8 callers beside the agents' phones"):
        load(file)
    file.write_text(yaml.safe_dump({"sip": sip | {"most_calls": 7}, "trunk": {"host": "sip.example.com"}}))
    with pytest.raises(ConfigError, match="have room for 6 callers"):
        load(file)
