"""What an archive holds, target by target: for a person and for machines. Pure but for sizes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from deckarchive.archive.folder import Archive, damage_lines, slides_of
from deckarchive.model import Json, Manifest

_UNITS = ("B", "kB", "MB", "GB", "TB")
_AGES = ((86400, "d"), (3600, "h"), (60, "min"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStatus:
    """One line of the table. ``state`` is a capture's, ``damaged`` where it is not
    as it was captured, or ``missing`` where there is none.

    ``bytes`` are body bytes as sent; ``age`` seconds since the capture began, ``None`` unknown.
    """

    target: str
    url: str
    state: str
    bytes: int
    age: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """The state of an archive: a line for each target, and what of the folder was unusable."""

    archive: str
    targets: tuple[TargetStatus, ...]
    notes: tuple[str, ...] = ()
    whole: bool = True
    """Whether all of it is as it was captured, as far as an audience may miss it."""

    def to_dict(self) -> Json:
        return {
            "archive": self.archive,
            "targets": [asdict(line) for line in self.targets],
            "notes": list(self.notes),
        }

    def table(self) -> str:
        """What ``deckarchive status`` prints, with a line of sums; no final newline."""
        rows = [("target", "state", "size", "age", "reason")]
        rows += [(s.target, s.state, size(s.bytes), _short(s.age), s.reason) for s in self.targets]
        widths = [max(len(row[n]) for row in rows) for n in range(4)]
        table = [
            f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}  {d:>{widths[3]}}  {e}".rstrip()
            for a, b, c, d, e in rows
        ]
        counts = Counter(line.state for line in self.targets)
        sums = ", ".join(f"{number} {state}" for state, number in counts.items())
        total = size(sum(line.bytes for line in self.targets))
        return "\n".join([*table, "", f"{len(self.targets)} targets: {sums}; {total}", *self.notes])


def archive_status(
    archive: Archive, manifest: Manifest | None = None, *, now: datetime | None = None
) -> StatusReport:
    """The targets that ``manifest`` shows, in its order, then what else the archive holds.

    Reads all of it: a target that is not as it was captured is ``damaged``.
    """
    archive.examine()
    hurt = {one.target: one.reason for one in reversed(archive.damage) if one.gap}
    wanted = {t.id: t.url for t in manifest.targets if t.shown} if manifest else {}
    order = list(dict.fromkeys((*wanted, *archive.records)))
    moment = now or datetime.now(UTC)
    lines = []
    for id in order:
        record = archive.records.get(id)
        if record is None:
            lines.append(_missing(id, wanted[id]))
            continue
        lines.append(
            TargetStatus(
                target=id,
                url=record.url,
                state="damaged" if id in hurt else record.state.value,
                bytes=record.bytes,
                age=_age(record.started, moment),
                reason=hurt.get(id) or record.reason,
            )
        )
    deck = archive.deck
    damage = damage_lines(
        archive.damage,
        slides_of(archive.report),
        archive=str(archive.path),
        deck=deck.path if deck else "",
    )
    notes = (*archive.notes, *(line.strip() for line in damage))
    return StatusReport(
        archive=str(archive.path),
        targets=tuple(lines),
        notes=notes,
        whole=not any(one.gap for one in archive.damage),
    )


def size(count: float) -> str:
    """A number of bytes for a person, in powers of 1000: ``1.2 MB``."""
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 99.95 else f"{count:.1f} {unit}"


def _missing(id: str, url: str) -> TargetStatus:
    return TargetStatus(
        target=id, url=url, state="missing", bytes=0, age=None, reason="not captured yet"
    )


def _age(started: str, now: datetime) -> float | None:
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (now - moment).total_seconds())


def _short(age: float | None) -> str:
    if age is None:
        return "-"
    for seconds, unit in _AGES:
        if age >= seconds:
            return f"{age / seconds:.0f} {unit}"
    return f"{age:.0f} s"
