"""The waiting line: priority, skills, last agent, strategies, limits, places kept, agents' shifts and pauses."""

from typing import Any

import pytest

from queueing.agents import AgentChoice
from queueing.decisions import Announcement, Kind, Offer, Overflow, Overstay, Reason
from queueing.errors import UnknownAgent, UnknownQueue
from queueing.expected_wait import ExpectedWait
from queueing.history import History
from queueing.router import AgentMode, Device, Router
from ringback.config import Need, Settings

T = 1_800_000_000.0
ENGLISH = {"skill": "english", "level": 50, "after": {"60": 0}}
NEVER = {"announce_first_seconds": 1e6}


def settings(queues: dict[str, dict[str, Any]], **more: Any) -> Settings:
    """Anna speaks English, Boris some, Carol none; all serve every queue that does not say otherwise."""
    agents = [("anna", {"english": 80}), ("boris", {"english": 40}), ("carol", {})]
    first = next(iter(queues))
    return Settings.model_validate(
        {
            "agents": [
                {"name": name, "display": name, "extension": str(201 + i), "skills": skills}
                for i, (name, skills) in enumerate(agents)
            ],
            "queues": {
                name: {"name": name, "agents": ["anna", "boris", "carol"], **NEVER, **queue}
                for name, queue in queues.items()
            },
            "menus": {
                "main": {
                    "prompt": "menu-main",
                    "options": {"1": {"label": first, "queue": first}},
                    "operator_queue": first,
                }
            },
            **more,
        }
    )


def router_of(queues: dict[str, dict[str, Any]], *agents: str, **more: Any) -> Router:
    """Only these agents have a phone; idle in this order."""
    router = Router(settings(queues, **more))
    for number, agent in enumerate(agents):
        router.device(agent, Device.IDLE, T - 100 + number)
    return router


def talks(router: Router, call: str, agent: str, begins: float, ends: float) -> None:
    """One whole talk, whatever follows from its end."""
    router.connected(call, agent, begins)
    router.leave(call, ends)


# -- order ---------------------------------------------------------------------------------------------


def test_priority_goes_first_and_equals_go_by_the_arrival_of_the_call() -> None:
    router = router_of({"a": {}, "b": {"priority": 3}}, vips={"+14155550100": 9})
    router.join("plain", "a", T, T)
    router.join("chosen", "a", T + 1, T + 1, priority=2)
    router.join("queue", "b", T + 2, T + 2)
    router.join("vip", "a", T + 3, T + 3, number="+14155550100")
    router.join("promise", "a", T - 500, T + 4, kind=Kind.CALLBACK)
    got = [router.device("anna", Device.IDLE, T + 5)[0]]
    for _ in range(4):
        router.connected(got[-1].call, "anna", T + 6)
        router.leave(got[-1].call, T + 6)
        got += router.resume("anna", T + 6)
    assert [offer.call for offer in got] == ["vip", "queue", "chosen", "promise", "plain"]
    assert [offer.kind for offer in got].count(Kind.CALLBACK) == 1


def test_needs_fall_as_the_caller_waits() -> None:
    router = router_of({"a": {"needs": [ENGLISH]}}, "boris")
    assert router.join("c", "a", T, T + 5) == []
    assert router.next_timer() == T + 60, "the wait counts from the arrival of the call"
    assert router.tick(T + 59) == []
    assert router.tick(T + 60) == [Offer("c", "boris")]


def test_who_has_the_skill_is_asked_and_another_gets_the_next_who_needs_none() -> None:
    router = router_of({"a": {}})
    router.join("english", "a", T, T, needs=[Need(skill="english", level=50)])
    router.join("any", "a", T + 1, T + 1)
    assert router.device("carol", Device.IDLE, T + 2) == [Offer("any", "carol")]
    assert router.device("anna", Device.IDLE, T + 3) == [Offer("english", "anna")]


