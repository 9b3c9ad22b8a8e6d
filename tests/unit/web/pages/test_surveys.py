"""The results of surveys: shares with what is known of them, whose they are, and what a call's page and ticket say."""

import csv
import io
import re
from html import unescape

import pytest
from sqlalchemy import select, update

from calls.models import Call
from survey.models import SurveyAnswer, SurveyOptOut, SurveyRun
from tests.support.calls import EVIL_NAME, TICKET, Store
from tests.support.pages import Client, post
from tests.support.surveys import POOR, seed_surveys
from tickets import poor_answers
from tickets.models import Ticket, TicketEntry
from transcripts.models import Transcript


@pytest.fixture
def surveyed(store: Store) -> Store:
    seed_surveys(store)
    return store


def text_of(page: str) -> str:
    """What a page says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_shares_are_told_with_their_interval_and_how_many_there_are(surveyed: Store, signed: Client) -> None:
    page = text_of(signed("eva").get("/survey").text)
    assert "Asked 34" in page and "Heard the question to its end 30" in page
    assert "Hung up before answering 4" in page and "The number was asked a few days ago 3" in page
    assert "Did we solve your problem? 23 answers" in page
    # 15 of 23; Wilson: 0.4489 to 0.8119
    assert "1 Yes 15 65% (45–81)" in page
    assert "CSAT: 65% (45–81)" in page, "also by answers from before anybody had said what they mean"
    assert "1 caller was promised a call about it." in page


def test_of_few_answers_no_share_is_told(surveyed: Store, signed: Client) -> None:
    page = text_of(signed("eva").get("/survey?agent=boris").text)
    assert re.search(r"1 Yes [1-9] –", page), page
    assert "CSAT" not in page


def test_an_agent_is_told_of_own_talks_alone(surveyed: Store, signed: Client) -> None:
    own = text_of(signed("anna").get("/survey").text)
    everybody = text_of(signed("eva").get("/survey?agent=anna").text)
    answers = re.search(r"Did we solve your problem\? (\d+) answers", own)
    assert answers is not None and answers[0] in everybody and answers[1] != "23"
    assert "Boris" not in own and "after your talks" in own
    of_colleague = text_of(signed("anna").get("/survey?agent=boris").text)
    assert "Nobody was asked in this period" in of_colleague


@pytest.mark.parametrize(
    ("by", "told"), [("agent", "Boris"), ("queue", "Support"), ("path", "Something does not work")]
)
def test_results_are_told_apart_by_links(surveyed: Store, signed: Client, by: str, told: str) -> None:
    page = signed("eva").get(f"/survey?by={by}").text
    table = page[page.index('id="groups"') :]
    assert told in table[: table.index("</table>")]
    (only,) = {unescape(each) for each in re.findall(r'href="(/survey\?[^"]*)"><strong>' + told, table)}
    assert f"{by}=" in only and signed("eva").get(only).status_code == 200


def test_each_count_leads_to_its_calls(surveyed: Store, signed: Client) -> None:
    eva = signed("eva")
    page = eva.get("/survey").text
    counts = {
        unescape(address): int(count)
        for address, count in re.findall(r'<a href="(/calls\?[^"]*survey=solved[^"]*)"[^>]*class="number">(\d+)<', page)
    }
    assert sorted(counts.values()) == [3, 5, 15]
    for address, count in counts.items():
        listed = eva.get(address).text
        assert listed.count('class="row-link"') == count, address
        assert "selected>Did we solve your problem? " in listed


def test_words_of_ones_own_lead_to_their_second(surveyed: Store, signed: Client) -> None:
    page = signed("eva").get("/survey").text
    assert f"/calls/{POOR}?at=150.0" in page
    assert "Nobody knew what the other had said" in page
    assert EVIL_NAME not in page and "&lt;img" in page


def test_the_table_has_every_answer_and_no_formula(surveyed: Store, signed: Client) -> None:
    with surveyed.sessions() as session, session.begin():
        evil = [{"menu": "main", "key": "1", "label": "=cmd|' /C calc'!A0"}]
        session.execute(update(Call).where(Call.call_id == POOR).values(menu_path=evil))
    answer = signed("eva").get("/survey.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:6] == ["By", "Group", "Question", "Answer", "Answers", "Of"]
    assert ["All", "", "Did we solve your problem?", "Yes", "15", "23", "65.2", "44.9", "81.2"] in rows
    assert ["All", "", "Outcome", "Asked, hung up before answering", "4", "34"] in rows
    assert any(row[1].startswith("'=cmd") for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    assert "Boris" not in signed("anna").get("/survey.csv").text


def test_what_is_no_date_is_told_and_a_long_period_shortened(surveyed: Store, signed: Client) -> None:
    page = text_of(signed("eva").get("/survey?from=someday&to=<b>").text)
    assert "someday" in page and "This is not a date" in page
    assert "A year at most is counted" in text_of(signed("eva").get("/survey?from=2001-01-01").text)


def test_where_nobody_was_asked_the_page_says_so(store: Store, signed: Client) -> None:
    with store.sessions() as session, session.begin():
        session.query(SurveyAnswer).delete()
        session.query(SurveyRun).delete()
    page = text_of(signed("eva").get("/survey").text)
    assert "Nobody was asked in this period" in page and "What they answer appears here" in page
    assert "Choose a longer period" in text_of(signed("eva").get("/survey?agent=anna").text)


def test_a_poor_answer_leads_from_the_ticket_to_the_seconds(surveyed: Store, signed: Client) -> None:
    page = signed("eva").get(f"/tickets/{TICKET}").text
    addresses = re.findall(rf'href="/calls/{re.escape(POOR)}\?at=([\d.]+)"', page)
    # on hold at 30, passed on at 60, both at once at 64, silence from the last word before to the question at 90
    assert [float(each) for each in addresses] == pytest.approx([30, 60, 64, 67.7], abs=0.5)
    told = text_of(page)
    assert "A poor answer in the survey: Did we solve your problem? No." in told
    assert "Longest on hold 0:22 at 0:30" in told and "Passed on at 1:00" in told


def test_a_poor_answer_is_told_once_and_opens_the_ticket(surveyed: Store) -> None:
    with surveyed.sessions() as session, session.begin():
        session.execute(update(Ticket).where(Ticket.number == TICKET).values(status="closed"))
        assert poor_answers.due(session, full=True) == []
        poor_answers.tell(session, POOR)
        assert session.get_one(Ticket, TICKET).status == "closed", "it was told before"
        session.query(TicketEntry).filter_by(kind="poor").delete()
        # its words have no figures yet: they may say more
        assert poor_answers.due(session, full=True) == [POOR], "it has waited long enough"
        session.execute(update(Transcript).where(Transcript.call_id == POOR).values(state="none"))
        assert poor_answers.due(session, full=False) == [POOR]
        poor_answers.tell(session, POOR)
        entry = session.scalars(select(TicketEntry).where(TicketEntry.kind == "poor")).one()
        answers, moments = entry.text.split("\n")
        assert answers == "A poor answer in the survey: Did we solve your problem? No."
        assert moments.startswith(
            "Longest on hold: 0:22, at 0:30. Passed on at 1:00. Longest talk over each other: 0:03"
        )
        assert moments.endswith("Longest silence: 0:57, at 1:07.")
        session.expire_all()
        assert session.get_one(Ticket, TICKET).status == "open"


def test_the_calls_page_tells_it_all(surveyed: Store, signed: Client) -> None:
    page = text_of(signed("eva").get(f"/calls/{POOR}").text)
    assert "Did we solve your problem? 3 No" in page
    assert "What may explain it Longest on hold 0:22" in page
    assert "Was promised a call about it" in page and "In the caller's own words" in page
    document = signed("eva").get(f"/api/calls/{POOR}").json
    assert document["survey"]["answers"][0]["means"] == "poor"
    assert document["survey"]["comment"]["from"] == 150
    assert [each["kind"] for each in document["survey"]["moments"]] == ["hold", "transfer", "overlap", "silence"]


def opted_out(store: Store) -> list[str]:
    with store.sessions() as session:
        return list(session.scalars(select(SurveyOptOut.caller)))


def test_a_number_that_had_enough_may_be_asked_again(surveyed: Store, signed: Client) -> None:
    assert len(opted_out(surveyed)) == 1
    anna, eva = signed("anna"), signed("eva")
    told = "This number is not asked in surveys"
    assert told in anna.get(f"/calls/{POOR}").text and "Ask it again" not in anna.get(f"/calls/{POOR}").text
    assert post(anna, f"/calls/{POOR}/ask-again").status_code == 403
    assert "Ask it again" in eva.get(f"/calls/{POOR}").text
    assert post(eva, f"/calls/{POOR}/ask-again").status_code == 302
    assert opted_out(surveyed) == []
    assert told not in eva.get(f"/calls/{POOR}").text
    assert post(eva, f"/calls/{POOR}/ask-again").status_code == 302, "nothing the second time"


def test_the_api_gives_the_same_results(surveyed: Store, signed: Client) -> None:
    found = signed("eva").get("/api/survey?by=week").json
    assert (found["outcomes"]["offered"], found["outcomes"]["stayed"]) == (34, 30)
    [question] = found["questions"]
    yes = question["options"][0]
    assert (yes["key"], yes["label"], yes["means"], yes["count"], yes["n"]) == ("1", "Yes", "good", 15, 23)
    assert [yes[name] for name in ("low", "share", "high")] == pytest.approx([0.4489, 15 / 23, 0.8119], abs=0.001)
    assert set(found["groups"]) == {"agent", "queue", "path", "language", "week"}
    assert {each["value"] for each in signed("anna").get("/api/survey").json["groups"]["agent"]} == {"anna"}


def test_a_row_that_the_settings_know_no_more_is_shown(surveyed: Store, signed: Client) -> None:
    with surveyed.sessions() as session, session.begin():
        session.execute(update(SurveyRun).where(SurveyRun.call_id == POOR).values(survey="gone", agent="gone"))
        session.execute(
            update(SurveyAnswer).where(SurveyAnswer.call_id == POOR).values(survey="gone", name="1", question="Old?")
        )
    page = text_of(signed("eva").get("/survey").text)
    assert "Old? gone" in page or "Old? 1 answer" in page
    assert "gone" in page
