"""What a user may choose, seen in what the web was asked for and in what was recorded."""

import gzip
import json
from pathlib import Path

import pytest

from deckarchive.cli import cli
from deckarchive.cli.options import given
from deckarchive.crawler import CaptureOptions, TargetRule, capture_summary, load_options
from deckarchive.crawler.blocklist import Blocking
from deckarchive.crawler.cookies import load_cookie_jar
from deckarchive.errors import UsageError
from deckarchive.model import CaptureRecord, Kind, State
from tests.capture.conftest import Captured, Shoot, target
from tests.capture.web import Answer, Asked, Web

HELLO = (
    "<!doctype html><title>Hello</title><h1>Hello there</h1>" + "<p>Some text to be seen.</p>" * 12
)
KEY = "Bearer key-of-mine-zyx4711"
JAR = """# Netscape HTTP Cookie File
.a.test\tTRUE\t/\tFALSE\t0\tsid\tmy-session-zyx4711
#HttpOnly_a.test\tFALSE\t/deep\tTRUE\t4102444800\tdeep\tdown-zyx4711
"""


def raw(got: Captured) -> bytes:
    """All that was recorded, unpacked."""
    return gzip.decompress((got.folder() / "data.warc.gz").read_bytes())


def login_web(web: Web) -> None:
    def page(asked: Asked) -> Answer:
        headers = {"Set-Cookie": "renewed=by-login-zyx4711; Path=/"}
        body = HELLO + "<script src=s.js></script><script>document.cookie='own=kept-1'</script>"
        return Answer(body + "<img src=//other.test/i.svg><img src=late.svg>", headers=headers)

    web.routes["a.test/"] = page
    web.add("a.test/s.js", "1", "text/javascript", headers={"Set-Cookie": "plain=seen-1"})
    web.add("a.test/late.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
    web.add("other.test/i.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml",
            headers={"Set-Cookie": "visitor=of-theirs-1; SameSite=None; Secure"})  # fmt: skip


@pytest.mark.browser
def test_the_users_login_is_sent_and_not_recorded(web: Web, shoot: Shoot, tmp_path: Path) -> None:
    login_web(web)
    jar = tmp_path / "cookies.txt"
    jar.write_text(JAR)
    headers = {"Authorization": KEY, "X-Preview": "yes"}
    got = shoot("https://a.test/", headers=headers, cookie_jar=jar)
    asked = web.asked("https://a.test/")[0].headers
    assert (asked["Authorization"], asked["X-Preview"]) == (KEY, "yes")
    assert asked["Cookie"] == "sid=my-session-zyx4711"
    elsewhere = web.asked("https://other.test/i.svg")[0].headers
    assert not {"Authorization", "X-Preview"} & set(elsewhere)
    recorded = raw(got)
    assert b"zyx4711" not in recorded
    assert b"X-Preview: yes" in recorded
    assert b"visitor=of-theirs-1" in recorded
    assert b"own=kept-1" in recorded
    assert got.record.state is State.CAPTURED
    assert set(got.record.redacted) == {"authorization", "cookie", "set-cookie"}
    assert "--keep-secrets" in capture_summary(got.report, got.out)
    assert "zyx4711" not in (got.folder() / "capture.json").read_text()


@pytest.mark.browser
def test_secrets_are_kept_where_asked_for(web: Web, shoot: Shoot) -> None:
    login_web(web)
    got = shoot("https://a.test/", headers={"Authorization": KEY}, keep_secrets=True)
    assert KEY.encode() in raw(got)
    assert b"renewed=by-login-zyx4711" in raw(got)
    assert got.record.redacted == {}


@pytest.mark.browser
def test_a_file_behind_a_login(web: Web, shoot: Shoot, tmp_path: Path) -> None:
    def clip(asked: Asked) -> Answer:
        allowed = asked.headers.get("Cookie") == "sid=my-session-zyx4711"
        return Answer(b"sound", "audio/mpeg", 200 if allowed else 403)

    web.routes["a.test/clip.mp3"] = clip
    jar = tmp_path / "state.json"
    cookie = {"name": "sid", "value": "my-session-zyx4711", "domain": "a.test", "path": "/"}
    jar.write_text(json.dumps({"cookies": [cookie], "origins": []}))
    got = shoot(target("https://a.test/clip.mp3", Kind.AUDIO), cookie_jar=jar)
    assert got.record.state is State.CAPTURED
    assert b"zyx4711" not in raw(got)


@pytest.mark.browser
def test_what_is_blocked_is_not_asked_for(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", HELLO + "<img src=//pix.ads.test/1.png><script src=/track/t.js></script>")
    web.add("pix.ads.test/1.png", b"x", "image/png")
    web.add("a.test/track/t.js", "1", "text/javascript")
    got = shoot("https://a.test/", block=("ads.test", "*/track/*"))
    assert {"https://a.test/"} == got.urls()
    assert got.record.blocked == {"ads.test": 1, "*/track/*": 1}
    assert not web.asked("https://pix.ads.test/1.png")
    assert not web.asked("https://a.test/track/t.js")
    assert "2 requests blocked" in got.record.reason
    assert not got.record.missing


@pytest.mark.browser
def test_the_kept_lists_leave_out_ads_and_trackers_but_never_the_target(
    web: Web, shoot: Shoot
) -> None:
    """The lists' own hosts, played by the local web."""
    trackers = ("www.googletagmanager.com/gtag/js", "static.hotjar.com/c.js")
    ads = ("securepubads.g.doubleclick.net/tag/js/gpt.js",)
    content = ("cdn.jsdelivr.net/d3.js", "a.test/s.js")
    for place in (*trackers, *ads, *content):
        web.add(place, "1", "text/javascript")
    scripts = "".join(f"<script src=https://{p}></script>" for p in (*trackers, *ads, *content))
    web.add("a.test/", HELLO + scripts)
    web.add("www.hotjar.com/", HELLO + scripts)
    pages = ("https://a.test/", "https://www.hotjar.com/")
    got = shoot(*pages, block=("ads", "trackers"))
    plain, own = got.report.records
    shown = {"https://a.test/", *(f"https://{place}" for place in content)}
    assert {e.url for e in got.exchanges(plain) if e.status == 200} == shown
    assert plain.blocked == {"trackers": 2, "ads": 1}
    assert {"https://www.hotjar.com/", "https://static.hotjar.com/c.js"} <= {
        e.url for e in got.exchanges(own)
    }
    assert own.blocked == {"trackers": 1, "ads": 1}
    assert "not asked for (--block): 3 trackers, 2 ads" in capture_summary(got.report, got.out)
    assert (plain.missing, CaptureRecord.from_dict(plain.to_dict())) == ((), plain)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://stats.g.doubleclick.net/r/collect", "ads"),
        ("https://doubleclick.net/", "ads"),
        ("https://notdoubleclick.net/", ""),
        ("https://region1.google-analytics.com/g/collect", "trackers"),
        ("https://cdn.cookielaw.org/scripttemplates/otSDKStub.js", "consent"),
        ("https://www.bing.com/maps/embed", ""),
        ("https://ajax.microsoft.com/x.js", ""),
        ("https://cdn.jwplayer.com/libraries/x.js", ""),
        ("https://www.youtube.com/embed/x", ""),
        ("https://tracker.example/x", "tracker.example"),
    ],
)
def test_what_the_kept_lists_name(url: str, why: str) -> None:
    blocking = Blocking(("ads", "trackers", "consent", "tracker.example"))
    assert blocking(url) == why
    assert blocking(url, top=True) == (why if "." in why else "")
    assert Blocking(())(url) == ""