def test_the_last_agent_is_waited_for_and_then_anybody() -> None:
    router = router_of({"a": {}}, "anna", "boris")
    router.join("x", "a", T, T)
    router.connected("x", "anna", T)
    assert router.join("c", "a", T, T, last_agent="anna") == [], "boris is free, anna talks"
    assert router.join("d", "a", T + 1, T + 1) == [Offer("d", "boris")]
    talks(router, "d", "boris", T + 1, T + 2)
    assert router.tick(T + 17) == [], "boris is through with the wrap-up"
    assert router.tick(T + 20) == [Offer("c", "boris")]


def test_the_last_agent_who_gets_free_in_time_has_the_caller() -> None:
    router = router_of({"a": {}}, "anna", "boris")
    router.join("x", "a", T, T)
    router.connected("x", "anna", T)
    router.join("c", "a", T, T, last_agent="anna")
    router.leave("x", T + 1)
    assert router.resume("anna", T + 2) == [Offer("c", "anna")]


def test_the_last_agent_gets_the_caller_even_if_idle_for_less_long() -> None:
    router = router_of({"a": {}}, "anna", "boris")
    assert router.join("c", "a", T, T, last_agent="boris") == [Offer("c", "boris")]


@pytest.mark.parametrize("away", ["paused", "logged out", "no phone"])
def test_a_last_agent_who_is_not_there_is_not_waited_for(away: str) -> None:
    router = router_of({"a": {}}, "anna", "boris")
    act = {
        "paused": lambda at: router.pause("anna", "lunch", at),
        "logged out": lambda at: router.logout("anna", at),
        "no phone": lambda at: router.device("anna", Device.UNREACHABLE, at),
    }[away]
    router.device("anna", Device.IN_USE, T)
    assert router.join("c", "a", T, T, last_agent="anna") == [], "on a call of her own: may be back soon"
    assert act(T + 1) == [Offer("c", "boris")]
    assert router.join("d", "a", T + 2, T + 2, last_agent="anna") == []
    talks(router, "c", "boris", T + 2, T + 3)
    assert router.resume("boris", T + 3) == [Offer("d", "boris")]


def test_of_two_who_waited_for_the_same_agent_the_longer_waiting_is_next() -> None:
    router = router_of({"a": {}}, "anna", "boris")
    router.device("anna", Device.IN_USE, T)
    router.join("b-early", "a", T, T, last_agent="anna")
    router.join("a-late", "a", T + 1, T + 1, last_agent="anna")
    assert router.pause("anna", "lunch", T + 2) == [Offer("b-early", "boris")]


# -- strategies ----------------------------------------------------------------------------------------


def test_least_busy_is_the_smallest_share_of_the_shift_spent_talking() -> None:
    router = router_of({"a": {"strategy": "least-busy", "wrap_up_seconds": 0}}, "anna", "boris")
    assert router.join("x", "a", T, T) == [Offer("x", "anna")]
    router.connected("x", "anna", T)
    assert router.join("y", "a", T, T) == [Offer("y", "boris")]
    router.connected("y", "boris", T)
    router.leave("y", T + 10)
    router.leave("x", T + 300)
    assert router.join("z", "a", T + 400, T + 400) == [Offer("z", "boris")], "idle for longer and has talked less"
    talks(router, "z", "boris", T + 400, T + 900)
    assert router.join("v", "a", T + 900, T + 900) == [Offer("v", "anna")]
    router.leave("v", T + 900)
    next_day = T + 86400
    assert router.join("w", "a", next_day, next_day) == [Offer("w", "anna")], "a new day: both have talked for nothing"


def test_several_ring_and_who_answers_has_the_call() -> None:
    router = router_of({"a": {"ring_together": 2}}, "anna", "boris", "carol")
    offer = Offer("c", "anna", ("boris",))
    assert router.join("c", "a", T, T) == [offer]
    assert offer.agents == ("anna", "boris")
    router.pause("carol", "lunch", T)
    assert router.join("d", "a", T + 1, T + 1) == []
    assert router.connected("c", "boris", T + 2) == [Offer("d", "anna")], "anna is released as idle as she was"
    assert (router.agents["boris"].mode, router.assigned["c"]) == (AgentMode.TALKING, ("boris",))


