"""Reports as files, reports by mail and goals, as people use the pages."""

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from reports.goals.models import ReportGoal
from reports.schedules.models import ReportLetter, ReportSchedule
from ringback.store.base import utcnow
from tests.support.calls import Store
from tests.support.pages import Client
from web.models import User

RUSSIAN = {"Accept-Language": "ru"}
EVIL = '"><img src=x onerror=alert(1)>'
GOAL = {"figure": "service_level", "queue": "", "target": "80", "way": "", "by_date": "2099-01-01"}
WRONG_SCHEDULES: list[dict[str, str]] = [
    {"title": ""},
    {"title": "x" * 81},
    {"report": "own"},
    {"report": "x"},
    {"every": "second"},
    {"at": "25:00"},
    {"weekday": "7"},
    {"day": "32"},
    {"day": "٣"},
    {"format": "exe"},
    {"person": ""},
    {"person": str(uuid.uuid4())},
    {"queue": "nowhere"},
    {"by": "agent' --"},
    {"interval": "second"},
    {"figures": "x"},
]
WRONG_GOALS: list[dict[str, str]] = [
    {"target": "nan"},
    {"target": "1e400"},
    {"target": EVIL},
    {"target": "101"},
    {"figure": "x"},
    {"queue": EVIL},
    {"by_date": "2020-01-01"},
    {"by_date": "9999-12-31"},
    {"by_date": "tomorrow"},
    {"figure": "aht"},
]