@pytest.mark.browser
def test_long_files_are_cut(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", HELLO + "<script src=long.js></script>")
    web.add("a.test/long.js", "//" + "x" * 50_000, "text/javascript")
    got = shoot("https://a.test/", max_size=20_000)
    long = next(e for e in got.exchanges() if e.url.endswith(".js"))
    assert (long.truncated, long.size) == ("length", 20_000)


@pytest.mark.browser
def test_a_run_has_a_bound_and_the_next_one_goes_on(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", HELLO + "<script src=long.js></script>")
    web.add("a.test/long.js", "//" + "x" * 50_000, "text/javascript")
    web.add("b.test/", HELLO)
    pages = ("https://a.test/", "https://b.test/")
    got = shoot(*pages, jobs=1, max_total=20_000)
    cut, later = got.report.records
    assert (cut.state, cut.bytes) == (State.PARTIAL, 20_000)
    assert "--max-total was reached" in cut.reason
    assert (later.state, later.bytes) == (State.FAILED, 0)
    assert "--max-total" in later.reason
    assert not web.asked("https://b.test/")
    assert not got.folder(later).exists()
    assert got.report.captured_now == (cut.id,)
    again = shoot(*pages, max_total=20_000)
    assert [r.state for r in again.report.records] == [State.PARTIAL, State.CAPTURED]
    assert again.report.captured_now == (later.id,)


def test_the_command_line_takes_back_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "deckarchive.toml").write_text(
        '[capture]\ninsecure = true\nuse = false\nkeep-secrets = true\npause = 3\nproxy = "http://p.test:1"\n'
        '[[capture.target]]\nmatch = "*"\nkeep-secrets = true\n'
    )

    def options(*arguments: str) -> CaptureOptions:
        context = cli.commands["capture"].make_context("capture", [*arguments, "deck.md"])
        names = ("insecure", "use", "keep_secrets", "pause", "proxy", "refresh", "jobs")
        return load_options(tmp_path, given({name: context.params[name] for name in names}))

    silent = options()
    assert (silent.insecure, silent.keep_secrets, silent.pause) == (True, True, 3)
    assert not silent.use
    assert options("--use").use
    said = options("--no-insecure", "--no-keep-secrets", "--pause", "0", "--proxy", "")
    assert (said.insecure, said.keep_secrets, said.pause, said.proxy) == (False, False, 0, None)
    assert not said.for_target(target("https://a.test/")).keep_secrets


@pytest.mark.browser
def test_values_for_single_targets(web: Web, shoot: Shoot) -> None:
    late = HELLO + "<script>setTimeout(() => document.body.append("
    late += "Object.assign(document.createElement('b'), {id: 'ready', textContent: 'now'})), 1500)"
    web.add("a.test/", late + "</script>")
    web.add("b.test/", HELLO)
    rule = TargetRule(match="*a.test*", values={"wait_for": "#ready", "user_agent": "Mine/1.0"})
    got = shoot("https://a.test/", "https://b.test/", targets=(rule,))
    assert web.asked("https://a.test/")[0].headers["User-Agent"] == "Mine/1.0"
    assert "Mine" not in web.asked("https://b.test/")[0].headers["User-Agent"]
    first = got.report.records[0]
    assert (first.state, first.reason) == (State.CAPTURED, "")
    assert first.views[0].counts.text == len("Hellothere" + "Sometexttobeseen." * 12 + "now")


@pytest.mark.browser
def test_the_browser_gives_one_name_everywhere(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", HELLO + "<script src=hints.js></script>",
            headers={"Accept-CH": "Sec-CH-UA-Full-Version-List"})  # fmt: skip
    web.add("a.test/hints.js", "fetch('seen?' + navigator.userAgent)", "text/javascript")
    web.add("a.test/seen", "ok", "text/plain")
    shoot("https://a.test/")
    (hints,) = web.asked("https://a.test/hints.js")
    (seen,) = [one for one in web.log if "seen?" in one.url]
    named = [value for one in web.log for value in one.headers.values()]
    assert not [value for value in named if "headless" in value.lower()]
    assert "Headless" not in seen.url
    version = hints.headers["User-Agent"].partition("Chrome/")[2].partition(".")[0]
    assert f'v="{version}' in hints.headers["sec-ch-ua"]


def test_a_netscape_jar(tmp_path: Path) -> None:
    path = tmp_path / "cookies.txt"
    path.write_text(JAR)
    jar = load_cookie_jar(path)
    assert jar.header("http://www.a.test/deep/x") == "sid=my-session-zyx4711"
    assert jar.header("https://a.test/deep/x") == "deep=down-zyx4711; sid=my-session-zyx4711"
    assert jar.header("https://a.test/deeper") == "sid=my-session-zyx4711"
    assert jar.header("https://xa.test/") == ""


@pytest.mark.parametrize(
    "text", ["nonsense", "{", '{"cookies": [{"name": "x"}]}', '{"cookies": 1}']
)
def test_a_broken_jar_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "jar").write_text(text)
    with pytest.raises(UsageError, match="jar"):
        load_cookie_jar(tmp_path / "jar")


