// frames/<id>.html: the speaker's choice between the offline copy, the live site and the picture.
// It lies over what frame.js shows and leaves that alone, so giving the choice up is enough.
//
// The live site is the one form that uses the network. It loads in a page of its own, live.html,
// since this page's policy forbids it, and only when a person pressed the key here or in the
// deck: the deck sends a message then (js/stage.js), a copy cannot.
(() => {
  "use strict";

  const MARK_MS = 5000;
  /** @type {FrameFacts} */
  const about = JSON.parse(document.getElementById("about")?.textContent || "");
  const root = document.documentElement;
  // The deck is straight around this page and itself stands in nothing: not in a copy, not in the
  // speaker view's preview.
  const onStage = parent !== window && parent === top;
  const isOwn = (origin) =>
    location.protocol === "file:"
      ? ["null", "file://"].includes(origin)
      : origin === location.origin;

  const view = () => location.hash.slice(1);

  // -- What there is to choose from ----------------------------------------------------------

  function address() {
    let url = about.url + (view() ? `#${view()}` : "");
    if (about.kind === "link") {
      try {
        url = decodeURIComponent(view());
      } catch {
        return "";
      }
    }
    try {
      const { protocol, hostname } = new URL(url);
      return /^https?:$/.test(protocol) && hostname !== "deck.localhost" ? url : "";
    } catch {
      return "";
    }
  }

  const picture = () =>
    Object.hasOwn(about.posters, view()) ? about.posters[view()] : Object.values(about.posters)[0];

  function forms() {
    const found = [];
    if (about.copy) found.push("copy");
    else if (!picture()) found.push("card");
    if (address()) found.push("site");
    if (picture()) found.push("picture");
    return found;
  }

  let chosen = ""; // "" leaves it to frame.js
  let layer = null; // the chosen form's own element
  let before = ""; // what to return to when the live site does not come

  function current() {
    if (chosen) return chosen;
    const tier = window.deckarchive?.tier;
    return tier === "picture" && picture() ? "picture" : forms()[0];
  }

  // -- The mark ------------------------------------------------------------------------------

  const mark = document.createElement("p");
  mark.className = "mark";
  mark.hidden = true;
  document.body.append(mark);
  let fading = 0;

  function label(text, { stays = false, more = "" } = {}) {
    clearTimeout(fading);
    root.dataset.labelled = "";
    mark.textContent = text;
    if (more) {
      const rest = document.createElement("span");
      rest.className = "more";
      rest.textContent = more;
      mark.append(rest);
    }
    mark.hidden = false;
    if (!stays) fading = setTimeout(hush, MARK_MS);
  }

  function hush() {
    mark.hidden = true;
    delete root.dataset.labelled;
    // What is not the copy is always labelled.
    if (chosen === "picture") label("Picture", { stays: true });
    else if (chosen === "site" && !before) labelSite();
  }

  const labelSite = () =>
    label("Live site", {
      stays: true,
      more: `${address()} · if it stays empty, it forbids being shown in a frame`,
    });

  // -- The forms -----------------------------------------------------------------------------

  function setLayer(element, name) {
    layer?.remove();
    layer = element;
    if (layer) {
      layer.className = name;
      document.body.append(layer);
    }
  }

  function takeFocus() {
    const active = document.activeElement;
    if (active instanceof HTMLIFrameElement) {
      active.blur();
      window.focus();
    }
  }

  function show(form) {
    before = "";
    if (form !== "copy") takeFocus(); // keys must not go to a page that is covered
    if (form === "site") return showSite();
    chosen = form;
    root.dataset.form = form;
    if (form === "picture") {
      const image = document.createElement("img");
      image.alt = "";
      image.src = picture();
      setLayer(image, "chosen");
      label("Picture", { stays: true });
    } else {
      setLayer(null);
      label(form === "copy" ? "Offline copy" : "Not captured");
    }
  }

  // The form before stays in sight until the site has answered.
  function showSite() {
    before = current();
    chosen = "site";
    if (navigator.onLine === false) return giveUp("there is no network");
    const page = document.createElement("iframe");
    page.title = "Live site";
    page.allow = "autoplay; fullscreen";
    page.src = "live.html";
    layer?.remove();
    setLayer(page, "site waiting");
    if (before !== "picture") root.dataset.form = before;
    label("Live site: loading …", { stays: true });
  }

  function giveUp(reason) {
    const form = before || forms()[0];
    if (form === "site") return;
    chosen = "";
    show(form);
    label(`Live site: ${reason}`);
  }

  function fromSite(message) {
    if (message.state === "ready") {
      layer.contentWindow.postMessage({ deckarchive: 1, type: "open", url: address() }, "*");
    } else if (message.state === "shown" && before) {
      before = "";
      root.dataset.form = "site";
      layer.classList.remove("waiting");
      labelSite();
    } else if (message.state === "failed" && before) {
      giveUp(String(message.reason || "it does not answer").slice(0, 80));
    }
  }

  function step(by) {
    if (!onStage) return;
    const all = forms();
    if (all.length < 2) {
      label(
        { copy: "Offline copy", picture: "Picture", card: "Not captured" }[all[0]] || "Live site",
      );
      return;
    }
    show(all[(all.indexOf(current()) + by + all.length) % all.length]);
  }

  // A new view of the page begins with what is offline.
  addEventListener("hashchange", () => {
    if (about.kind === "link" || chosen) {
      chosen = before = "";
      setLayer(null);
      delete root.dataset.form;
      hush();
    }
  });

  // -- Who may choose ------------------------------------------------------------------------

  /** @returns {Window | null} */
  const copyWindow = () =>
    /** @type {HTMLIFrameElement | null} */ (document.querySelector("iframe.copy"))
      ?.contentWindow ?? null;

  addEventListener("message", (event) => {
    const message = event.data;
    if (!event.source || !message || typeof message !== "object" || message.deckarchive !== 1)
      return;
    if (event.source === parent && isOwn(event.origin)) {
      if (message.type === "form") step(message.step === -1 ? -1 : 1);
    } else if (layer?.localName === "iframe" && event.source === layer.contentWindow) {
      if (message.type === "site" && isOwn(event.origin)) fromSite(message);
    } else if (event.source === copyWindow() && message.type === "key" && message.key === "F2") {
      fromCopy(message.shiftKey === true ? -1 : 1);
    }
  });

  // A copy can forge the message of a key. It may switch to what is offline; for the live site the
  // key counts when it is pressed once more, in this page, where no copy's script can press it.
  function fromCopy(by) {
    if (document.activeElement?.className !== "copy") return;
    const all = forms();
    if (all[(all.indexOf(current()) + by + all.length) % all.length] !== "site") return step(by);
    takeFocus();
    label("Offline copy · once more for the live site");
  }

  addEventListener(
    "keydown",
    (event) => {
      if (!event.isTrusted || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key !== "F2" && event.key.toLowerCase() !== "e") return;
      event.stopImmediatePropagation(); // frame.js hands all other keys on
      event.preventDefault();
      if (!event.repeat) step(event.shiftKey ? -1 : 1);
    },
    true,
  );
})();
