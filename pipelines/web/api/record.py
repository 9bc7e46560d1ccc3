"""What all of the API's records share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Record(BaseModel):
    """What all records share: names as JSON has them; what is unknown may be left out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