def test_the_file_beside_the_deck(tmp_path: Path) -> None:
    (tmp_path / "deckarchive.toml").write_text(
        '[capture]\ntimeout = 9\nblock = ["ads.test"]\nmax-size = "2MB"\nviewport = "800x600"\n'
        '[[capture.target]]\nmatch = "*a.test*"\ntimeout = 5\nwait-for = "#x"\n'
        'header = {A = "1"}\ncookie-jar = "jar.txt"\n'
    )
    options = load_options(tmp_path, {"block": ("more.test",), "viewport": (640, 480)})
    assert (options.timeout, options.max_size, options.viewport) == (9, 2_000_000, (640, 480))
    assert Blocking(options.block)("https://x.ads.test/") == "ads.test"
    assert Blocking(options.block)("http://more.test/y") == "more.test"
    one = options.for_target(target("https://a.test/"))
    assert (one.timeout, one.wait_for, one.headers) == (5, "#x", {"A": "1"})
    assert one.cookie_jar == tmp_path / "jar.txt"
    assert options.for_target(target("https://b.test/")).timeout == 9
    wins = load_options(tmp_path, {"timeout": 70.0})
    assert wins.for_target(target("https://a.test/")).timeout == 70
    assert load_options(tmp_path / "none", {}) == CaptureOptions()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[capture]\n\ntimeoot = 3\n", r"toml:3: capture.timeoot: unknown"),
        ("[captur]\n", r"toml:1: captur: unknown"),
        ("[capture]\ntimeout = '3'\n", r"toml:2: capture.timeout: expected a number"),
        ("[capture]\nmax-size = 'much'\n", r"toml:2: capture.max-size: expected a size"),
        ("[[capture.target]]\nwait-for='x'\n", r"capture.target\[0\].match: expected a glob"),
        ("[[capture.target]]\nmatch='x'\njobs=2\n", r"toml:3: .*jobs: only for a whole run"),
        ("[capture\n", r"toml: .*line 1"),
        ("[capture]\njobs = 0\n", r"--jobs 0"),
    ],
)
def test_a_wrong_file_says_where(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "deckarchive.toml").write_text(text)
    with pytest.raises(UsageError, match=fault):
        load_options(tmp_path, {})
