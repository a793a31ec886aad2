// Where a navigation leads, for navigation.js: decisions alone, which touch nothing.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { Object, String, strings } = page.natives;
  const { scope, doc, root, start, originalUrl, routed } = page;
  const { parse, originalBase, resolve, reverse, address, shim } = page;

  // Without scheme and fragment, which a redirect to https and a table of contents change.
  /** @param {string} href */
  const bare = (href) => strings.split(strings.replace(href, /^[a-z]+:\/*/i, ""), "#", 1)[0];

  /**
   * Whether the page at the live address `url` is the one that the copy shows already.
   *
   * Pages go to their own address by script: to https, to their own host name, to the country's
   * site. Live that happens once, since the page is there then. A copy never is: it stands on
   * another host, would load itself again and ask once more, for ever. With the copy of
   * `https://site.test/en/` in `sites/site.test/en/index.html`:
   *
   *     location.href = "https://site.test/en/"   // its own: stay
   *     location.replace("https://www.site.test/en/")   // redirected here when captured: stay
   *     location.href = "https://site.test/fr/"   // not captured, while it loads: stay
   *     location.href = "https://site.test/fr/"   // the same at a click, later: say that it lacks
   *
   * @param {URL} url
   */
  function isCurrent(url) {
    if (bare(url.href) === bare(scope.location.href)) return true;
    const found = resolve(url.href);
    if (!found || !found.path) return doc.readyState !== "complete";
    return (
      root + found.path === strings.split(start, "?", 1)[0] &&
      found.url.search === originalUrl.search
    );
  }

  /**
   * Where history.pushState(…, raw) and replaceState have to lead.
   *
   * `target` is the address for the browser, undefined to leave it alone; `moved` is the live one
   * where the location shim must follow, and `spare` what to try when the browser refuses
   * `target` (on file:// it takes no other path). With the copy of `https://site.test/app`:
   *
   *     pushState(…, "?page=2")    → the copy's file with ?page=2
   *     pushState(…, "/about")     → the copy of /about, or the place where it would stand, so that
   *                                  relative URLs go on leading to the right files
   *     pushState(…, "/app/list")  → /app/list on the server itself, where the page reads its path
   *                                  from location (`routed`: a base keeps relative URLs right)
   *     pushState(…, "/app/list")  → the copy's file, and the shim tells /app/list, on file://
   *
   * @param {unknown} raw
   * @returns {{ target?: string; moved?: URL; spare?: string }}
   */
  function historyTarget(raw) {
    const destination = parse(String(raw), originalBase());
    const live = destination && (reverse(destination) || destination);
    const inside = live && live.origin === originalUrl.origin ? live : null;
    /** @param {URL} url */
    const pathOf = (url) => url.pathname + url.search + url.hash;
    if (routed) return { target: inside ? scope.location.origin + pathOf(inside) : undefined };
    const file = strings.split(start, "?")[0];
    if (shim.isActive()) {
      return inside
        ? { target: file + inside.search + inside.hash, moved: inside }
        : { target: file };
    }
    const hash = destination ? destination.hash : "";
    const spare = strings.split(scope.location.href, "#")[0] + hash;
    if (
      destination &&
      destination.origin + destination.pathname === originalUrl.origin + originalUrl.pathname
    ) {
      return { target: file + destination.search + hash, spare };
    }
    const found = resolve(raw);
    if (!found) return { target: String(raw), spare };
    if (found.path) return { target: address(found), spare };
    const folder = root + "sites/" + strings.replace(found.url.host, ":", "+");
    return { target: folder + found.url.pathname + found.url.search + hash, spare };
  }

  Object.assign(page, /** @satisfies {Partial<PageContext>} */ ({ isCurrent, historyTarget }));
};
