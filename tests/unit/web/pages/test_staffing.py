"""The page of planning: the forecast with its agents, its table, a change that is tried, and what is refused."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from ringback.store.base import utcnow
from tests.support.calls import Store, open_copy
from tests.support.pages import Client, app_of, make_people, sessions_of, signed_in
from tests.support.staffing import DAILY, seed_weeks
from web.models import User

WEEKS = 6


def yesterday(zone: str) -> date:
    return utcnow().astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def wednesday(zone: str) -> str:
    day = yesterday(zone)
    return (day - timedelta(days=(day.weekday() - 2) % 7)).isoformat()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def add(store: Store) -> None:
        zone = store.settings.timezone
        seed_weeks(store.sessions, next(iter(store.settings.queues)), yesterday(zone), WEEKS, ZoneInfo(zone))

    return make_people(tmp_path_factory.mktemp("weeks") / "data", add)


@pytest.fixture(scope="module")
def planned(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, str]]:
    """Clients by name, and the zone; nothing is changed."""
    made = open_copy(folder, tmp_path_factory.mktemp("planned") / "data")
    cookies = sessions_of(folder, tmp_path_factory.mktemp("cookies") / "data")
    yield partial(signed_in, app_of(made), cookies), made.settings.timezone
    made.sessions.kw["bind"].dispose()


def test_the_page_shows_what_is_expected_and_the_agents_for_it_in_both_languages(planned: tuple[Client, str]) -> None:
    page = planned[0]("eva").get("/staffing?weeks=3&week=1").text
    assert "Calls by day" in page and "Agents on the plan, by half hours" in page
    assert page.count("<polyline") == 1 and page.count('class="came"') > 10
    assert len(re.findall(r'<th scope="col">', page)) >= 8
    assert re.search(r'<td class="number shade-[1-5]" title="[\d.]+ calls', page)
    assert "style=" not in page and "<script>" not in page
    assert page.count('aria-current="true"') == 1
    russian = planned[0]("eva").get("/staffing", headers={"Accept-Language": "ru"}).text
    assert "Звонки по дням" in russian and "Что, если…" in russian


def test_the_table_for_spreadsheets_has_what_the_page_has_and_no_formulas(planned: tuple[Client, str]) -> None:
    answer = planned[0]("admin").get("/staffing.csv?weeks=1&goal=mean_wait&value=30")
    assert answer.mimetype == "text/csv" and "staffing-" in answer.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert len(rows) == 7 * 48 and len(head) == 14
    busy = max(rows, key=lambda row: float(row[4]))
    assert busy[2] in ("10:00", "10:30", "11:00", "11:30")
    assert int(busy[9]) > int(busy[8]) >= 2
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_change_is_tried_and_said_before_and_after(planned: tuple[Client, str]) -> None:
    day = wednesday(planned[1])
    asked = f"/staffing/what-if?first={day}&last={day}&more=2&begins=09:30&ends=12:30"
    page = planned[0]("eva").get(asked).text
    assert f"{DAILY} callers came from" in page
    assert "Service level: answered within 20 s" in page and "(better)" in page
    assert f'value="{day}"' in page and 'value="09:30"' in page
    offered = planned[0]("eva").get(f"/staffing/what-if?first={day}&last={day}&more=0&offer=30&taken=90").text
    assert "Left the line for a call back" in offered


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("/staffing?queue=none", "There is no queue “none”."),
        ("/staffing?queue=%3Cscript%3E", "There is no queue “&lt;script&gt;”."),
        ("/staffing?weeks=200000", "write a number from 1 to 8"),
        ("/staffing?value=101", "write a number from 1 to 99.9"),
        ("/staffing?value=nan", "write a number from 1 to 99.9"),
        ("/staffing?shrinkage=100", "write a number from 0 to 80"),
        ("/staffing?week=7", "write a number from 0 to 1"),
        ("/staffing/what-if?first=soon", "“soon” is no day"),
        ("/staffing/what-if?begins=25:00", "“25:00” is no time of the day"),
        ("/staffing/what-if?begins=%D9%A1%D9%A0:00", "is no time of the day"),
        ("/staffing/what-if?first=2026-10-20&last=2026-10-19", "is before the beginning"),
        ("/staffing/what-if?first=1826-10-20&last=2026-10-19", "7 days at the most"),
        ("/staffing/what-if?first=9999-12-31&last=9999-12-31", "is not over yet"),
        ("/staffing/what-if?first=0001-01-01&last=0001-01-01", "Nobody came into the queue"),
        ("/staffing/what-if?more=0", "Say what is to be different"),
        ("/staffing/what-if?more=1e9", "write a number from -50 to 50"),
    ],
)
def test_what_cannot_be_is_a_sentence_beside_the_page(planned: tuple[Client, str], asked: str, said: str) -> None:
    answer = planned[0]("eva").get(asked)
    assert answer.status_code == 400
    assert said in answer.text and "Calls by day" in answer.text


def test_a_supervisor_of_some_queues_plans_for_these_alone(store: Store, signed: Client) -> None:
    first, *others = store.settings.queues
    with store.sessions() as session, session.begin():
        session.execute(update(User).where(User.name == "eva").values(queues=others[:1]))
    page = signed("eva").get("/staffing").text
    assert f'<option value="{others[0]}" selected>' in page and f'<option value="{first}"' not in page
    assert signed("eva").get(f"/staffing?queue={first}").status_code == 400
    assert f'<option value="{first}"' in signed("admin").get("/staffing").text


def test_without_calls_it_says_what_is_needed(store: Store, signed: Client) -> None:
    page = signed("eva").get("/staffing").text
    assert "ringback import" in page and "Calls by day" not in page
    answer = signed("eva").get("/staffing.csv")
    assert answer.status_code == 200 and len(answer.text.splitlines()) == 1
    assert signed("anna").get("/staffing").status_code == 403
    assert "Staffing" not in signed("anna").get("/now").text
