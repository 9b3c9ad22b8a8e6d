"""The page of calls: what is chosen stays in the address, in the crumb and in the table for spreadsheets."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from calls.models import Call
from ringback.store.base import utcnow
from tests.support.calls import EVIL, EVIL_NAME, EVIL_NUMBER, MISSING, WHOLE, Store
from tests.support.pages import Client
from web.calls.table import lines


def test_the_crumb_of_a_call_leads_back_to_the_list_as_it_was(signed: Client) -> None:
    eva = signed("eva")
    assert 'class="crumb"><a href="/calls">' in eva.get(f"/calls/{WHOLE}").text
    eva.get("/calls?result=served&agent=anna&text=dana&order=talk&before=&nonsense=1")
    (back,) = re.findall(r'class="crumb"><a href="([^"]+)">', eva.get(f"/calls/{WHOLE}").text)
    assert unescape(back) == "/calls?text=dana&result=served&agent=anna&order=talk"
    assert f"/calls/{WHOLE}" in eva.get(unescape(back)).text
    eva.get("/calls")
    assert 'class="crumb"><a href="/calls">' in eva.get(f"/calls/{WHOLE}").text


def test_choices_stay_chosen_and_lead_on(signed: Client) -> None:
    chosen = "from=2026-11-01&queue=support&line=1000&survey=answered&order=wait&text=dana"
    page = signed("eva").get(f"/calls?{chosen}").text
    for value in ("support", "1000", "answered", "wait"):
        assert f'value="{value}" selected' in page, value
    assert 'value="2026-11-01"' in page and '<details class="search-more" open>' in page
    assert re.search(r'aria-sort="descending"><a[^>]*>Wait', page)
    table = re.search(r'href="(/calls\.csv\?[^"]+)"', page)
    assert table is not None
    assert {"from=2026-11-01", "order=wait", "line=1000"} <= set(unescape(table[1]).partition("?")[2].split("&"))


def test_what_is_no_date_or_order_is_told_or_ignored(signed: Client) -> None:
    eva = signed("eva")
    page = eva.get("/calls?from=someday&to=%3Cb%3E&order=caller_name;--").text
    assert "someday" in page and "This is not a date" in page and "<b>" not in page
    assert f"/calls/{WHOLE}" in page
    assert eva.get("/calls?order=wait&before=2026-11-20T09:00:00%2B00:00~1").status_code == 400


def test_a_day_beyond_today_is_empty(signed: Client) -> None:
    eva, day = signed("eva"), f"{utcnow() + timedelta(days=2):%Y-%m-%d}"
    assert "No calls match" in eva.get(f"/calls?from={day}").text
    assert f"/calls/{WHOLE}" in eva.get(f"/calls?to={day}").text


def table_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_table_has_every_call_of_the_list_and_no_formula(signed: Client) -> None:
    answer = signed("eva").get("/calls.csv?text=cmd")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    head, row = table_of(answer.text)
    told = dict(zip(head, row, strict=True))
    assert (told["Caller"], told["Number"], told["Call"]) == (EVIL_NAME, f"'{EVIL_NUMBER}", EVIL)
    every = table_of(signed("eva").get("/calls.csv").text)
    assert {MISSING, WHOLE, EVIL} <= {row[-1] for row in every}
    assert [cell for row in every for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    russian = table_of(signed("eva").get("/calls.csv", headers={"Accept-Language": "ru"}).text)
    assert "Номер" in russian[0] or "Number" in russian[0]


def test_an_agents_table_has_own_calls_alone(signed: Client, store: Store) -> None:
    with store.sessions() as session:
        own = set(session.scalars(select(Call.call_id).where(Call.agent == "anna")))
    assert {row[-1] for row in table_of(signed("anna").get("/calls.csv?agent=boris").text)[1:]} <= own
    assert {row[-1] for row in table_of(signed("anna").get("/calls.csv").text)[1:]} == own


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\u200b=1", "＝1", "|calc", "%0A"])
def test_no_cell_begins_like_a_formula(app: object, store: Store, name: str) -> None:
    call = {"arrived_at": "2026-11-20T09:00:00+00:00", "caller_name": name, "menu_path": [{"label": name}]}
    rest = (
        "caller_number",
        "line",
        "queue",
        "wait_seconds",
        "talk_seconds",
        "agent",
        "result",
        "answer",
        "ticket",
        "subject",
        "transcript",
        "call_id",
    )
    call |= {key: name for key in rest if key not in ("wait_seconds", "talk_seconds")}
    with app.test_request_context():  # type: ignore[attr-defined]
        made = "".join(lines([{**dict.fromkeys(rest), **call, "recording": "complete"}], store.settings))
    cells = table_of(made)[1]
    assert cells[1] == f"'{name}"
    assert all(cell[:1] not in set("=+-@\t\r|%＝") for cell in cells)
