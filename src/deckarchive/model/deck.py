"""A deck as read from disk, and the website that it is when presented."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, TypeAlias

from deckarchive.model.manifest import Found

CONFIG_FILES: Final = ("reveal-md.json", "reveal-md.json5", "reveal.json", "reveal.json5")
"""Names of the files with a reveal-md deck's options."""
JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
"""The values of a JSON, JSON5 or YAML file; its lists are lists or tuples."""
REVEAL_MD_ASSETS: Final = "_assets"
REVEAL_MD_DEFAULTS: Final[Mapping[str, JsonValue]] = MappingProxyType(
    {
        "assetsDir": REVEAL_MD_ASSETS,
        "css": [],
        "highlightTheme": "base16/zenburn",
        "preprocessor": None,
        "scripts": [],
        "separator": "\r?\n---\r?\n",
        "template": "template/reveal.html",
        "theme": "black",
        "title": "reveal-md",
        "verticalSeparator": "\r?\n----\r?\n",
        "mermaid": {},
    }
)
"""The options that reveal-md 6 takes where none are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One decoded text file of a deck; ``path`` is relative to the deck's root (posix).

    ``text`` keeps its line ends and, so that spans are true, no byte-order mark.
    """

    path: str
    text: str
    encoding: str = "utf-8"
    bom: bool = False


