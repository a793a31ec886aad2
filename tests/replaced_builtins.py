"""What pages put in place of the browser's built-ins: name → the script that does it."""

from __future__ import annotations

from typing import Final

NOTHING: Final = "function () { return null; }"
THROWS: Final = "function () { throw new Error('mine'); }"
REPLACED: Final = {
    "Map": "window.Map = function (element) { this.el = element; };",
    "Set": f"window.Set = {NOTHING};",
    "WeakMap": f"window.WeakMap = {THROWS};",
    "JSON": "window.JSON = { parse: (text) => ({ text }), stringify: () => 7 };",
    "Promise": f"window.Promise = {THROWS};",
    "then": f"Promise.prototype.then = {NOTHING};",
    "Symbol": "window.Symbol = () => 'symbol';",
    "iterator": "Array.prototype[Symbol.iterator] = function* () {};",
    "Array": f"window.Array = {THROWS};",
    "from": f"Array.from = {THROWS};",
    "isArray": "Array.isArray = () => false;",
    "Object": f"window.Object = {NOTHING};",
    "keys": f"Object.keys = Object.entries = Object.values = Object.assign = {THROWS};",
    "define": f"Object.defineProperty = Object.getOwnPropertyDescriptor = {THROWS};",
    "freeze": "Object.freeze(window);",
    "toJSON": "Object.prototype.toJSON = Array.prototype.toJSON = () => 'mine';",
    "prototype": "Object.prototype.get = Object.prototype.value = 1;",
    "Date": f"window.Date = {THROWS};",
    "now": "Date.now = performance.now = () => NaN;",
    "performance": "Object.defineProperty(window, 'performance', { value: {} });",
    "setTimeout": f"window.setTimeout = window.setInterval = {NOTHING};",
    "frames": f"window.requestAnimationFrame = {NOTHING};",
    "Error": f"window.Error = window.TypeError = {NOTHING};",
    "String": f"window.String = {NOTHING}; String.prototype.replace = {THROWS};",
    "Number": f"window.Number = {NOTHING}; window.isFinite = () => false;",
    "Math": "window.Math = {};",
    "RegExp": f"window.RegExp = {THROWS}; RegExp.prototype.exec = () => null;",
    "URL": f"window.URL = {THROWS};",
    "call": f"Function.prototype.call = Function.prototype.apply = {THROWS};",
    "bind": f"Function.prototype.bind = {NOTHING};",
    "eval": f"window.eval = window.Function = {THROWS};",
    "query": f"Document.prototype.querySelector = Document.prototype.querySelectorAll = {THROWS};",
    "element": "Element.prototype.querySelectorAll = Element.prototype.getAttribute = () => null;",
    "box": f"Element.prototype.getBoundingClientRect = {NOTHING};",
    "style": f"window.getComputedStyle = {NOTHING};",
    "text": "Object.defineProperty(HTMLElement.prototype, 'innerText', { get: () => 9 });",
    "listen": f"EventTarget.prototype.addEventListener = {NOTHING};",
    "observer": f"window.MutationObserver = {THROWS};",
    "messages": f"window.postMessage = {NOTHING};",
    "title": "Object.defineProperty(document, 'title', { get: () => ({}) });",
    "fetch": f"window.fetch = window.XMLHttpRequest = {THROWS};",
    "proxies": "window.Proxy = window.Reflect = undefined;",
    "map-methods": "for (const kind of [Map, WeakMap]) for (const name of ['get', 'set', 'has'])"
    f" kind.prototype[name] = {THROWS};",
    "each": f"Map.prototype.forEach = Set.prototype.forEach = {THROWS};",
    "strings": "for (const name of ['split', 'slice', 'startsWith', 'toLowerCase', 'trim'])"
    f" String.prototype[name] = {THROWS};",
    "patterns": "RegExp.prototype.test = () => false; RegExp.prototype[Symbol.replace] ="
    " RegExp.prototype[Symbol.split] = () => 'mine';",
    "address": "Object.defineProperty(URL.prototype, 'href', { get: () => 'mine:' });"
    f" URL.createObjectURL = {THROWS};",
    "parameters": "window.URLSearchParams = URLSearchParams.prototype.get = () => null;",
    "bytes": f"window.Uint8Array = window.TextEncoder = {THROWS};",
    "resolve": f"Promise.resolve = Promise.prototype.catch = {THROWS};",
    "create": f"Document.prototype.createElement = Element.prototype.append = {THROWS};",
    "event": "for (const name of ['preventDefault', 'stopImmediatePropagation', 'composedPath'])"
    f" Event.prototype[name] = {THROWS};",
    "answers": f"window.Response = window.Headers = window.Request = window.Blob = {THROWS};",
    "coding": f"window.encodeURIComponent = window.decodeURIComponent = {THROWS};",
    "next": "Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true });",
}
for _name in ("map", "filter", "forEach", "flatMap", "slice", "push", "splice", "join", "includes"):
    REPLACED[f"array-{_name.lower()}"] = f"Array.prototype.{_name} = {NOTHING};"
for _name in ("find", "some", "concat", "reduce", "sort"):
    REPLACED[f"array-{_name}"] = f"Array.prototype.{_name} = {THROWS};"
