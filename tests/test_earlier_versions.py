"""Archives and offline folders of earlier versions keep what they say under its former names."""

import pytest

from deckarchive.errors import ManifestError
from deckarchive.model import (
    CaptureRecord,
    ContentCounts,
    Interaction,
    OfflineTarget,
    State,
    Tier,
    View,
)

FORMER = {"counts": "vitals", "interactions": "uses", "redacted": "left_out"}


def formerly(value: object) -> object:
    """The same JSON with the former names of its members."""
    if isinstance(value, dict):
        return {FORMER.get(name, name): formerly(inner) for name, inner in value.items()}
    return [formerly(inner) for inner in value] if isinstance(value, list) else value


def test_a_record_of_a_capture() -> None:
    record = CaptureRecord(
        id="a",
        kind="iframe",
        url="https://e.example/",
        state=State.CAPTURED,
        views=(View(fragment="", screenshot="screenshot.png", counts=ContentCounts(text=6072)),),
        interactions=(Interaction(kind="scroll", changed=True),),
        redacted={"cookie": 2},
    )
    former = formerly(record.to_dict())
    assert '"vitals"' in str(former).replace("'", '"')
    assert CaptureRecord.from_dict(former) == record


def test_a_view_of_which_nobody_knows_where_it_moved() -> None:
    still = View(fragment="", screenshot=None, variation="")
    assert View.from_dict(still.to_dict()) == still
    data = still.to_dict()
    del data["variation"]
    assert View.from_dict(data).variation is None
    for odd in ("0x1", "F" * 144, "0" * 2000, 7, ["0"]):
        with pytest.raises(ManifestError, match=r"variation: .*bitmap"):
            View.from_dict({**data, "variation": odd})


def test_a_target_of_an_offline_folder() -> None:
    target = OfflineTarget(
        id="a",
        kind="iframe",
        url="https://e.example/",
        best=Tier.LIVE,
        state=State.CAPTURED,
        counts={"": {"text": 6072}},
        interactions=(Interaction(kind="click", changed=False),),
    )
    former = formerly(target.to_dict())
    assert '"uses"' in str(former).replace("'", '"')
    assert OfflineTarget.from_dict(former) == target
