// What a person would notice about the page, for judging whether it is worth presenting:
// {text: the beginning of the visible text, length: of all of it, heading: the first one,
// passwords, names: fields for a password, for who one is; overlay, challenge}.
// overlay: a fixed box over much of the window whose text is about cookies or consent.
() => {
  const text = (document.body?.innerText || "").replace(/\s+/g, " ").trim();
  const visible = (element) => {
    const rect = element.getBoundingClientRect();
    return rect.width > 1 && rect.height > 1 && getComputedStyle(element).visibility !== "hidden";
  };
  const passwords = Array.from(document.querySelectorAll("input[type=password]")).filter(
    visible,
  ).length;
  const who =
    "input[type=email], input[autocomplete*=username], input[autocomplete*=email]," +
    "input[name*=user i], input[name*=login i], input[id*=username i], input[name=j_username]";
  const names = Array.from(document.querySelectorAll(who)).filter(visible).length;
  /** @type {HTMLElement[]} */
  const headings = Array.from(document.querySelectorAll("h1, h2, [role=heading]"));
  const heading = headings.find(visible);
  const consent = /cookie|consent|gdpr|privacy|datenschutz|einwilligung|confidentialit/i;
  const accept = /accept|agree|allow|akzept|zustimm|einverstanden|accepter|aceptar|accetta/i;
  const everything = (root) =>
    Array.from(root.querySelectorAll("*"))
      .slice(0, 5000)
      .flatMap((element) =>
        element.shadowRoot ? [element, ...everything(element.shadowRoot)] : [element],
      );
  const fixed = everything(document.body || document.documentElement).filter((element) => {
    const position = getComputedStyle(element).position;
    if (position !== "fixed" && position !== "sticky") return false;
    const rect = element.getBoundingClientRect();
    if (rect.width * rect.height < innerWidth * innerHeight * 0.06) return false;
    const words = element.innerText || "";
    return visible(element) && consent.test(words) && accept.test(words);
  });
  const challenge = [
    "#challenge-form",
    "#challenge-running",
    "#cf-challenge-running",
    "#cf-please-wait",
    "script[src*='/cdn-cgi/challenge-platform/']",
    "iframe[src*='challenges.cloudflare.com']",
    "#px-captcha",
    "iframe[src*='hcaptcha.com']",
    "iframe[src*='captcha-delivery.com']",
    "iframe[src*='/recaptcha/'][title*='challenge' i]",
    "#sec-if-cpt-container",
    "iframe[src*='_Incapsula_Resource']",
  ].filter((selector) => document.querySelector(selector));
  return {
    text: text.slice(0, 8000),
    length: text.length,
    passwords,
    names,
    heading: (heading?.innerText || "").trim().slice(0, 200),
    overlay: fixed.length > 0,
    challenge: challenge.length > 0,
  };
};
