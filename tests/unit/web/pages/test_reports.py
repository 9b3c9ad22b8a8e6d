"""Reports as pages: every figure with its rule, every number with its calls, and to each person what is his or hers."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from reports.counting import Counter
from reports.figures import DEFINITIONS, FIGURES
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.calls import Store, open_copy
from tests.support.pages import Client, app_of, signed_in, token
from tests.support.reported import Reported
from web.documents.report_views import FIGURE_SETS, OWN
from web.models import User

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def reported(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Calls of two weeks, counted; one of the queues the settings have no more."""
    store, now = open_copy(evening, tmp_path_factory.mktemp("reported") / "data"), utcnow()
    with store.sessions() as session, session.begin():
        Reported(session, now, days=7).add()
    counter = Counter(store.sessions, store.settings)
    for _ in range(90):
        if not counter.count(now):
            break
    yield store
    store.sessions.kw["bind"].dispose()


@pytest.fixture(scope="module")
def signed(reported: Store, cookies: dict[str, str]) -> Client:
    return partial(signed_in, app_of(reported), cookies)


def told(page: str) -> str:
    """What a page says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("name", FIGURE_SETS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_figure_has_its_rule_beside_it(signed: Client, name: str, language: str) -> None:
    client = signed("eva")
    client.set_cookie("language", language)
    answer = client.get(f"/reports/{name}?period=this_month&compare=before")
    assert answer.status_code == 200
    page = told(answer.text)
    for figure in FIGURE_SETS[name]:
        assert FIGURES[figure].title().worded(language) in page
        assert FIGURES[figure].rule(Settings()).worded(language) in page


@pytest.mark.parametrize("figure", ["answered", "service_level", "asa"])
def test_a_number_opens_as_many_calls_as_it_says(signed: Client, figure: str) -> None:
    eva = signed("eva")
    page = eva.get(f"/reports/line?period=this_year&interval=all&figures={figure}").text
    link = unescape(re.findall(r'<a class="tile-link" href="(/reports/calls[^"]+)"', page)[0])
    tiles = page[page.index("report-tiles") : page.index("report-rules")]
    said = re.search(r"tile-link[^>]*>([\d,]+)<" if figure == "answered" else r"of ([\d,]+)", tiles)
    assert said is not None
    listed = 0
    while link:
        shown = eva.get(link).text
        listed += shown.count('class="row-link"')
        older = re.search(r'class="pager"><a class="button" href="([^"]+)"', shown)
        link = unescape(older[1]) if older else ""
    assert listed == int(said[1].replace(",", "")) > 40


def test_of_a_share_what_it_does_not_count_can_be_seen_alone(signed: Client) -> None:
    page = signed("eva").get("/reports/calls?view=line&figure=service_level&period=this_year&side=rest").text
    assert 'aria-current="true">Not counted<' in page and "answered within" in told(page).lower()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=2026-12-01&until=2025-01-01", "before it begins"),
        ("since=1900-01-01&until=2100-01-01", "are too many, or too far away"),
        ("since=yesterday", "“yesterday” is not a day"),
        ("queue=nowhere", "There is no queue “nowhere”"),
        ("figures=luck", "There is no figure “luck”"),
        ("by=luck", "“luck” cannot be chosen here"),
        ("interval=<b>", "“<b>” cannot be chosen here"),
        ("interval=week_hours&by=agent", "By the hours of the day"),
        ("period=this_year&since=2020-01-01&interval=quarter", "rows are too many"),
    ],
)
def test_what_cannot_be_asked_is_said_and_the_form_keeps_what_was_typed(signed: Client, asked: str, said: str) -> None:
    answer = signed("eva").get(f"/reports/line?{asked}")
    assert answer.status_code == 400
    assert said in told(answer.text) and "<b>" not in answer.text.replace("<b></b>", "")
    assert 'role="alert"' in answer.text and "<form" in answer.text
    in_the_page = signed("eva").get(f"/reports/line?{asked}", headers={"HX-Request": "true"})
    assert in_the_page.status_code == 200 and said in told(in_the_page.text)
    if "until" in asked:
        assert f'value="{asked.rpartition("=")[2]}"' in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "view=line",
        "view=line&figure=occupancy",
        "view=own&figure=calls",
        "view=line&figure=calls&begins=never",
        "view=line&figure=calls&begins=0001-01-01T00:00:00%2B14:00",
        "view=line&figure=calls&older=x",
        "view=line&figure=calls&interval=weekday&begins=2026-11-01&name=9&period=this_year",
    ],
)
def test_an_address_of_calls_that_nobody_made_is_refused_in_words(signed: Client, asked: str) -> None:
    answer = signed("eva").get(f"/reports/calls?{asked}")
    assert answer.status_code in (400, 404), answer.text
    assert len(told(answer.text)) > 100


def test_an_agent_sees_own_figures_and_own_calls_alone(signed: Client) -> None:
    anna = signed("anna")
    page = anna.get("/reports/mine?period=this_year").text
    assert all(FIGURES[figure].title().worded("en") in told(page) for figure in OWN)
    assert "Boris" not in page and 'name="agent"' not in page
    others = anna.get("/reports/mine?period=this_year&agent=boris&by=agent").text
    assert "Boris" not in others and told(page).partition("Talks")[2][:40] == told(others).partition("Talks")[2][:40]
    link = unescape(re.findall(r'<a class="tile-link" href="(/reports/calls[^"]+)"', page)[0])
    assert anna.get(link).status_code == 200
    stolen = anna.get(link.replace("view=own", "view=line"))
    assert stolen.status_code == 400 and "r-0" not in stolen.text
    assert [anna.get(path).status_code for path in ("/reports", "/reports/line")] == [403, 403]


def test_a_supervisor_can_be_limited_to_queues(evening: Path, tmp_path: Path, cookies: dict[str, str]) -> None:
    store, now = open_copy(evening, tmp_path / "data"), utcnow()
    with store.sessions() as session, session.begin():
        Reported(session, now, days=2).add()
    counter = Counter(store.sessions, store.settings)
    for _ in range(9):
        if not counter.count(now):
            break
    app = app_of(store)
    eva, admin = signed_in(app, cookies, "eva"), signed_in(app, cookies, "admin")
    with store.sessions() as session:
        eva_page = f"/people/{session.scalars(select(User.id).where(User.name == 'eva')).one()}"
    report = "/reports/line?period=this_year&interval=all&by=queue"
    assert "old-line" in told(eva.get(report).text)
    saved = admin.post(f"{eva_page}/queues", data={"queues": ["billing", "x"], "csrf_token": token(admin, eva_page)})
    assert saved.status_code == 303 and "Queues of reports changed: All → billing" in told(admin.get(eva_page).text)
    assert "old-line" not in eva.get(report).text
    assert "old-line" in told(admin.get(report).text), "admins are not limited"
    refused = eva.get("/reports/line?queue=support")
    assert "/calls/r-" in admin.get("/reports/calls?view=line&figure=offered&period=this_year").text
    assert refused.status_code == 400 and "There is no queue “support”" in told(refused.text)
    behind = eva.get("/reports/calls?view=line&figure=offered&period=this_year").text
    assert "/calls/r-" not in behind and "/calls/r-" not in eva.get("/reports").text
    store.sessions.kw["bind"].dispose()


def test_trainers_have_no_reports(signed: Client) -> None:
    paths = ("/reports", "/reports/line", "/reports/mine", "/reports/calls?view=line&figure=calls")
    assert [signed("tom").get(path).status_code for path in paths] == [403] * 4


def test_what_the_settings_have_no_more_is_named_as_it_was(signed: Client) -> None:
    page = told(signed("eva").get("/reports/line?period=this_year&by=queue&interval=all").text)
    assert "old-line not in the settings any more" in page and "Support" in page
    assert "Not in the settings any more: old-line." in page


@pytest.mark.parametrize("by", ["line", "agent", "menu", "topic", "language", "disposition"])
def test_values_are_called_as_people_know_them(signed: Client, by: str) -> None:
    page = told(signed("eva").get(f"/reports/line?period=this_year&by={by}&interval=all").text)
    expected = {
        "line": "1000",
        "agent": "Boris",
        "menu": "1 Something does not work",
        "topic": "Router",
        "language": "Russian",
        "disposition": "solved",
    }
    assert expected[by] in page


def test_of_fewer_than_ten_no_percentage_is_told(signed: Client) -> None:
    page = told(signed("eva").get("/reports/line?period=yesterday&interval=day&figures=service_level").text)
    assert "fewer than 10 of" in page and "%" not in page.partition("How each figure is counted")[0]


def test_the_week_is_drawn_in_squares_that_lead_to_calls(signed: Client) -> None:
    page = signed("eva").get("/reports/line?period=this_year&interval=week_hours&figures=offered,service_level").text
    assert page.count('class="heat"') == 2
    square = unescape(re.findall(r'<td class="heat-\d[^>]*><a href="([^"]+)"', page)[0])
    assert 'class="row-link"' in signed("eva").get(square).text


def test_lines_can_be_walked_by_keyboard_and_say_their_values(signed: Client) -> None:
    page = signed("eva").get("/reports/line?period=this_year&interval=week&figures=offered").text
    assert re.search(r'<a class="chart-point[^>]*href="/reports/calls[^>]*aria-label="[^"]+: \d+"', page)


def test_the_front_page_has_today_and_calls_worth_hearing(signed: Client) -> None:
    page = signed("eva").get("/reports").text
    text = told(page)
    assert "Today beside the same weekday a week ago" in text and "Goal: at least 80 %" in text
    assert "The caller judged the talk to be poor." in text and "The longest hold of the last days" in text
    assert len(re.findall(r'href="/calls/r-\d+"', page)) == 3


def test_a_goal_that_somebody_set_is_on_the_front_page_and_today_is_held_to_it(signed: Client) -> None:
    client = signed("eva")
    by_day = (utcnow() + timedelta(days=30)).date().isoformat()
    for figure, target in (("asa", "0:30"), ("offered", "900")):
        form = {"figure": figure, "queue": "", "target": target, "way": "at_most", "by_date": by_day}
        posted = client.post("/reports/goals", data={**form, "csrf_token": token(client, "/reports/goals")})
        assert posted.status_code == 303
    front = client.get("/reports").text
    assert "Goal: at most 0:30" in told(front)
    assert "Goal: at most 900" not in told(front), "a day is not held to the number of a week"
    rows = re.findall(r'href="/reports/goals#goal-', front)
    assert len(rows) == 2


def test_before_anything_is_counted_the_pages_say_so(evening: Path, tmp_path: Path, cookies: dict[str, str]) -> None:
    store = open_copy(evening, tmp_path / "data")
    client = signed_in(app_of(store), cookies, "admin")
    assert "Nothing is counted yet" in told(client.get("/reports").text)
    assert "Nothing happened in this time" in told(client.get("/reports/line?period=last_year").text)
    store.sessions.kw["bind"].dispose()


def test_the_manual_has_every_figure_with_its_rule() -> None:
    manual = (ROOT / "docs/reports.md").read_text(encoding="utf-8")
    for definition in DEFINITIONS:
        rule = definition.rule(Settings()).worded("en")
        assert f"| {definition.title().worded('en')} | {rule} |" in manual, definition.name
