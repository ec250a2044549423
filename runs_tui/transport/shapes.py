"""What the shapes of all answers are made of."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("there is no such instant in UTC") from None


Instant = Annotated[datetime, AfterValidator(_in_utc)]
"""An aware time in UTC, which one without a zone is taken for."""


class Shape(BaseModel):
    """An object of an answer; fields that are not named in it are left out."""

    model_config = ConfigDict(frozen=True)


class OpenShape(Shape):
    """An object of an answer that keeps the fields which are not named in it."""

    model_config = ConfigDict(extra="allow")