def test_several_who_wait_are_not_kept_waiting_by_phones_that_ring_together() -> None:
    router = router_of({"a": {"ring_together": 2, "wrap_up_seconds": 30}}, "anna", "boris")
    for call, agent in (("x", "anna"), ("y", "boris")):
        router.connected(call, agent, T)
    router.join("c", "a", T + 1, T + 1)
    router.join("d", "a", T + 2, T + 2)
    router.leave("x", T + 10)
    router.leave("y", T + 10)
    assert router.tick(T + 100) == [Offer("c", "anna"), Offer("d", "boris")]


def test_nobody_of_several_answers() -> None:
    router = router_of({"a": {"ring_together": 3}}, "anna", "boris", "carol")
    router.join("c", "a", T, T)
    assert router.missed("c", "a", T, ("anna", "boris"), T + 20) == [Offer("c", "carol")]
    assert [router.agents[name].paused for name in ("anna", "boris", "carol")] == ["missed", "missed", None]


def test_an_agent_who_is_found_on_another_call_leaves_the_caller_the_place() -> None:
    router = router_of({"a": {}}, "anna")
    router.join("c", "a", T, T)
    router.connected("other", "anna", T + 1)
    assert router.position("c") == 1
    assert router.device("boris", Device.IDLE, T + 2) == [Offer("c", "boris")]


def test_who_is_found_elsewhere_leaves_the_others_ringing() -> None:
    router = router_of({"a": {"ring_together": 2}}, "anna", "boris")
    router.join("c", "a", T, T)
    assert router.connected("other", "anna", T + 1) == []
    assert router.assigned == {"c": ("boris",), "other": ("anna",)}
    assert router.position("c") is None
    router.connected("c", "boris", T + 2)
    assert router.agents["boris"].mode is AgentMode.TALKING


# -- agents --------------------------------------------------------------------------------------------


def test_an_agent_logs_in_to_some_queues_and_out() -> None:
    router = router_of({"a": {}, "b": {}}, "anna")
    router.logout("anna", T)
    assert router.agents["anna"].mode is AgentMode.LOGGED_OUT
    router.join("x", "a", T, T)
    router.join("y", "b", T + 1, T + 1)
    assert router.login("anna", T + 2, ["b"]) == [Offer("y", "anna")]
    router.connected("y", "anna", T + 2)
    router.logout("anna", T + 3)
    assert router.agents["anna"].mode is AgentMode.TALKING, "the talk is finished first"
    assert router.leave("y", T + 4) == []
    assert router.agents["anna"].mode is AgentMode.LOGGED_OUT
    assert router.login("anna", T + 5) == []
    assert router.resume("anna", T + 6) == [Offer("x", "anna")]


def test_a_free_agent_who_takes_another_queue_gets_its_first_caller() -> None:
    router = router_of({"a": {}, "b": {"agents": ["boris"]}}, "anna")
    router.join("y", "b", T, T)
    assert router.login("anna", T + 1, ["a", "b"]) == [Offer("y", "anna")]


def test_agents_go_on_after_a_restart_with_the_queues_they_chose() -> None:
    router = router_of({"a": {}, "b": {}}, "anna", "boris", "carol")
    router.take_up(AgentChoice("anna", ("b", "gone")), T)
    router.take_up(AgentChoice("boris", ("gone",), "lunch"), T)
    router.take_up(AgentChoice("carol", ("a",), logged_out=True), T)
    assert router.take_up(AgentChoice("nobody", ("a",)), T) == []
    assert [sorted(router.agents[name].queues) for name in ("anna", "boris")] == [["b"], ["a", "b"]]
    assert [router.agents[name].mode for name in ("anna", "boris", "carol")] == ["free", "paused", "logged out"]
    assert router.join("x", "a", T, T + 1) == []
    assert router.join("y", "b", T + 1, T + 1) == [Offer("y", "anna")]


