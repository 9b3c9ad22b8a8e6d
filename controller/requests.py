"""What people at pages may ask of the controller: each request done, or the message that says why not."""

import uuid
from typing import Any

from controller.promise_rows import key_of
from controller.runner import Runner
from queueing.errors import UnknownQueue
from ringback.messages import Message, message, text

KINDS = (
    "agent.disposed",
    "agent.pause",
    "agent.resume",
    "agent.login",
    "agent.logout",
    "call.end",
    "callback.cancel",
    "recording.pause",
    "recording.resume",
)
LONGEST_REASON = 200


def do_request(runner: Runner, kind: str, subject: str, args: dict[str, Any], now: float) -> Message | None:
    """Does the request `kind` about `subject` (`ringback.store.bus.Request`); None: it is done."""
    match kind:
        case "callback.cancel":
            why = text(str(args["reason"])) if args.get("reason") else message("callback.cancelled")
            return _cancel_promise(runner, subject, why, now)
        case "call.end":
            by = str(args.get("by") or "")
            return None if runner.end_call(subject, by, now) else message("controller.call_over")
        case "recording.pause":
            by, reason = str(args.get("by") or ""), str(args.get("reason") or "")[:LONGEST_REASON]
            return None if runner.pause_recording(subject, by, reason, now) else message("controller.nobody_talks")
        case "recording.resume":
            by = str(args.get("by") or "")
            return None if runner.resume_recording(subject, by, now) else message("controller.call_over")
        case _ if kind not in KINDS:
            return message("controller.unknown_request", kind=kind)
    if subject not in runner.router.agents:
        return message("queueing.no_agent", agent=subject)
    return _do_for_agent(runner, kind, subject, args, now)


def _do_for_agent(runner: Runner, kind: str, agent: str, args: dict[str, Any], now: float) -> Message | None:
    match kind:
        case "agent.pause":
            runner.pause(agent, str(args.get("reason") or "paused"), now)
        case "agent.resume" | "agent.disposed":
            runner.resume(agent, now, disposed=kind == "agent.disposed")
        case "agent.login":
            try:
                runner.login(agent, now, args.get("queues"))
            except UnknownQueue as error:
                return error.message
        case _:
            runner.logout(agent, now)
    return None


def _cancel_promise(runner: Runner, subject: str, reason: Message, now: float) -> Message | None:
    try:
        key = key_of(uuid.UUID(subject))
    except ValueError:
        return message("controller.no_callback", key=subject[:40])
    if not runner.outbound.cancel(key, reason, now):
        return message("controller.callback_over")
    return None
