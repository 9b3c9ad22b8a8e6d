"""Words that owners bring along into `ringback.yaml`: each is told with what to write instead."""

from pathlib import Path

import pytest

from ringback.config import read

LINE = 'lines: [{{number: "1000", name: S, {}}}]\n'
WEEK = "timezone: Europe/Berlin\nhours: {{office: {{week: {}}}}}\n"


def told(folder: Path, text: str, level: str = "error") -> list[tuple[str, str, str, str]]:
    """Setting, code, suggestion, sentence of everything of this level."""
    (folder / "ringback.yaml").write_text(text, encoding="utf-8")
    reading = read(folder / "ringback.yaml")
    found = [each for each in reading.located(reading.remarks) if each.level == level]
    assert all(each.line and each.column for each in found)
    return [(each.setting, each.what.code.removeprefix("ringback."), each.suggestion, str(each)) for each in found]


@pytest.mark.parametrize(
    ("text", "setting", "meant"),
    [
        ("timezone: МСК\n", "timezone", "Europe/Moscow"),
        ("timezone: München\n", "timezone", "Europe/Berlin"),
        ('timezone: "Berlin, Germany"\n', "timezone", "Europe/Berlin"),
        ("timezone: St. Petersburg\n", "timezone", "Europe/Moscow"),
        ("timezone: local\n", "timezone", ""),
        (LINE.format("default_country: de-DE"), "lines.0.default_country", "DE"),
        (LINE.format("default_country: 'null'"), "lines.0.default_country", ""),
        (LINE.format("language: russian"), "lines.0.language", "ru"),
        (LINE.format("language: еn"), "lines.0.language", "en"),
        (WEEK.format('{mon: "9 to 5"}'), "hours.office.week.mon.0", "09:00-17:00"),
        (WEEK.format('{mon: "с 9 до 18"}'), "hours.office.week.mon.0", "09:00-18:00"),
        (WEEK.format('{mon: "0900-1800"}'), "hours.office.week.mon.0", "09:00-18:00"),
        (WEEK.format('{mon: "24/7"}'), "hours.office.week.mon.0", "00:00-24:00"),
        (WEEK.format('{mon: "09:00-18:00", sun: closed}'), "hours.office.week.sun", "[]"),
        (WEEK.format('{Montag-Freitag: "09:00-18:00"}'), "hours.office.week.Montag-Freitag", "mon-fri"),
        (WEEK.format('{mon..fri: "09:00-18:00"}'), "hours.office.week.mon..fri", "mon-fri"),
        (WEEK.format('{mon: "09:00-18:00"}, holidays: DE/BY'), "hours.office.holidays", "DE-BY"),
        (WEEK.format('{mon: "09:00-18:00"}, holidays: none'), "hours.office.holidays", ""),
        ('store: {url: "sqlite:/x.db"}\n', "store.url", "sqlite:////x.db"),
        ('store: {url: "postgres:/u@h/d"}\n', "store.url", "postgresql://u@h/d"),
        ("trunk: {host: user@sip.example}\n", "trunk.host", "sip.example"),
        ("trunk: {host: sip.example/}\n", "trunk.host", "sip.example"),
        ("trunk: {host: sip.example, caller_id: '+49 30 1234'}\n", "trunk.caller_id", "+49301234"),
        ("trunk: {host: sip.example, transport: ssl}\n", "trunk.transport", "tls"),
        ("trunk: {host: sip.example, outbound_proxy: 'sip:p.example;lr'}\n", "trunk.outbound_proxy", "p.example"),
        ("pause_limits: {coffee: 15m}\n", "pause_limits.coffee", "900"),
        ("callbacks: {awake_minutes: 1h30m}\n", "callbacks.awake_minutes", "90"),
        ("tz: Europe/Berlin\n", "tz", "timezone"),
        ("database: {}\n", "database", "store"),
        ("web:\n  port:8080\n", "web", "port: 8080"),
        ("web.port: 8080\n", "web.port", "web: {port: ...}"),
        ("web: {роrt: 8080}\n", "web.роrt", "port"),
        ("recording: {rule: yes}\nsip: {rtp_first: 10000-20000}\n", "sip.rtp_first", "10000"),
    ],
)
def test_the_right_word_is_told(tmp_path: Path, text: str, setting: str, meant: str) -> None:
    assert (setting, meant) in [(each[0], each[2]) for each in told(tmp_path, text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("web: {address: 300.1.1.1}\n", "no_address"),
        ("web: {address: 1.2.3}\n", "no_address"),
        ("web: {address: eth0}\n", "interface_for_host"),
        ("sip: {external_address: auto}\n", "interface_for_host"),
        ("trunk: {host: sip..example}\n", "no_host"),
        ('trunk: {host: "2001:db8::1"}\n', "host_ipv6"),
        ("trunk: {host: sip.example, addresses: 1.2.3.4-9}\n", "no_address"),
        ("trunk: {host: sip.example, outbound_proxy: 'p.example:99999'}\n", "no_port"),
        ("data: ''\n", "settings_empty"),
        ("data: file:///srv/x\n", "folder_url"),
        ("data: /etc/passwd\n", "folder_file"),
        ('lines: [{number: "1000", name: "a\\0b"}]\n', "settings_control"),
        ('lines: [{number: "1000", name: "\\ud800"}]\n', "settings_control"),
        (
            "queues:\n  support: {<<: hello, name: S, agents: [anna]}\n  billing: {name: B, agents: [anna]}\n",
            "settings_merge",
        ),
    ],
)
def test_what_would_not_work_is_not_called_well(tmp_path: Path, text: str, code: str) -> None:
    assert code in [each[1] for each in told(tmp_path, text)]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("trunk: {host: sip.example, user: a, password: geheim}\n", "settings_secret", "`trunk_password`"),
        ("trunk: {host: sip.example, user: a, secret: geheim}\n", "settings_secret", "`trunk_password`"),
        ("web: {admin_password: geheim}\n", "settings_secret", "`admin_password`"),
        ("timezone: UTC\nhours: {mon-fri: ['09:00-18:00']}\n", "hours_under_name", "hours: {office: {week:"),
        ("timezone: UTC\n" + LINE.format("hours: '09:00-18:00'"), "hours_under_name", "hours: office"),
        ('lines:\n  "1000": {name: S}\n', "settings_list_of", "dash"),
        ("lines: [1000]\n", "settings_entry", 'number: "1000"'),
        ("queues: [{name: support, agents: [anna]}]\n", "settings_names_of", "without a dash"),
        ("queues: {support: {name: S, agents: [anna]}}\n", "own_refers", "The file has no menus"),
        ("web:\n\u00a0\u00a0port: 8080\n", "settings_odd_space", "U+00A0"),
        ("[web]\nport = 8080\n", "settings_not_yaml", "name: value"),
        ("<<<<<<< HEAD\nweb: {port: 1}\n=======\nweb: {port: 2}\n>>>>>>> x\n", "settings_not_yaml", "two versions"),
    ],
)
def test_the_way_out_is_told_and_no_secret(tmp_path: Path, text: str, code: str, said: str) -> None:
    found = told(tmp_path, text)
    assert [each for each in found if each[1] == code and said in each[3]]
    assert not any("geheim" in each[3] for each in found)


@pytest.mark.parametrize(("zone", "said"), [("Etc/GMT+3", "the clock of UTC-3"), ("EST", "is America/New_York meant")])
def test_zones_that_are_hardly_meant_are_noted(tmp_path: Path, zone: str, said: str) -> None:
    assert any(said in each[3] for each in told(tmp_path, f"timezone: {zone}\n", "note"))
