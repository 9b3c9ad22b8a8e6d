"""Recordings: how they are kept, where, and how much room must be left."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ringback.config.base import Model, form
from ringback.config.remarks import SettingError

Room = Annotated[str, form(r"^[0-9]+(\.[0-9]+)? ?(GB|%)$", "ringback.form_room")]
"""How much of a disk is free: `5 GB` or `10%`."""
RecordingRule = Literal["always", "on_demand", "never"]


class StorageSettings(Model):
    """Where finished recordings go besides the data folder. Its keys are in the secrets file."""

    url: Annotated[str, form(r"^([a-z][a-z0-9+]*://[^\s?#]+)?$", "ringback.form_storage")] = ""
    """As fsspec writes it, e.g. `s3://bucket/calls`, `file:///mnt/share/calls`; empty: the data folder alone."""
    endpoint_url: Annotated[str, form(r"^(https?://[^\s?#]+)?$", "ringback.form_endpoint")] = ""
    """Of an S3-compatible server that is not Amazon's, e.g. `https://minio.example:9000`."""
    region: str = ""
    part_mb: int = Field(8, ge=5, le=512)
    """Files larger than this are sent in parts of this size: what was sent need not be sent again."""
    timeout_seconds: float = Field(20, gt=0, le=600)
    """How long the storage may be silent before it counts as away."""
    keep_local: bool = False
    """The copy in the data folder stays for good."""
    local_hours: float = Field(24, ge=0)
    """Without `keep_local`: how long after the call it goes; earlier where the disk gets full."""
    alarm_minutes: float = Field(15, gt=0)
    """A recording that waits longer than this for the storage is an alarm."""


class Recordings(Model):
    """How recordings are kept. Which queues record is each queue's `recording`."""

    format: Literal["flac", "opus"] = "flac"
    """flac: exactly what was heard, 0.5 to 1 MB a minute; opus: half of that, no worse to listen to."""
    storage: StorageSettings = StorageSettings()
    yellow: Room = "5 GB"
    """Less free than this where recordings are written: an alarm that can wait until tomorrow."""
    red: Room = "1 GB"
    """Less free than this: an alarm that cannot."""
    cache_gb: float = Field(2, ge=0)
    """Recordings fetched from the storage to be heard stay here up to this much."""

    @model_validator(mode="after")
    def red_is_less(self) -> "Recordings":
        same_unit = self.yellow.endswith("%") == self.red.endswith("%")
        if same_unit and _number(self.red) > _number(self.yellow):
            raise SettingError("ringback.red_first", red=self.red, yellow=self.yellow)
        return self


def room_bytes(room: str, whole: int) -> int:
    """`5 GB` or `10%` of a disk of `whole` bytes, in bytes."""
    return round(_number(room) / 100 * whole) if room.endswith("%") else round(_number(room) * 1e9)


def _number(room: str) -> float:
    return float(room.removesuffix("%").removesuffix("GB"))
