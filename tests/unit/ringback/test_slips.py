"""Slips that owners make in `ringback.yaml`: each is refused, or read as it is meant, with the right word told."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ringback.config import Diagnostic, load, read
from ringback.config.public_holidays import not_everywhere


def told(folder: Path, document: dict[str, Any] | str) -> list[Diagnostic]:
    path = folder / "ringback.yaml"
    text = document if isinstance(document, str) else yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    reading = read(path)
    return reading.located(reading.remarks)


def one(folder: Path, document: dict[str, Any] | str) -> Diagnostic:
    """The one error."""
    [found] = [each for each in told(folder, document) if each.level == "error"]
    return found


def notes(folder: Path, document: dict[str, Any] | str) -> dict[str, str]:
    """What may not be meant, by setting; no error beside it."""
    found = told(folder, document)
    assert [str(each) for each in found if each.level == "error"] == []
    return {each.setting: str(each.what) for each in found}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Москва", "Europe/Moscow"),
        ("MSK", "Europe/Moscow"),
        ("CEST", "Europe/Berlin"),
        ("Germany", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("UTC+3", "Europe/Moscow"),
        ("GMT-5", "America/New_York"),
        ("+05:30", "Asia/Kolkata"),
        ("UTC+13", "Etc/GMT-13"),
        ("Europe", ""),
        ("../../etc/passwd", ""),
        ("Neverland/Nowhere", ""),
    ],
)
def test_a_timezone_that_is_none_is_refused_with_the_nearest(tmp_path: Path, given: str, meant: str) -> None:
    week = {"week": {"mon": ["09:00-18:00"]}, "timezone": given}
    for document in ({"timezone": given}, {"timezone": "UTC", "hours": {"office": week}}):
        found = one(tmp_path, document)
        assert found.setting.endswith("timezone")
        assert found.suggestion == meant or not meant


def test_hours_east_are_told_with_the_sign_of_the_database(tmp_path: Path) -> None:
    assert "Etc/GMT-3, whose sign is the other way round" in str(one(tmp_path, {"timezone": "UTC+3"}))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("UK", "GB"),
        ("de", "DE"),
        ("Germany", "DE"),
        ("Германия", "DE"),
        ("Deutschland", "DE"),
        ("DEU", "DE"),
        ("England", "GB"),
        ("USA", "US"),
        ("сша", "US"),
        ("+49", "DE"),
        ("7", "RU"),
        ("Grmany", "DE"),
        ("XX", ""),
        ("Россия", "RU"),
        ("en", ""),
    ],
)
@pytest.mark.parametrize("name", ["default_country", "redial_country"])
def test_a_country_that_is_none_is_refused_with_its_two_letters(
    tmp_path: Path, given: str, meant: str, name: str
) -> None:
    found = one(tmp_path, {"lines": [{"number": "1000", "name": "S", name: given}]})
    assert (found.setting, found.suggestion) == ("lines.0.default_country", meant)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("18:00-24:30", "write 18:00-24:00 on one day and 00:00-00:30 on the next"),
        ("22:00-06:00", "write 22:00-24:00 on one day and 00:00-06:00 on the next"),
        ("09:00-09:00", "has no length"),
        ("9:00-18:00", "write 09:00-18:00"),
        ("9-18", "write 09:00-18:00"),
        ("9am - 6pm", "write 09:00-18:00"),
        ("09:00–18:00", "write 09:00-18:00"),
        ("09.00-18.00 Uhr", "write 09:00-18:00"),
        ("09:00-12:00, 13:00-18:00", 'write ["09:00-12:00", "13:00-18:00"]'),
        ("09:00-25:00", "00:00-01:00"),
        ("99:00-18:00", "cannot stand here"),
        ("always", "cannot stand here"),
    ],
)
def test_an_interval_that_is_none_is_refused_with_how_it_is_written(tmp_path: Path, given: str, said: str) -> None:
    for part in ({"week": {"mon": [given]}}, {"week": {"tue": ["09:00-18:00"]}, "days": {"2026-12-24": [given]}}):
        assert said in str(one(tmp_path, {"timezone": "UTC", "hours": {"office": part}}))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Mon-Fri", "mon-fri"),
        ("monday", "mon"),
        ("mo-fr", "mon-fri"),
        ("пн-пт", "mon-fri"),
        ("weekdays", "mon-fri"),
        ("суббота", "sat"),
        ("mon – fri", "mon-fri"),
        ("sat,sun", ""),
        ("holiday", ""),
    ],
)
def test_days_that_are_none_are_refused_with_how_they_are_written(tmp_path: Path, given: str, meant: str) -> None:
    found = one(tmp_path, {"timezone": "UTC", "hours": {"office": {"week": {given: ["09:00-18:00"]}}}})
    assert (found.setting, found.suggestion) == (f"hours.office.week.{given}", meant)


def test_two_names_of_one_day_with_hours_that_overlap_are_refused(tmp_path: Path) -> None:
    week = {"mon-fri": ["09:00-18:00"], "mon": ["10:00-12:00"]}
    assert "overlap" in str(one(tmp_path, {"timezone": "UTC", "hours": {"office": {"week": week}}}))


@pytest.mark.parametrize(("given", "read_as"), [("00:00-23:59", "00:00-24:00"), ("09:00-17:59", "09:00-18:00")])
def test_the_last_minute_of_an_hour_is_open_too_and_that_is_told(tmp_path: Path, given: str, read_as: str) -> None:
    document = {
        "timezone": "UTC",
        "hours": {"office": {"week": {"mon-sun": [given]}}},
        "lines": [{"number": "1000", "name": "S", "hours": "office"}],
    }
    assert f"until {read_as[6:]}" in notes(tmp_path, document)["hours.office.week.mon-sun.0"]
    assert load(tmp_path / "ringback.yaml").hours["office"].week["mon-sun"] == [read_as]


def test_one_interval_needs_no_list(tmp_path: Path) -> None:
    path = tmp_path / "ringback.yaml"
    path.write_text("timezone: UTC\nhours: {office: {week: {mon-fri: 09:00-18:00}}}\n")
    assert load(path).hours["office"].week == {"mon-fri": ["09:00-18:00"]}


def test_hours_without_a_clock_are_asked_for_one_and_still_run(tmp_path: Path) -> None:
    document: dict[str, Any] = {"hours": {"office": {"week": {"mon": ["09:00-18:00"]}}}}
    [found] = [each for each in told(tmp_path, document) if each.level == "unclear"]
    assert (found.setting, found.line) == ("hours.office", 2)
    assert "timezone" in str(found)
    assert load(tmp_path / "ringback.yaml").timezone == "UTC"
    for clock in (
        {**document, "timezone": "UTC"},
        {"hours": {"office": {**document["hours"]["office"], "timezone": "UTC"}}},
    ):
        assert [each for each in told(tmp_path, clock) if each.level == "unclear"] == []


@pytest.mark.parametrize(
    ("holidays", "day"),
    [
        ("GB", "Easter Monday"),
        ("GB", "Summer Bank Holiday"),
        ("DE-BY", "Assumption Day (catholic)"),
        ("DE", "Epiphany"),
        ("CH", "Corpus Christi"),
        ("US", "Mardi Gras"),
        ("AU", "Labor Day"),
        ("CA", "Family Day"),
        ("ES", "Easter Monday"),
        ("IN", "Pongal"),
    ],
)
def test_holidays_of_parts_of_a_country_are_named(holidays: str, day: str) -> None:
    days, parts = not_everywhere(holidays, date(2026, 1, 1))
    assert any(day.casefold() in each.casefold() for each in days), days
    assert bool(parts) is ("-" not in holidays)


def test_check_names_the_days_that_stay_open_and_the_parts_to_choose(tmp_path: Path) -> None:
    office = {"week": {"mon-fri": ["09:00-18:00"]}, "holidays": "GB"}
    document = {
        "timezone": "Europe/London",
        "hours": {"office": office},
        "lines": [{"number": "1000", "name": "S", "hours": "office"}],
    }
    said = notes(tmp_path, document)["hours.office.holidays"]
    assert "Easter Monday (ENG, NIR, WLS)" in said
    assert "GB-...: ENG, NIR, SCT, WLS" in said
    office["holidays"] = "GB-ENG"
    assert "hours.office.holidays" not in notes(tmp_path, document)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("de", "DE"),
        ("Germany", "DE"),
        ("UK", ""),
        ("de-by", "DE-BY"),
        ("DE_BY", "DE-BY"),
        ("DE-Bayern", "DE-BY"),
        ("GB-England", "GB-ENG"),
        ("DE-XX", ""),
        ("Atlantis", ""),
        ("RU-MOW", "RU"),
        ("GBR", "GB"),
    ],
)
def test_holidays_that_are_none_are_refused_with_the_nearest(tmp_path: Path, given: str, meant: str) -> None:
    office = {"week": {"mon": ["09:00-18:00"]}, "holidays": given}
    errors = [each for each in told(tmp_path, {"timezone": "UTC", "hours": {"o": office}}) if each.level == "error"]
    assert given == "UK" or errors
    assert not meant or [each.suggestion for each in errors] == [meant]


@pytest.mark.parametrize("given", ["~/ringback", "$HOME/ringback", "${HOME}/ringback"])
def test_the_home_folder_may_be_written_as_in_a_shell(
    tmp_path: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert told(tmp_path, {"data": given, "speech": {"vosk_models": {"en": given}}, "store": {"url": ""}}) is not None
    settings = load(tmp_path / "ringback.yaml")
    assert settings.data == tmp_path / "ringback"
    assert settings.speech.vosk_models["en"] == tmp_path / "ringback"


@pytest.mark.parametrize("given", ["~nobody-of-this-name/x", "$NO_SUCH_VARIABLE/x"])
def test_a_home_folder_that_nobody_has_is_refused(tmp_path: Path, given: str) -> None:
    assert one(tmp_path, {"data": given}).setting == "data"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_name_of_postgresql_is_the_driver_that_is_there(tmp_path: Path, scheme: str) -> None:
    told(tmp_path, {"store": {"url": f"{scheme}://ringback:p%40ss@127.0.0.1:5433/ringback"}})
    url = load(tmp_path / "ringback.yaml").store_url
    assert url == "postgresql+psycopg://ringback:p%40ss@127.0.0.1:5433/ringback"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("mysql://a@b/c", "SQLite and PostgreSQL are"),
        ("postgresql+asyncpg://a@b/c", "write postgresql:// alone"),
        ("postgresql+psycopg2://a@b/c", "write postgresql:// alone"),
        ("postgres://user:p@ss@host/db", "%40"),
        ("postgres://user:p/ss@host/db", "%2F"),
        ("postgres://user:100%@host/db", "%25"),
        ("postgres://host:port/db", "cannot be told apart"),
        ("postgres://user:secret@host", "name of the database"),
        ("sqlite:////no/such/folder/x.db", "There is no folder /no/such/folder"),
        ("sqlite://x.db", "write sqlite:///x.db"),
        ("sqlite://", "write sqlite:///"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:////tmp", "is a folder"),
        ("/srv/ringback.db", "write sqlite:////srv/ringback.db"),
        ("ringback", "is no URL"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, given: str, said: str) -> None:
    found = one(tmp_path, {"store": {"url": given}})
    assert said in str(found)
    assert "secret" not in str(found)
    assert "p@ss" not in str(found)


@pytest.mark.parametrize("section", ["web", "sip", "ami"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("127.0.0.1:8491", "write 127.0.0.1, and port: 8491"),
        ("[::1]:8491", "write ::1, and port: 8491"),
        ("http://127.0.0.1", "write 127.0.0.1"),
        ("https://ringback.example:8443/", "write ringback.example, and port: 8443"),
        ("*", "is 0.0.0.0"),
        ("my computer", "such as 127.0.0.1"),
    ],
)
def test_an_address_that_is_more_is_told_where_the_rest_belongs(
    tmp_path: Path, section: str, given: str, said: str
) -> None:
    found = one(tmp_path, {section: {"address": given}})
    assert (found.setting, said in str(found)) == (f"{section}.address", True), str(found)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1", "::", "localhost", "192.168.1.5", "pbx.local"])
def test_addresses_are_read(tmp_path: Path, address: str) -> None:
    told(tmp_path, {"web": {"address": address}})
    assert load(tmp_path / "ringback.yaml").web.address == address


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("sip.example.com:5070", "write sip.example.com, and port: 5070"),
        ("sip:sip.example.com", "write sip.example.com"),
        ("sip:user@sip.example.com;transport=tcp", "write sip.example.com"),
        ("https://sip.example.com/", "write sip.example.com"),
    ],
)
def test_a_provider_that_is_more_than_a_host_is_told_where_the_rest_belongs(
    tmp_path: Path, given: str, said: str
) -> None:
    assert said in str(one(tmp_path, {"trunk": {"host": given}}))


@pytest.mark.parametrize(
    ("given", "meant"), [("https://a.example/", "https://a.example"), ("a.example", "https://a.example")]
)
def test_a_site_is_told_without_its_path_and_with_its_scheme(tmp_path: Path, given: str, meant: str) -> None:
    assert one(tmp_path, {"web": {"embed_origins": [given]}}).suggestion == meant


@pytest.mark.parametrize(
    ("sip", "setting", "said"),
    [
        ({"rtp_first": 20000}, "sip.rtp_last", "write 20200"),
        ({"rtp_last": 9000}, "sip.rtp_last", "backwards"),
        ({"rtp_first": 10001}, "sip.rtp_first", "is odd"),
        ({"rtp_first": 10000, "rtp_last": 10001}, "sip.rtp_last", "One call takes 4 ports"),
        ({"port": 10100}, "sip.port", "among the ports for voice"),
        ({"port": 8080}, "web.port", "is that of sip.port already"),
    ],
)
def test_ports_that_cannot_be_are_refused(tmp_path: Path, sip: dict[str, int], setting: str, said: str) -> None:
    found = one(tmp_path, {"sip": sip})
    assert (found.setting, said in str(found)) == (setting, True), str(found)


def test_every_port_that_is_taken_twice_is_told(tmp_path: Path) -> None:
    document = {"sip": {"port": 7000}, "web": {"port": 7000}, "ami": {"port": 7000}}
    assert {each.setting for each in told(tmp_path, document) if each.level == "error"} == {"web.port", "ami.port"}
    elsewhere = {**document, "sip": {"port": 7000, "address": "10.0.0.1"}, "ami": {"port": 7001}}
    assert [each for each in told(tmp_path, elsewhere) if each.level == "error"] == []


def test_ports_for_fewer_talks_than_agents_are_noted(tmp_path: Path) -> None:
    assert "enough for 1 talks" in notes(tmp_path, {"sip": {"rtp_first": 10000, "rtp_last": 10005}})["sip.rtp_last"]


AGENTS = [{"name": name, "display": name, "extension": f"20{at}"} for at, name in enumerate(("anna", "boris", "vera"))]
QUEUES = {name: {"name": name, "agents": ["anna", "boris"]} for name in ("support", "billing")}


@pytest.mark.parametrize(
    ("document", "setting", "said"),
    [
        ({"queues": {**QUEUES, "support": {"name": "S", "agents": []}}}, "queues.support.agents", "Nobody answers"),
        ({"queues": {**QUEUES, "sales": QUEUES["support"]}}, "queues.sales", "no effect"),
        (
            {"timezone": "UTC", "hours": {"night": {"week": {"mon": ["09:00-18:00"]}}}},
            "hours.night",
            "no effect",
        ),
        (
            {
                "menus": {
                    name: {
                        "prompt": "menu-main",
                        "options": {"1": {"label": "A", "queue": "support"}},
                        "operator_queue": "billing",
                    }
                    for name in ("main", "other")
                }
            },
            "menus.other",
            "no effect",
        ),
        (
            {"agents": AGENTS},
            "agents.2",
            "in no queue",
        ),
        (
            {
                "queues": {
                    "support": {**QUEUES["support"], "longest_wait": {"to": "billing", "seconds": 60}},
                    "billing": {**QUEUES["billing"], "longest_wait": {"to": "support", "seconds": 60}},
                }
            },
            "queues.billing.longest_wait",
            "in a circle",
        ),
        (
            {"queues": {**QUEUES, "support": {**QUEUES["support"], "longest_wait": {"seconds": 36000}}}},
            "queues.support.longest_wait.seconds",
            "10 hours",
        ),
        ({"pause_limits": {"coffee": 15}}, "pause_limits.coffee", "write 900"),
    ],
)
def test_what_may_not_be_meant_is_noted(tmp_path: Path, document: dict[str, Any], setting: str, said: str) -> None:
    assert said in notes(tmp_path, document)[setting]


def test_the_defaults_are_worth_no_remark(tmp_path: Path) -> None:
    assert told(tmp_path, {}) == []


@pytest.mark.parametrize("number", [1000.0, "1000.0", "1/2", "(10)", "10.50"])
def test_a_short_number_with_marks_is_none(tmp_path: Path, number: object) -> None:
    """A long one may be written with them, as people write numbers."""
    found = one(tmp_path, {"lines": [{"number": number, "name": "Support"}]})
    assert found.setting == "lines.0.number"
    assert not notes(tmp_path, {"lines": [{"number": "030/12.34-5678", "name": "Support", "default_country": "DE"}]})


QUEUES = {name: {"name": name.title(), "agents": ["anna"]} for name in ("support", "billing")}


@pytest.mark.parametrize("char", ["\u202e", "\u200b", "\u2066", "\ufeff"])
def test_what_people_read_has_no_characters_that_nobody_sees(tmp_path: Path, char: str) -> None:
    agent = {"name": "anna", "display": f"An{char}na", "extension": "201"}
    found = one(tmp_path, {"agents": [agent], "queues": QUEUES})
    assert (found.setting, found.suggestion) == ("agents.0.display", "Anna")
    assert f"U+{ord(char):04X}" in str(found.what)


def test_each_agent_stands_in_a_queue_once(tmp_path: Path) -> None:
    agent = {"name": "anna", "display": "Anna", "extension": "201"}
    queues = {**QUEUES, "support": {"name": "Support", "agents": ["anna", "anna"]}}
    found = one(tmp_path, {"agents": [agent], "queues": queues})
    assert found.setting == "queues.support.agents.1"
