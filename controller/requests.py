"""What people at pages may ask of the controller: each wish done, or the sentence that says why not."""

import uuid
from typing import Any

from controller.outbound import key_of
from controller.runner import Runner
from queueing.errors import UnknownQueue

KINDS = (
    "agent.pause",
    "agent.resume",
    "agent.login",
    "agent.logout",
    "callback.cancel",
    "recording.pause",
    "recording.resume",
)
LONGEST_REASON = 200


def do_request(runner: Runner, kind: str, subject: str, args: dict[str, Any], now: float) -> str | None:
    """Does the wish `kind` about `subject` (`ringback.store.bus.Request`); None: it is done."""
    match kind:
        case "callback.cancel":
            return _cancel_promise(runner, subject, str(args.get("reason") or "cancelled by a person"), now)
        case "recording.pause":
            by, reason = str(args.get("by") or ""), str(args.get("reason") or "")[:LONGEST_REASON]
            return None if runner.pause_recording(subject, by, reason, now) else "Nobody talks on this call just now."
        case "recording.resume":
            by = str(args.get("by") or "")
            return None if runner.resume_recording(subject, by, now) else "This call is over."
        case _ if kind not in KINDS:
            return f"This controller does not know how to do {kind}."
    if subject not in runner.router.agents:
        return f"There is no agent named {subject} in the settings."
    return _do_for_agent(runner, kind, subject, args, now)


def _do_for_agent(runner: Runner, kind: str, agent: str, args: dict[str, Any], now: float) -> str | None:
    match kind:
        case "agent.pause":
            runner.pause(agent, str(args.get("reason") or "paused"), now)
        case "agent.resume":
            runner.resume(agent, now)
        case "agent.login":
            try:
                runner.login(agent, now, args.get("queues"))
            except UnknownQueue as error:
                return str(error)
        case _:
            runner.logout(agent, now)
    return None


def _cancel_promise(runner: Runner, subject: str, reason: str, now: float) -> str | None:
    try:
        key = key_of(uuid.UUID(subject))
    except ValueError:
        return f"{subject[:40]!r} names no promise."
    if not runner.outbound.cancel(key, reason, now):
        return "This promise is over, or its customer is on the phone already."
    return None