@pytest.fixture(autouse=True)
def no_tokens(app: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def day_ahead(days: int = 30) -> str:
    return (utcnow() + timedelta(days=days)).date().isoformat()


def id_of(store: Store, name: str) -> str:
    with store.sessions() as session:
        return str(session.scalars(select(User.id).where(User.name == name)).one())


def schedule(store: Store, **more: Any) -> dict[str, Any]:
    usual = {"title": "Morning", "report": "line", "by": "queue", "interval": "all", "queue": "", "every": "week"}
    return {**usual, "weekday": "0", "day": "1", "at": "07:30", "format": "xlsx", "person": id_of(store, "eva"), **more}


def with_addresses(store: Store) -> None:
    """Everybody has one."""
    with store.sessions() as session, session.begin():
        session.execute(update(User).values(email="x@example.com"))


def made(store: Store) -> list[ReportSchedule]:
    with store.sessions() as session:
        return list(session.scalars(select(ReportSchedule)))


# -- files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")])
def test_a_report_is_a_file_at_its_own_address_with_another_ending(signed: Client, kind: str, begins: bytes) -> None:
    got = signed("eva").get(f"/reports/line.{kind}?period=last_month&interval=day&by=queue", headers=RUSSIAN)
    assert got.status_code == 200
    assert got.data.startswith(begins)
    assert got.headers["Content-Disposition"].startswith('attachment; filename="line-')
    assert got.headers["Cache-Control"] == "no-store"


def test_a_file_that_cannot_be_is_a_sentence(signed: Client) -> None:
    for query in ("since=2026-02-30", "since=2026-05-02&until=2026-05-01", "figures=x", "queue=nowhere", "by=x"):
        got = signed("eva").get(f"/reports/line.xlsx?{query}")
        assert (got.status_code, got.mimetype) == (400, "text/plain"), query
    assert signed("eva").get("/reports/evil.csv").status_code == 404


def test_agents_have_a_file_of_their_own_figures_and_no_other(signed: Client) -> None:
    client = signed("anna")
    assert client.get("/reports/mine.csv?agent=boris&by=agent").status_code == 200
    assert client.get("/reports/line.csv").status_code == 403
    assert signed("eva").get("/reports/mine.csv").status_code == 403
    assert signed("tom").get("/reports/line.pdf").status_code == 403


def test_headings_of_a_spreadsheet_are_in_the_readers_language(signed: Client) -> None:
    content = signed("eva").get("/reports/line.xlsx?period=yesterday", headers=RUSSIAN).data
    sheet, rules = load_workbook(io.BytesIO(content)).worksheets
    assert "Поступило в очередь" in [cell.value for cell in sheet[1]]
    assert rules.title == "Правила"


# -- by mail ---------------------------------------------------------------------------------------------


def test_without_schedules_the_page_says_so_and_that_no_server_is_named(signed: Client) -> None:
    page = signed("eva").get("/reports/sending").text
    assert "No report is sent by mail" in page and "name no mail server" in page
    assert "Отчёты по почте не отправляются" in signed("eva").get("/reports/sending", headers=RUSSIAN).text


def test_a_schedule_is_made_paused_resumed_tried_and_removed(store: Store, signed: Client) -> None:
    client = signed("eva")
    refused = client.post("/reports/sending", data=schedule(store))
    assert refused.status_code == 400 and "has no mail address" in refused.text  # before there is an address
    assert 'value="Morning"' in refused.text
    assert client.post("/mail", data={"email": "eva@example.com", "zone": "Asia/Tokyo"}).status_code == 303
    assert client.post("/reports/sending", data=schedule(store)).status_code == 303
    [row] = made(store)
    assert row.view == {"name": "line", "fields": {"by": "queue", "interval": "all"}}
    page = client.get("/reports/sending").text
    assert "Morning" in page and "on Mondays" in page and "eva@example.com" in page
    for action, said in (("pause", "paused"), ("resume", "sent again"), ("now", "waits")):
        assert client.post(f"/reports/sending/{row.id}/{action}").status_code == 303
        assert said in client.get("/reports/sending").text
    with store.sessions() as session:
        assert [each.purpose for each in session.scalars(select(ReportLetter))] == ["now"]
    client.post(f"/reports/sending/{row.id}/remove")
    assert made(store) == []
    assert client.post(f"/reports/sending/{row.id}/pause").status_code == 303


def test_what_cannot_be_sent_is_a_sentence_and_no_row(store: Store, signed: Client) -> None:
    with_addresses(store)
    for wrong in WRONG_SCHEDULES:
        got = signed("eva").post("/reports/sending", data=schedule(store, **wrong))
        assert got.status_code == 400 and 'role="alert"' in got.text, wrong
    assert made(store) == []


def test_what_somebody_typed_is_text_on_the_page(store: Store, signed: Client) -> None:
    with_addresses(store)
    signed("eva").post("/reports/sending", data=schedule(store, title=EVIL))
    page = signed("admin").get("/reports/sending").text
    assert EVIL not in page and "&lt;img" in page


def test_others_see_what_they_are_sent_and_change_nothing_of_it(store: Store, signed: Client) -> None:
    with_addresses(store)
    signed("admin").post("/reports/sending", data=schedule(store, title="For eva"))
    signed("admin").post("/reports/sending", data=schedule(store, title="For me", person=id_of(store, "admin")))
    page = signed("eva").get("/reports/sending").text
    assert "For eva" in page and "For me" not in page
    for row in made(store):
        status = signed("eva").post(f"/reports/sending/{row.id}/remove").status_code
        assert status == (403 if row.title == "For eva" else 303)
    assert len(made(store)) == 2


def test_an_address_with_a_line_in_it_is_refused(store: Store, signed: Client) -> None:
    got = signed("eva").post("/mail", data={"email": "e@example.com\r\nBcc: x@y.z", "zone": ""})
    assert got.status_code == 400 and "is not a mail address" in got.text
    with store.sessions() as session:
        assert session.scalars(select(User.email).where(User.name == "eva")).one() == ""


def test_a_schedule_is_changed_in_the_form_that_made_it(signed: Client, store: Store) -> None:
    with_addresses(store)
    client = signed("eva")
    client.post("/reports/sending", data=schedule(store, title="To be changed", figures="offered"))
    [row] = [each for each in made(store) if each.title == "To be changed"]
    page = client.get(f"/reports/sending?change={row.id}").text
    assert f'name="schedule" value="{row.id}"' in page and 'value="To be changed"' in page
    assert re.search(r'<option value="xlsx" selected>', page) and "Keep the change" in page
    wanted = schedule(store, title="Was changed", every="day", at="06:15", schedule=str(row.id))
    assert client.post("/reports/sending", data=wanted | {"at": "25:00"}).status_code == 400
    assert client.post("/reports/sending", data=wanted).status_code == 303
    [changed] = [each for each in made(store) if each.id == row.id]
    assert (changed.title, changed.every, changed.at, changed.owner) == ("Was changed", "day", "06:15", row.owner)
    assert changed.since > row.since, "what was due before is not sent again"


def test_a_schedule_is_changed_by_its_owner_and_admins_alone(signed: Client, store: Store) -> None:
    with_addresses(store)
    for who in ("eva", "admin"):
        signed(who).post("/reports/sending", data=schedule(store, title=f"Of {who}"))
    keys = {row.title: str(row.id) for row in made(store)}
    other = signed("eva")
    assert other.get(f"/reports/sending?change={keys['Of admin']}").status_code == 403
    assert other.post("/reports/sending", data=schedule(store, schedule=keys["Of admin"])).status_code == 403
    assert signed("admin").get(f"/reports/sending?change={keys['Of eva']}").status_code == 200
    signed("eva").post(f"/reports/sending/{keys['Of eva']}/remove")
    gone = schedule(store, title="Too late", schedule=keys["Of eva"])
    assert other.post("/reports/sending", data=gone).status_code == 303
    assert [row.title for row in made(store)] == ["Of admin"]


# -- goals -----------------------------------------------------------------------------------------------


def test_a_goal_is_set_shown_and_withdrawn(store: Store, signed: Client) -> None:
    client = signed("eva")
    assert "No goals yet" in client.get("/reports/goals").text
    assert client.post("/reports/goals", data={**GOAL, "by_date": day_ahead()}).status_code == 303
    page = client.get("/reports/goals").text
    assert "Service level" in page and "at least 80" in page and "not known" in page
    assert "не меньше 80" in client.get("/reports/goals", headers=RUSSIAN).text
    again = client.post("/reports/goals", data={**GOAL, "by_date": day_ahead()})
    assert again.status_code == 400 and "has a goal for this queue already" in again.text
    with store.sessions() as session:
        key = session.scalars(select(ReportGoal.id)).one()
    client.post(f"/reports/goals/{key}/withdraw")
    page = client.get("/reports/goals").text
    assert "withdrawn" in page and "No goals yet" in page
    assert client.post(f"/reports/goals/{key}/withdraw").status_code == 303


def test_a_goal_that_cannot_be_is_a_sentence_and_no_row(store: Store, signed: Client) -> None:
    for wrong in WRONG_GOALS:
        got = signed("eva").post("/reports/goals", data={**GOAL, "by_date": day_ahead(), **wrong})
        assert got.status_code == 400 and 'role="alert"' in got.text and EVIL not in got.text, wrong
    with store.sessions() as session:
        assert session.scalars(select(ReportGoal)).all() == []


def test_a_report_shows_the_goals_of_its_figures_and_the_way_to_its_files(signed: Client) -> None:
    client = signed("eva")
    client.post("/reports/goals", data={**GOAL, "by_date": day_ahead()})
    page = client.get("/reports/line?period=last_week&by=queue").text
    assert "at least 80" in page and "/reports/line.xlsx?" in page and "period=last_week" in page
    assert "/reports/sending?" in page and "report=line" in page
    assert "at least 80" not in client.get("/reports/survey").text
    assert "/reports/mine.pdf" in signed("anna").get("/reports/mine").text
    assert "/reports/goals" in client.get("/reports").text
    asked = client.get("/reports/sending?report=agents&by=agent&interval=all&figures=aht").text
    assert 'value="agents" selected' in asked and 'name="figures" value="aht"' in asked