def test_names_that_do_not_exist_are_said() -> None:
    router = router_of({"a": {}})
    with pytest.raises(UnknownAgent, match=r"^There is no agent named nobody in the settings\.$"):
        router.login("nobody", T)
    with pytest.raises(UnknownQueue, match=r"^There is no queue named moon in the settings\.$"):
        router.login("anna", T, ["moon"])
    for act in (
        lambda: router.join("c", "moon", T, T),
        lambda: router.move("c", "moon", T),
    ):
        with pytest.raises(UnknownQueue):
            act()
    assert router.join("c", "a", T, T) == []


def test_a_pause_over_its_limit_is_reported_once() -> None:
    router = router_of({"a": {}}, "anna", pause_limits={"coffee": 60})
    router.pause("anna", "coffee", T)
    router.pause("anna", "coffee", T + 10)
    assert router.next_timer() == T + 60
    assert router.tick(T + 60) == [Overstay("anna", "coffee", T)]
    assert router.tick(T + 600) == []
    router.pause("anna", "lunch", T + 700)
    assert router.next_timer() is None


def test_the_end_button_ends_the_wrap_up() -> None:
    router = router_of({"a": {"wrap_up_seconds": 600}}, "anna")
    talks(router, "x", "anna", T, T + 10)
    assert router.join("c", "a", T + 11, T + 11) == []
    assert router.resume("anna", T + 12) == [Offer("c", "anna")]


REQUIRED = {
    "wrap_up_seconds": 10,
    "dispositions": {"helped": {"label": "Helped"}},
    "disposition_required": True,
    "disposition_grace_seconds": 60,
}


def test_a_wrap_up_waits_for_a_disposition_and_never_for_long() -> None:
    router = router_of({"a": REQUIRED}, "anna")
    router.join("x", "a", T, T)
    talks(router, "x", "anna", T, T + 10)
    assert router.join("c", "a", T + 11, T + 11) == []
    assert router.resume("anna", T + 12) == [] and router.tick(T + 79) == []
    assert router.tick(T + 80) == [Offer("c", "anna")]


@pytest.mark.parametrize(("said", "free"), [(14, 20), (25, 25)], ids=["in the usual time", "after it"])
def test_a_wrap_up_ends_with_the_disposition(said: int, free: int) -> None:
    router = router_of({"a": REQUIRED}, "anna")
    router.join("x", "a", T, T)
    talks(router, "x", "anna", T, T + 10)
    router.join("c", "a", T + 11, T + 11)
    offers = router.disposed("anna", T + said)
    assert [*offers, *router.tick(T + free)] == [Offer("c", "anna")]


def test_who_says_it_while_talking_has_the_usual_wrap_up() -> None:
    router = router_of({"a": REQUIRED}, "anna")
    router.join("x", "a", T, T)
    router.connected("x", "anna", T)
    router.disposed("anna", T + 5)
    router.leave("x", T + 10)
    router.join("c", "a", T + 11, T + 11)
    assert router.tick(T + 20) == [Offer("c", "anna")]
    router.connected("c", "anna", T + 21)
    router.leave("c", T + 30)
    assert router.join("d", "a", T + 31, T + 31) == [] and router.tick(T + 41) == []


def test_a_phone_that_rang_in_vain_does_not_cost_the_turn() -> None:
    router = router_of({"a": {}}, "anna", "boris")
    assert router.join("c", "a", T, T) == [Offer("c", "anna")]
    router.leave("c", T + 5)
    assert router.join("d", "a", T + 6, T + 6) == [Offer("d", "anna")]


# -- limits --------------------------------------------------------------------------------------------


def test_the_longest_wait_leads_to_another_queue_with_the_place_kept() -> None:
    router = router_of(
        {"a": {"longest_wait": {"seconds": 60, "to": "b"}, "agents": ["anna"]}, "b": {"agents": ["boris"]}}
    )
    router.join("old", "a", T, T)
    router.join("young", "b", T + 30, T + 30)
    assert router.next_timer() == T + 60
    assert router.tick(T + 60) == [Overflow("old", "b", Reason.LONGEST_WAIT, "a")]
    assert router.calls_in("b") == ["old", "young"]
    assert router.tick(T + 6000) == []
    assert router.device("boris", Device.IDLE, T + 6001) == [Offer("old", "boris")]


