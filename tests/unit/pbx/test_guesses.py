"""Guessing the passwords of phones: counted by address and minute from Asterisk's log, and what people are told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.condition import Condition
from pbx import guesses as guesses_module
from pbx.guesses import Guesses, Guessing, GuessWatch, log_file
from pbx.security_log import Attempt, LogTail, What, attempts
from ringback.config import Settings
from tests.unit.pbx.test_fail2ban import FORGED, line

REFUSED = "ChallengeResponseFailed"
NOBODYS = "<unknown>"


def of(*lines: str) -> list[Attempt]:
    return list(attempts("\n".join([*lines, ""]).encode()))


def test_who_is_refused_asked_and_let_in_is_read_from_the_log() -> None:
    assert of(
        line(REFUSED),
        line(REFUSED, account=NOBODYS, tail=',Challenge="1/2",Response="9f",ExpectedResponse=""'),
        line("ChallengeSent", account=NOBODYS, tail=',Challenge="1795/ab"'),
        line("ChallengeSent", account="boris"),
        line("SuccessfulAuth", account="boris", tail=',UsingPassword="1"'),
        line("InvalidPassword").replace("IPV4/UDP/203.0.113.9", "IPV6/TLS/2001:db8::7"),
    ) == [
        Attempt("refused", "203.0.113.9", "anna"),
        Attempt("refused", "203.0.113.9", None),
        Attempt("asked", "203.0.113.9", None),
        Attempt("accepted", "203.0.113.9", "boris"),
        Attempt("refused", "2001:db8::7", "anna"),
    ]


@pytest.mark.parametrize(
    "tried",
    [
        line(REFUSED, call_id=f'x",{FORGED},SessionID="y'),
        line(REFUSED, call_id=f'x",{FORGED}'),
        line(REFUSED, tail=',Challenge="",Response="\\",' + FORGED.replace('"', '\\"') + '",X=""'),
    ],
)
def test_whom_a_stranger_names_in_a_line_is_not_taken_for_who_tried(tried: str) -> None:
    assert [each.source for each in of(tried)] == ["203.0.113.9"]


@pytest.mark.parametrize("odd", ["", "x", line().replace("PJSIP", "AMI"), line("Unheard"), line()[:-9], f"x {line()}"])
def test_other_lines_are_nobodys(odd: str) -> None:
    assert of(odd) == []


@given(st.binary(max_size=200))
def test_whatever_stands_in_the_log_can_be_read(junk: bytes) -> None:
    assert list(attempts(junk + b"\n" + line(REFUSED).encode() + b"\n")) == [Attempt("refused", "203.0.113.9", "anna")]


def test_a_log_is_read_on_from_where_it_was_and_from_its_beginning_when_it_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "security.log"
    assert LogTail(path).read() == b""
    path.write_bytes(b"before\n")
    tail = LogTail(path)
    assert tail.read() == b""
    with path.open("ab") as file:
        file.write(b"one\nhal")
        file.flush()
        assert tail.read() == b"one\n"
        file.write(b"f\n")
    assert tail.read() == b"half\n"
    path.rename(tmp_path / "security.log.0")
    assert tail.read() == b""
    path.write_bytes(b"a new one\n")
    assert tail.read() == b"a new one\n"
    path.write_bytes(b"short\n")
    assert tail.read() == b"short\n"


def test_of_a_flood_the_newest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pbx.security_log.LONGEST_READ", 100)
    path = tmp_path / "security.log"
    path.write_bytes(b"")
    tail = LogTail(path)
    path.write_bytes(b"".join(b"%d\n" % number for number in range(1000)))
    read = tail.read()
    assert len(read) <= 100 and read.endswith(b"998\n999\n")


def tries(count: int, source: str = "203.0.113.9", name: str | None = "anna", what: What = "refused") -> list[Attempt]:
    return [Attempt(what, source, name)] * count


def test_a_phone_with_a_wrong_password_and_a_stranger_who_asks_are_nothing() -> None:
    found = Guesses(30)
    for minute in range(10):
        found.take([*tries(6), *tries(20, "198.51.100.1", None, "asked")], minute * 60.0)
        assert found.guessing() is None


def test_more_in_a_minute_is_guessing_and_is_over_a_minute_later() -> None:
    found = Guesses(30)
    for second in range(0, 35, 5):
        found.take([*tries(4), *tries(1, name=None)], float(second))
    assert found.guessing() == Guessing(35, 28, [("203.0.113.9", 35)], ["anna"], for_nobody=True)
    found.take([], 70.0)
    assert found.guessing() is None


def test_many_addresses_with_wrong_passwords_are_guessing_together() -> None:
    found = Guesses(30)
    found.take([each for number in range(40) for each in tries(1, f"203.0.113.{number}")], 0.0)
    guessing = found.guessing()
    assert guessing is not None and (guessing.tries, len(guessing.sources)) == (40, 40)
    found = Guesses(30)
    found.take([each for n in range(40) for each in tries(1, f"203.0.113.{n}", None, "asked")], 0.0)
    assert found.guessing() is None, "many who ask once give no password"


def test_forged_addresses_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses_module, "MOST_COUNTED", 10)
    found = Guesses(30)
    found.take([*(each for n in range(99) for each in tries(1, f"10.0.0.{n}", None, "asked")), *tries(50)], 0.0)
    guessing = found.guessing()
    assert guessing is not None
    assert (len(guessing.sources), guessing.sources[0]) == (10, ("203.0.113.9", 50))


# -- what people are told ----------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path)
    log_file(settings).parent.mkdir()
    log_file(settings).write_text("")
    return settings


def write(settings: Settings, count: int, account: str = "anna", address: str = "203.0.113.9") -> None:
    with log_file(settings).open("a") as file:
        file.write(f"{line(REFUSED, account=account)}\n".replace("203.0.113.9", address) * count)


def told(watch: GuessWatch, now: float) -> list[tuple[str, str]]:
    return [(each.level, str(each.said)) for each in watch.look(now)]


def test_the_alarm_says_who_from_where_and_how_many(house: Settings) -> None:
    watch = GuessWatch(house)
    assert told(watch, 0.0) == []
    write(house, 31)
    [(level, words)] = told(watch, 5.0)
    assert level == "yellow"
    assert words == (
        "Somebody tries to be one of your phones: 31 tries refused within a minute, from 203.0.113.9 (31). They were "
        "wrong passwords for anna."
    )
    for number in range(1, 5):
        write(house, number, "<unknown>", f"198.51.100.{number}")
    [found] = watch.look(10.0)
    assert str(found.said) == (
        "Somebody tries to be one of your phones: 41 tries refused within a minute, from 203.0.113.9 (31), "
        "198.51.100.4 (4), 198.51.100.3 (3), 2 more. Among the names are agents': anna."
    )
    assert found.said.worded("ru") == (
        "Кто-то выдаёт себя за ваш телефон: за минуту отклонена 41 попытка, адреса: 203.0.113.9 (31), "
        "198.51.100.4 (4), 198.51.100.3 (3), ещё 2. Среди имён есть имена операторов: anna."
    )
    assert len(found.args["sources"]) == 5


def test_names_of_nobody_are_told_as_such(house: Settings) -> None:
    watch = GuessWatch(house)
    write(house, 40, "<unknown>")
    [found] = watch.look(0.0)
    assert str(found.said).endswith("provider whose address or numbers are not in the settings.")
    assert found.said.worded("ru").endswith("или провайдер, адреса или номеров которого нет в настройках.")


def test_who_knows_names_and_tries_without_end_is_urgent_until_it_is_over(house: Settings) -> None:
    watch = GuessWatch(house)
    write(house, 400, "<unknown>")
    assert levels(watch, 0.0) == ["yellow"], "nobody's names lead nowhere"
    write(house, 301)
    assert levels(watch, 30.0) == ["red"]
    assert levels(watch, 65.0) == ["red"]
    write(house, 50)
    assert levels(watch, 95.0) == ["red"], "fewer are the same alarm"
    assert levels(watch, 200.0) == []
    write(house, 50)
    assert levels(watch, 205.0) == ["yellow"]


def levels(watch: GuessWatch, now: float) -> list[str]:
    return [each.level for each in watch.look(now)]


@pytest.mark.parametrize("changes", [{"alarms": {"guesses": None}}, {"ami": {"external": True}}])
def test_where_nobody_wants_or_can_know_nothing_is_looked_for(house: Settings, changes: dict[str, object]) -> None:
    watch = GuessWatch(Settings.model_validate({"data": house.data, **changes}))
    write(house, 400)
    found: list[Condition] = list(watch.look(0.0))
    assert found == []
