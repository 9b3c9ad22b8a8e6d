"""What callers do in the menus, counted from rows as the controller writes them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from calls import erasing
from calls.menu_figures import in_menu, menu_figures
from calls.models import Call, CallSegment, Contact, QueueVisit, SelfCall
from ringback.config import Settings
from ringback.store.base import utc
from ringback.store.erasing import Scope

T = utc(1_800_000_000)
DAY = timedelta(days=1)
SALES = {"menu": "main", "key": "1", "label": "Sales"}
OTHER = {"menu": "main", "key": "2", "label": "Other"}
BILL = {"menu": "other", "key": "1", "label": "A bill"}


def add(session: Session, call_id: str, *path: dict[str, str], minutes: float = 0, **more: Any) -> Call:
    arrived = T + timedelta(minutes=minutes)
    facts: dict[str, Any] = {"line": "1000", "language": "en", "caller_number": "", "caller_name": "", "state": "ended"}
    facts |= {"arrived_at": arrived, "menu_path": list(path), "menus": [["main", 1, 0, 0]]}
    if more.pop("answered", False):
        facts |= {"queued_at": arrived, "connected_at": arrived, "result": "served"}
    session.add(call := Call(call_id=call_id, **facts | more))
    session.flush()
    return call


def test_each_option_says_what_became_of_its_callers(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add(session, "a", SALES, answered=True)
        add(session, "b", SALES, queued_at=T, result="abandoned")
        add(session, "c", OTHER, BILL, answered=True, menus=[["main", 3, 1, 1], ["other", 1, 0, 0]])
        add(session, "d", OTHER, result="left", menus=[["main", 1, 0, 0], ["other", 2, 1, 0]])
        add(session, "e", result="left")
        add(session, "f", queued_at=T, result="abandoned", menus=[["main", 3, 3, 0]])
        add(session, "g", SALES, menus=None, result="self_service")
        found = menu_figures(session, T, T + DAY)
    assert (found.calls, found.tries_counted) == (7, 6)
    main, other = found.menus["main"], found.menus["other"]
    assert (main.heard, main.chose, main.silent, main.wrong, main.left, main.to_person) == (7, 5, 4, 1, 1, 1)
    assert (other.heard, other.chose, other.silent, other.left) == (2, 1, 1, 1)
    sales, bill = main.options["1"], other.options["1"]
    assert (sales.label, sales.taken, sales.waited, sales.answered, sales.abandoned) == ("Sales", 3, 2, 1, 1)
    assert sales.results == {"served": 1, "abandoned": 1, "self_service": 1}
    assert main.options["2"].taken == 2 and main.options["2"].answered == 1
    assert (bill.taken, bill.answered, other.share("1"), other.share("9")) == (1, 1, 0.5, 0.0)


def test_an_option_taken_twice_in_a_call_counts_once(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add(session, "a", SALES, OTHER, SALES | {"label": "Продажи"}, answered=True)
        add(session, "b", SALES)
        found = menu_figures(session, T, T + DAY)
    assert [(each.key, each.taken) for each in found.menus["main"].options.values()] == [("1", 2), ("2", 1)]
    assert (found.menus["main"].heard, found.menus["main"].chose) == (2, 2)


def test_calls_that_were_passed_on_say_to_whom(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        for call_id in ("a", "b", "c"):
            add(session, call_id, SALES, answered=True)
        for seq, came_by in enumerate(("menu", "transfer", "transfer")):
            session.add(QueueVisit(call_id="a", seq=seq, queue="billing", entered_at=T, came_by=came_by))
        for seq, why in enumerate(("queue", "blind", "attended")):
            session.add(CallSegment(call_id="b", seq=seq, kind="talk", agent=f"a{seq}", started_at=T, why=why))
        session.add(CallSegment(call_id="c", seq=0, kind="talk", agent="a0", started_at=T, why="queue"))
        session.flush()
        sales = menu_figures(session, T, T + DAY).menus["main"].options["1"]
    assert sales.passed_on == 2
    assert sales.passed_on_to == {("queue", "billing"): 1, ("agent", "a1"): 1, ("agent", "a2"): 1}


def test_who_calls_again_within_a_day_came_back(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        people = [Contact(number=f"+1202555012{each}") for each in range(4)]
        session.add_all(people)
        session.flush()
        once, again, other_way, late = (person.id for person in people)
        add(session, "a", SALES, contact_id=once)
        add(session, "b", SALES, contact_id=again)
        add(session, "c", SALES, contact_id=again, minutes=24 * 60)  # on the second, and out of the time itself
        add(session, "d", SALES, contact_id=other_way, minutes=5)
        add(session, "e", OTHER, contact_id=other_way, minutes=10, line="2000")
        add(session, "f", SALES, contact_id=late)
        add(session, "g", SALES, contact_id=late, minutes=24 * 60 + 1)
        add(session, "h", SALES)
        add(session, "i", SALES)
        found, of_line = (menu_figures(session, T, T + DAY, line) for line in (None, "1000"))
    sales = found.menus["main"].options["1"]
    assert (sales.taken, sales.came_back, sales.came_back_same) == (6, 2, 1)
    assert found.menus["main"].options["2"].came_back == 0
    assert "2" not in of_line.menus["main"].options and of_line.menus["main"].options["1"].came_back == 2


def test_only_customers_who_called_in_the_time_count(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add(session, "a", SALES, minutes=-1)
        add(session, "b", SALES, minutes=24 * 60)
        add(session, "c", SALES, caller_number="a-token")
        session.add(SelfCall(token="a-token", line="1000", slot="s"))
        add(session, "d", SALES, answered=True)
        session.add(QueueVisit(call_id="d", seq=0, queue="sales", entered_at=T, came_by="callback"))
        session.flush()
        assert menu_figures(session, T, T + DAY).menus == {}
        assert menu_figures(session, T - DAY, T + 2 * DAY).menus["main"].options["1"].taken == 2


def test_an_erased_caller_is_counted_and_known_no_more(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        session.add(person := Contact(number="+12025550123"))
        session.flush()
        add(session, "a", SALES, contact_id=person.id)
        add(session, "b", SALES, contact_id=person.id, minutes=5)
        assert menu_figures(session, T, T + DAY).menus["main"].options["1"].came_back == 1
        scope = Scope(call_ids=("a", "b"), person=True, contacts=(person.id,))
        erasing.erase(session, Settings(), scope)
        sales = menu_figures(session, T, T + DAY).menus["main"].options["1"]
        assert session.scalars(select(Call.contact_id)).all() == [None, None]
        assert (sales.taken, sales.came_back) == (2, 0)


def test_a_way_that_is_none_is_no_fault(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add(session, "a", menus=[])
        add(session, "b", {"menu": "gone", "key": "7", "label": "<b>"}, menus=None)
        session.execute(update(Call).where(Call.call_id == "a").values(result=None, state="greeting"))
        found = menu_figures(session, T, T + DAY)
    assert (found.calls, list(found.menus)) == (2, ["gone"])
    assert found.option("gone", "7") is not None and found.option("main", "1") is None


def test_the_calls_behind_each_number_are_found(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        add(session, "chose", SALES, answered=True, menus=[["main", 2, 0, 1]])
        add(session, "further", OTHER, BILL, menus=[["main", 1, 0, 0], ["other", 12, 3, 0]])
        add(session, "left", result="left", menus=[["main", 2, 1, 0]])
        add(session, "left later", result="left", menus=[["main", 1, 0, 0], ["other", 1, 0, 0]])
        add(session, "before", SALES, menus=None)
        found = {
            wanted: set(session.scalars(select(Call.call_id).where(in_menu(wanted))))
            for wanted in (
                "main",
                "main:1",
                "other",
                "other:1",
                "main:left",
                "other:left",
                "main:silent",
                "main:wrong",
                "other:silent",
                "mai_",
                "main:%",
                "%",
            )
        }
    assert found == {
        "main": {"chose", "further", "left", "left later", "before"},
        "main:1": {"chose", "before"},
        "other": {"further", "left later"},
        "other:1": {"further"},
        "main:left": {"left"},
        "other:left": {"left later"},
        "main:silent": {"left"},
        "main:wrong": {"chose"},
        "other:silent": {"further"},
        "mai_": set(),
        "main:%": set(),
        "%": set(),
    }