def test_another_queue_that_has_an_agent_serves_at_once() -> None:
    router = router_of(
        {"a": {"longest_wait": {"seconds": 60, "to": "b"}, "agents": ["anna"]}, "b": {"agents": ["boris"]}}, "boris"
    )
    router.join("c", "a", T, T)
    assert router.tick(T + 60) == [Overflow("c", "b", Reason.LONGEST_WAIT, "a"), Offer("c", "boris")]


def test_one_too_many_is_told_at_once_and_only_once() -> None:
    router = router_of({"a": {"most_callers": {"callers": 2, "to": "message"}}})
    for number in range(3):
        router.join(f"c{number}", "a", T + number, T + number)
    assert router.next_timer() == T + 2
    assert router.tick(T + 2) == [Overflow("c2", "message", Reason.MOST_CALLERS, "a")]
    assert router.tick(T + 3) == []
    assert router.position("c2") == 3, "who does not want to leave a message waits on"


def test_a_free_agent_comes_before_a_limit() -> None:
    router = router_of({"a": {"most_callers": {"callers": 1}}}, "anna")
    assert router.join("c", "a", T, T) == [Offer("c", "anna")]
    router.join("d", "a", T, T)
    assert router.tick(T) == []


def test_nobody_there_is_a_limit_after_some_seconds() -> None:
    router = router_of({"a": {"no_agents": {"seconds": 5}}}, "anna")
    talks(router, "x", "anna", T - 10, T - 9)
    router.pause("anna", "lunch", T)
    router.join("c", "a", T + 1, T + 1)
    assert router.tick(T + 2) == [], "paused is there"
    router.logout("anna", T + 3)
    router.login("boris", T + 3)
    assert router.next_timer() == T + 8
    assert router.tick(T + 8) == [Overflow("c", "callback", Reason.NO_AGENTS, "a")]
    router.join("d", "a", T + 9, T + 9)
    assert router.tick(T + 9) == [Overflow("d", "callback", Reason.NO_AGENTS, "a")]
    router.join("promise", "a", T + 9, T + 9, kind=Kind.CALLBACK)
    assert router.tick(T + 9) == [], "a promise hears nothing"


def test_an_agent_who_comes_back_in_time_changes_nothing() -> None:
    router = router_of({"a": {"no_agents": {"seconds": 5}}}, "anna")
    router.device("anna", Device.UNREACHABLE, T)
    router.join("c", "a", T + 1, T + 1)
    assert router.device("anna", Device.IDLE, T + 2) == [Offer("c", "anna")]
    assert router.next_timer() is None


def test_two_queues_that_lead_to_each_other_do_not_play_with_the_caller() -> None:
    limit = {"seconds": 60}
    router = router_of({"a": {"longest_wait": {**limit, "to": "b"}}, "b": {"longest_wait": {**limit, "to": "a"}}})
    router.join("c", "a", T, T)
    assert router.tick(T + 60) == [Overflow("c", "b", Reason.LONGEST_WAIT, "a")]
    assert router.tick(T + 6000) == []
    assert router.calls_in("b") == ["c"]


