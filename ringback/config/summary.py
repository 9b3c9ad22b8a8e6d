"""An owner's own model that writes summaries in its own words, beside the sentences of the call."""

from typing import Annotated

from pydantic import Field

from ringback.config.base import Model, form

ModelUrl = Annotated[str, form(r"^(https?://[^\s/?#@]+(/[^\s?#]*)?)?$", "ringback.form_model_url", most=500)]


class SummarySettings(Model):
    """Off unless it has an address. Text is sent with secrets masked, and nothing else of the call."""

    url: ModelUrl = ""
    """Of a server that speaks the protocol of OpenAI, up to what stands before `/chat/completions`:
    `http://localhost:11434/v1`. Empty: no model is asked. What stands for its key is `summary_key` of the secrets."""
    model: str = Field("", max_length=200)
    """How the server calls the model."""
    seconds: float = Field(30, ge=1, le=45)
    """For the whole answer."""
