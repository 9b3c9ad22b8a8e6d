"""Systems beside that are told what happens, each by an address of its own (Standard Webhooks)."""

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from ringback.config.base import Model, form
from ringback.config.network import yaml_list
from ringback.config.remarks import SettingError, nearest
from ringback.event_kinds import EVENT_KINDS, is_told

# No name and password before the host: secrets are not for the settings.
WebhookUrl = Annotated[str, form(r"^https?://[^\s/@?#]+([/?][^\s#]*)?$", "ringback.form_webhook_url", most=2000)]


class Webhook(Model):
    """A system that is told by POST. Each message is signed with `webhook_secrets` of the secrets file, which are made
    by themselves: `ringback outbox secret NAME` shows what belongs into the other system."""

    url: WebhookUrl
    """`https://crm.example/ringback`"""
    events: Annotated[list[str], BeforeValidator(yaml_list)] = Field(["*"], min_length=1)
    """Kinds of events, e.g. `["ticket.*", "call.ended"]`; `*`: all."""
    allow_private: bool = False
    """The address may be on this machine or in a private network; no: what leads there is refused."""
    at_once: int = Field(8, ge=1, le=64)
    """Messages on their way side by side; about one call or ticket it is always one after the other."""
    seconds: float = Field(15, ge=1, le=30)
    """For one message and its answer."""

    @field_validator("events")
    @classmethod
    def are_told(cls, events: list[str]) -> list[str]:
        """Each means something that there is."""
        for pattern in events:
            if not any(is_told(kind, [pattern]) for kind in EVENT_KINDS):
                raise SettingError("ringback.event_kind", given=pattern, known=sorted(EVENT_KINDS)).instead(
                    nearest(pattern, EVENT_KINDS)
                )
        return events
