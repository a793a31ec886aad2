"""Archives and offline folders of earlier versions keep what they say under its former names."""

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