@pytest.mark.parametrize(
    ("queues", "sentence"),
    [
        ({"a": {"longest_wait": {"seconds": 60, "to": "moon"}}}, "moon is nowhere that callers can be sent to"),
        ({"a": {"most_callers": {"callers": 6, "to": "a"}}}, "a is nowhere that callers can be sent to"),
        ({"callback": {}}, "No queue may be called callback"),
        ({"a": {"needs": [{"skill": "french"}]}}, "Nobody of queue a ever has what is asked for: french 50"),
    ],
)
def test_settings_that_cannot_work_are_refused(queues: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        settings(queues)


# -- places and closing --------------------------------------------------------------------------------


@pytest.mark.parametrize(("later", "first"), [(60, "again"), (61, "other")])
def test_who_is_cut_off_and_calls_again_soon_has_the_old_place(later: float, first: str) -> None:
    router = router_of({"a": {}})
    router.join("c", "a", T, T, number="+14155550100")
    router.join("other", "a", T + 1, T + 1, number="+14155550101")
    router.leave("c", T + 30, cut_off=True)
    router.join("again", "a", T + 30 + later, T + 30 + later, number="+14155550100")
    assert router.calls_in("a")[0] == first


def test_a_place_is_taken_once_and_only_by_a_known_number_that_waited() -> None:
    router = router_of({"a": {}})
    for call, number in (("c", "+14155550100"), ("unknown", ""), ("left", "+14155550102")):
        router.join(call, "a", T, T, number=number)
    router.join("other", "a", T + 1, T + 1)
    router.leave("c", T + 2, cut_off=True)
    router.leave("unknown", T + 2, cut_off=True)
    router.leave("left", T + 2)
    for call, number in (("u2", ""), ("l2", "+14155550102"), ("c2", "+14155550100"), ("c3", "+14155550100")):
        router.join(call, "a", T + 3, T + 3, number=number)
    assert router.calls_in("a") == ["c2", "other", "u2", "l2", "c3"]


def test_a_kept_place_can_be_looked_at_before_it_is_taken() -> None:
    router = router_of({"a": {}})
    router.keep_place("+14155550100", T, T + 30)
    assert router.kept_place("+14155550100", T + 90) == T
    assert router.kept_place("+14155550100", T + 91) is None
    assert router.kept_place("", T + 30) is None


def test_a_queue_is_staffed_while_somebody_of_it_is_there() -> None:
    router = router_of({"a": {}})
    assert not router.is_staffed("a")
    router.device("anna", Device.IN_USE, T)
    assert router.is_staffed("a")
    router.logout("anna", T + 1)
    assert not router.is_staffed("a")


# -- announcements -------------------------------------------------------------------------------------


def test_nothing_is_announced_within_15_seconds_of_the_last() -> None:
    router = router_of({"a": {"announce_first_seconds": 20, "ring_seconds": 5}})
    router.join("c", "a", T, T)
    router.told("c", T + 18)
    assert router.next_timer() == T + 33
    assert router.tick(T + 33) == [Announcement("c", 1)]
    router.device("anna", Device.IDLE, T + 90)
    assert router.next_timer() is None, "a phone rings: nothing is said"
    router.missed("c", "a", T, "anna", T + 95)
    assert router.tick(T + 95) == [Announcement("c", 1)], "the one that was due at T + 93"


def test_a_promise_hears_no_announcement_but_counts_in_the_position() -> None:
    router = router_of({"a": {"announce_first_seconds": 20}})
    router.join("promise", "a", T - 50, T, kind=Kind.CALLBACK)
    router.join("c", "a", T, T)
    assert router.tick(T + 100) == [Announcement("c", 2)]


@pytest.mark.parametrize(("announce_wait", "minutes"), [(True, 20), (False, None)])
def test_the_expected_wait_is_told_with_the_position(announce_wait: bool, minutes: int | None) -> None:
    history = History()
    for _ in range(1000):
        history.learn("a", T, handled=240.0)
    queues = {"a": {"announce_first_seconds": 20, "announce_wait": announce_wait}}
    router = Router(settings(queues), ExpectedWait(history))
    router.connected("x", "anna", T - 60)
    router.join("c", "a", T - 1, T - 1)
    assert router.device("anna", Device.IDLE, T) == []
    router.join("d", "a", T, T)
    told = router.tick(T + 20)
    assert told[-1] == Announcement("d", 2, minutes)
    router.leave("c", T + 50)
    router.leave("d", T + 50)
    outcomes = router.take_outcomes()
    assert [(outcome.forecast.call, outcome.waited, outcome.served) for outcome in outcomes] == (
        [("c", 30.0, False), ("d", 30.0, False)] if announce_wait else []
    )
    assert router.take_outcomes() == []