_CODE: Final = (".js", ".mjs", ".cjs", ".css", ".wasm", ".woff", ".woff2", ".ttf", ".otf", ".eot")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckFiles:
    """Which files below a deck's root are the deck's; all paths are relative to the root (posix).

    ``folder`` is the deck file's own folder (``""`` for the root, else ending in ``/``): what is in
    it may be asked for. Elsewhere only the files ``named`` by the deck's source, style sheets and
    pages count, and the code (scripts, style sheets, fonts, wasm) in the folders ``code`` (each
    ending in ``/``) of the libraries that they load. ``sandboxed`` are the folders (``""`` or
    ending in ``/``) of pages that the deck shows in sandboxed frames.
    """

    folder: str = ""
    named: frozenset[str] = frozenset()
    code: tuple[str, ...] = ()
    sandboxed: tuple[str, ...] = ()

    def allows(self, path: str) -> bool:
        """Whether the file at ``path`` (normalised) is the deck's by its place."""
        if path.startswith(self.folder) or path in self.named:
            return True
        return path.lower().endswith(_CODE) and path.startswith(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorOptions:
    """A deck's configuration as its author wrote it, merged by precedence; unknown keys are kept.

    ``reveal_md`` holds reveal-md's options (front matter, reveal-md.json, its command line)
    without its defaults, ``reveal`` those of reveal.js. Both are read-only and hold JSON values.
    The properties give what deckarchive reads of them, of its type, with reveal-md's default.
    """

    reveal_md: Mapping[str, JsonValue] = field(default_factory=dict)
    reveal: Mapping[str, JsonValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def text(self, name: str) -> str:
        """An option of reveal-md that is a text; ``""`` where it has no such value."""
        value = self.reveal_md.get(name, REVEAL_MD_DEFAULTS.get(name))
        return value if isinstance(value, str) else ""

    def names(self, name: str) -> tuple[str, ...]:
        """``css`` or ``scripts``: a list of file names, or one string that is split at commas."""
        value = self.reveal_md.get(name)
        if isinstance(value, str):
            return tuple(item for item in value.split(",") if item)
        items = value if isinstance(value, list | tuple) else ()
        return tuple(item for item in items if isinstance(item, str))

    @property
    def template(self) -> str:
        """The deck's own template, as the option names it; ``""`` for reveal-md's."""
        name = self.text("template")
        return "" if name == REVEAL_MD_DEFAULTS["template"] else name

    @property
    def mermaid(self) -> Mapping[str, JsonValue] | None:
        """The options of mermaid; ``None`` where it is switched off."""
        value = self.reveal_md.get("mermaid", {})
        if value is False:
            return None
        return value if isinstance(value, Mapping) else {}

    @property
    def markdown(self) -> Mapping[str, JsonValue]:
        """The options of reveal.js' Markdown plugin."""
        value = self.reveal.get("markdown")
        return value if isinstance(value, Mapping) else {}

    @property
    def shows_hidden_slides(self) -> bool:
        """Whether reveal.js shows slides that are marked as hidden."""
        return bool(self.reveal.get("showHiddenSlides"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckOptions:
    """How a deck is configured: by its author, and what deckarchive found out about that.

    ``overrides`` are those of the author's options that came from a command line, which win over
    the files; ``command_file`` is the source that has this command. ``config_folder`` is the folder
    (``""`` or ending in ``/``) from which reveal-md resolves what the options name.
    ``front_matter`` is the span of the YAML before the Markdown and its end mark: the offsets in
    ``sources[0]`` where the YAML starts and where the Markdown does. ``reveal_version`` is the
    (major, minor) version of the reveal.js that an HTML deck loads, where that is known.
    """

    author: AuthorOptions = AuthorOptions()
    overrides: Mapping[str, JsonValue] = field(default_factory=dict)
    command_file: str = ""
    config_folder: str = ""
    front_matter: tuple[int, int] = (0, 0)
    reveal_version: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))

    @property
    def template_path(self) -> str:
        """The path of the deck's own template below the root; ``""`` for reveal-md's."""
        name = self.author.template
        return posixpath.normpath(posixpath.join(self.config_folder, name)) if name else ""

    @property
    def served_folder(self) -> str:
        """The name (ending in ``/``) under which reveal-md serves ``config_folder`` as well."""
        return (self.author.text("assetsDir") or REVEAL_MD_ASSETS).strip("/") + "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A deck as read from disk: what every later step starts from.

    ``root`` is the deck's folder (absolute), or the ancestor with what the deck refers to
    by ``../`` or from ``/``; ``path`` is the deck file below it, and all paths of sources and
    references are relative to ``root``. ``format`` is ``reveal-md`` or ``html``. ``sources[0]``
    is the deck file; configuration files, external Markdown and local style sheets follow.
    ``slides`` counts the slides that reveal.js shows; ``warnings`` name what could not be read.
    ``files`` are the files below the root that are the deck's. Of an HTML deck ``options`` has
    the version of reveal.js alone. ``found`` are the URLs that the sources name, in their order; a
    deck that is made of another by ``dataclasses.replace`` has none, since its sources may differ.
    """

    root: str
    path: str
    format: str
    title: str
    sha256: str
    sources: tuple[Source, ...]
    options: DeckOptions = DeckOptions()
    slides: int = 0
    warnings: tuple[str, ...] = ()
    files: DeckFiles = DeckFiles()
    found: tuple[Found, ...] | None = field(default=None, init=False)

    def with_found(self, found: Iterable[Found]) -> Deck:
        """The same deck with the URLs that its sources name."""
        made = replace(self)
        object.__setattr__(made, "found", tuple(found))
        return made

    def paths_at_root(self) -> dict[str, str]:
        """The path of each source of a reveal-md deck when its page and configuration are at the
        root: its path → the new one. What the configuration names keeps its place beside it."""
        config = self.options.config_folder
        paths: dict[str, str] = {}
        for source in self.sources:
            name = posixpath.basename(source.path)
            main = source is self.sources[0] or name in CONFIG_FILES
            paths[source.path] = name if main else source.path.removeprefix(config)
        return paths


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedDeck:
    """A deck with new texts, for the root of a folder.

    ``page`` is the page that shows it, in the encoding it is to have; ``project`` are the texts of
    a reveal-md deck, which stays a project beside it.
    """

    page: Source
    project: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckSite:
    """The deck as a website under :data:`deckarchive.urls.DECK_ORIGIN`.

    ``page`` is the path of the deck's page; ``pages`` holds generated files by path;
    ``mounts`` maps URL path prefixes (``""`` or ending in ``/``) to folders on disk, the
    longest prefix first. Of the files below ``root``, wherever it is mounted, only ``files`` are
    served; a mount elsewhere (a package of ours) is served whole. ``loads`` is a digest of what
    decides which resources its page loads (``""``: not known).
    """

    page: str
    pages: Mapping[str, bytes]
    mounts: tuple[tuple[str, str], ...]
    root: str = ""
    files: DeckFiles = DeckFiles()
    loads: str = ""
