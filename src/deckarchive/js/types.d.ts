/**
 * Types of the scripts beside this file, for `tsc --checkJs`; no page gets it.
 *
 * The page script (`page.js`) passes one object, the page context, to each of its parts in
 * `page/`, in the order in which `rewriter/runtime/scripts.py` lists them; each part adds what
 * later ones use. Parts that run in windows alone find all of `PageContext`; those that run in
 * workers too (up to `workers.js`) find no `doc`, and nothing of the parts for documents.
 */

/** The facts that are written once, in `web/tables/*.json`: Python puts them where this stands. */
declare const TABLES: {
  queries: {
    names: string[];
    prefixes: string[];
    callbacks: { names: string[]; suffixes: string[] };
    random: string;
    static: string[];
  };
  [name: string]: any;
};

/** `{host: {"/path?query": where}}`: see the head of `lookup.js`. */
type UrlMap = Record<string, Record<string, any>>;

/** What a URL map says of a request: the `path` of a file, or the `status` of a refusal. */
interface Answer {
  host?: string;
  key?: string;
  path?: string;
  status?: number;
  /** The file that came with a refusal. */
  body?: string;
  /** Header fields that scripts read, one a line. */
  headers?: string;
  /** Where a part of a file begins in it, and how long the whole is. */
  start?: number;
  size?: number;
}

/** An answer with the place in the map where it stands. */
interface KnownAnswer extends Answer {
  host: string;
  key: string;
}

/** What a script reads of a response (responses.js). */
interface Facts {
  url: string;
  status: number;
  redirected?: boolean;
  type?: string;
  headers: Map<string, string>;
}

/** An answer together with the live URL of the request. */
interface Found extends Answer {
  url: URL;
}

/** What `lookup.js` makes of a URL map. */
interface Lookup {
  find(url: URL): Answer | null;
  findSent(method: string, url: URL, bytes: Uint8Array, type?: string | null): Answer | null;
  findData(url: URL): Answer | null;
  findHead(url: URL): Answer | null;
  findRange(url: URL, range: string): Answer | null;
  /** Live address (without scheme) of a file; "" or null where it has none, undefined: no file. */
  original(path: string): string | null | undefined;
  end(answer: KnownAnswer | Found): { address: string; headers?: string } | null;
  each(visit: (address: string, path: string) => void): void;
  hash(bytes: Uint8Array): string;
}

/** What the insertion says of a copy (`data-` attributes), or a worker's creator of the worker. */
interface PageConfig {
  /** The live URL of the document or of the worker's script. */
  url: string;
  /** Where `runtime/page.js` and the URL map stand. */
  page: string;
  map: string;
  /** The copy's base as a relative URL, where the page must find its live path in `location`. */
  routed?: string;
  /** The deck itself, not a copy. */
  own?: boolean;
  /** A worker's own file, and whether several documents share it. */
  local?: string;
  shared?: boolean;
  maps?: Lookup;
  data?: Record<string, string>;
  later?: Record<string, string>;
}

/** A function that finds the answer to a URL: `Lookup.find` or one of its kin. */
type Finder = (url: URL) => Answer | null;

/** A function of the browser's, or one in its place: it runs with the receiver of the call. */
type Native = (this: any, ...values: any[]) => any;

/** The browser's own built-ins (natives.js), and methods as functions of their receiver. */
interface Natives {
  Array: Pick<ArrayConstructor, "isArray">;
  ArrayBuffer: Pick<ArrayBufferConstructor, "isView">;
  Boolean: BooleanConstructor;
  Date: Pick<DateConstructor, "now">;
  Error: ErrorConstructor;
  Function: FunctionConstructor;
  JSON: { parse(text: string): any; stringify(value: any): string };
  Math: Pick<Math, "floor" | "imul" | "max" | "min">;
  Number: NumberConstructor;
  Object: Pick<
    ObjectConstructor,
    "assign" | "create" | "defineProperty" | "entries" | "hasOwn" | "keys" | "values"
  > & {
    fromEntries(list: any[][]): Record<string, any>;
    getOwnPropertyDescriptor(holder: any, name: PropertyKey): Accessor;
  };
  Promise: PromiseConstructor;
  Proxy: ProxyConstructor;
  Reflect: Pick<typeof Reflect, "construct" | "get" | "getPrototypeOf" | "set">;
  RegExp: RegExpConstructor;
  String: StringConstructor;
  TextDecoder: typeof TextDecoder;
  TextEncoder: typeof TextEncoder;
  Uint8Array: Uint8ArrayConstructor;
  // Classes of the page script's own: a page gets no instance of them.
  FormData: typeof FormData;
  Headers: typeof Headers;
  Map: MapConstructor;
  Set: SetConstructor;
  URL: typeof URL;
  URLSearchParams: typeof URLSearchParams;
  WeakMap: WeakMapConstructor;
  WeakSet: WeakSetConstructor;
  decodeURIComponent(text: string): string;
  encodeURIComponent(text: string): string;
  unescape(text: string): string;

  call(made: any, receiver: any, ...values: any[]): any;
  apply(made: any, receiver: any, values: ArrayLike<any>): any;
  /** For iteration; typed as what it goes over. */
  each<T>(list: T): T;
  pairs<T>(list: T): T;
  entriesOf<V>(collection: {
    forEach(visit: (value: V, name: string) => void): void;
  }): [string, V][];
  valuesOf<V>(collection: { forEach(visit: (value: V) => void): void }): V[];

  isObject(value: unknown): boolean;
  strings: {
    bytes(text: string): Uint8Array<ArrayBuffer>;
    charCodeAt(text: string, at: number): number;
    endsWith(text: string, end: string): boolean;
    fromCharCode(...codes: number[]): string;
    includes(text: string, part: string): boolean;
    indexOf(text: string, part: string): number;
    lastIndexOf(text: string, part: string): number;
    padStart(text: string, length: number, filler: string): string;
    replace(
      text: string,
      pattern: string | RegExp,
      by: string | ((...found: any[]) => string),
    ): string;
    slice(text: string, start: number, end?: number): string;
    split(text: string, by: string | RegExp, limit?: number): string[];
    startsWith(text: string, start: string): boolean;
    toLowerCase(text: string): string;
    toUpperCase(text: string): string;
    trim(text: string): string;
  };
  patterns: {
    all(pattern: RegExp, text: string): RegExpExecArray[];
    exec(pattern: RegExp, text: string): RegExpExecArray | null;
    test(pattern: RegExp, text: string): boolean;
  };
  numbers: { toString(value: number, radix: number): string };
  lists: {
    concat<T>(list: T[], ...more: T[][]): T[];
    filter<T>(list: T[], keep: (item: T) => unknown): T[];
    find<T>(list: T[], is: (item: T) => unknown): T | undefined;
    flat<T>(list: T[][]): T[];
    includes<T>(list: T[], item: T): boolean;
    join(list: any[], between?: string): string;
    map<T, R>(list: T[], make: (item: T, at: number) => R): R[];
    pop<T>(list: T[]): T | undefined;
    push<T>(list: T[], ...items: T[]): number;
    reduce<T>(list: T[], step: (made: any, item: T) => any, first: any): any;
    shift<T>(list: T[]): T | undefined;
    slice<T>(list: T[], start: number, end?: number): T[];
    some<T>(list: T[], is: (item: T) => unknown): boolean;
    sort<T>(list: T[]): T[];
  };
  blobs: {
    slice(blob: Blob, start: number, end: number, type: string): Blob;
    text(blob: Blob): Promise<string>;
  };
  requests: {
    arrayBuffer(request: Request): Promise<ArrayBuffer>;
    clone(request: Request): Request;
  };
  responses: {
    arrayBuffer(response: Response): Promise<ArrayBuffer>;
    blob(response: Response): Promise<Blob>;
    text(response: Response): Promise<string>;
  };
  /** Methods of the web's interfaces, by their names. */
  web: Record<string, (receiver: any, ...values: any[]) => any>;
}

/** What the parts of the page script share. Listed by the part that adds it. */
interface PageContext {
  // page.js
  natives: Natives;
  scope: PageScope;
  config: PageConfig;
  install(scope: PageScope, config: PageConfig): void;
  /** The document; workers have none. */
  doc: Document;
  lookup(map: UrlMap): Lookup;
  counts(): ContentCounts;

  // urls.js
  /** The URL of the offline folder, ending in a slash. */
  root: string;
  /** Whether the folder was opened from file://. */
  onFile: boolean;
  maps: Lookup;
  /** Where the document was loaded from, without fragment. */
  start: string;
  /** URLs that were requested and not captured, at most 200. */
  unresolved: Set<string>;
  /** Milliseconds since the first socket closed; 0 while it connects, null without any. */
  sinceClosed(): number | null;
  originalUrl: URL;
  /** The base that was inserted for a page that reads its path. */
  routed: HTMLBaseElement | null;
  parse(text: any, base?: string | URL): URL | null;
  /** From a URL of the folder to the live one; null where it is none of the folder's. */
  reverse(url: URL): URL | null;
  localBase(): string;
  originalBase(): URL;
  /** null: nothing to do. Otherwise the live URL and, where it was captured, its answer. */
  resolve(raw: any, finder?: Finder): Found | null;
  address(found: { url: URL; path?: string }): string;
  readable(found: { url: URL; path?: string }): string;
  inFolder(raw: any): string;
  dataUrl(raw: any): string | undefined;
  loadData(path: string | undefined): Promise<unknown> | null;
  deferredData(): Record<string, string>;
  serveWorker(worker: Worker): void;
  local(raw: any): any;
  noteUnresolved(url: URL): void;

  // markup.js
  NOWHERE: string;
  outward(text: string): boolean;
  srcset(text: any): string;
  css(text: any): string;
  markup(html: any): string;
  /** The tokens of a frame's `sandbox` with its origin, where copies are kept apart by names. */
  withOrigin(sandbox: any): string;

  // overrides.js
  mask<F extends object>(made: F, native: unknown): F;
  wrap(name: string, swap: (args: any[]) => any[], made?: false | ((result: any) => void)): void;
  patch(holder: any, name: string, make: (native: Native) => Native): void;
  property(holder: any, name: string, change: (element: any, value: any) => any): void;
  define(holder: any, name: string, descriptor: PropertyDescriptor & ThisType<any>): void;

  // responses.js
  responseFor(response: Response, found: Found, size?: number | null): Response;
  setFacts(request: XMLHttpRequest, found: Found): void;
  copyFacts(request: XMLHttpRequest, response: Response): void;
  clearFacts(request: XMLHttpRequest): void;

  // network.js
  bytesOf(body: any): Uint8Array;
  openNatively: Native;

  // file-modules.js
  /** The blob: URL of a module, worker or script that the folder's scripts hold. */
  moduleUrl(path: string | undefined): string | undefined;
  folderPath(href: string): string;
  workerArguments(
    path: string,
    search: string,
    source: any,
    options: any,
    shared: boolean,
  ): any[] | null;
  workletUrl(path: string | undefined): string | undefined;
  moduleDataUrl(text: string): string;
  joinedMap(text: string): string;
  startModules(): void;

  // workers.js
  blobs: Map<string, Blob>;
  blobUrl(blob: Blob): string;

  // location-shim.js
  shim: { isActive(): boolean; current(): URL; moved(url: URL): void };
  classicUrl(path: string): string | undefined;
  replaceScript(script: any): void;
  fileSrc(element: any): string;
  shimBase(base: any, raw: string | null): void;

  // elements.js
  URL_ATTRIBUTES: Record<string, string[]>;
  CORS_ATTRIBUTES: string[];
  READABLE_ELEMENTS: string[];
  localValue(element: Element, name: string, value: any): any;
  framedMarkup(text: any): string;
  showDataDocument(frame: Element, url: string): void;

  // destinations.js
  isCurrent(url: URL): boolean;
  historyTarget(raw: unknown): { target?: string; moved?: URL; spare?: string };

  // navigation.js
  visit(raw: any): boolean;

  // storage.js
  register: ((url: string, options: RegistrationOptions) => Promise<unknown>) | null;

  // file-messages.js
  windowOf(window: any): any;
}

/** What the page script keeps on the window or the worker's scope. */
interface Globals {
  __deckarchive?: PageConfig;
  __deckarchive_page?: any;
  __deckarchive_map?: UrlMap;
  __deckarchive_pages?: UrlMap;
  __deckarchive_data?: Record<string, string>;
  __deckarchive_later?: Record<string, string>;
  __deckarchive_text?: string;
  __deckarchive_scripts?: Record<string, any>;
  __deckarchive_classics: Record<string, string>;
  __deckarchive_inlines: Record<string, string>;
  __deckarchive_origin?: string;
  __deckarchive_location: (value: any) => any;
  __deckarchive_import: (from: string) => (specifier: any, options?: any) => Promise<any>;
  __deckarchive_meta: (meta: any, path: string) => any;
  __deckarchive_start?: (path: string) => void;
}

/** The global object of a document or of a worker; what only one of them has may be missing. */
type PageScope = Window & typeof globalThis & Record<string, any>;

/** How much a document shows (model.Vitals). */
interface ContentCounts {
  text: number;
  elements: number;
  images: number;
  broken: number;
  canvases: number;
  videos: number;
  frames: number;
}

/** What a frame page holds of its target, as JSON (rewrite/frames.py). */
interface FrameFacts {
  id: string;
  url: string;
  kind: string;
  copy: string;
  signals: boolean;
  sandbox: boolean;
  rights: string[];
  rights_differ: boolean;
  posters: Record<string, string>;
  counts: Record<string, ContentCounts>;
}

interface FrameState {
  id: string;
  url: string;
  tier: string;
  ms: number;
  counts: Record<string, number> | null;
  unresolved: string[];
}

/** What `sw.js` uses of a service worker's scope. */
interface ServiceWorkerScope {
  registration: { scope: string };
  location: Location;
  clients: { claim(): Promise<void>; get(id: string): Promise<{ url: string } | undefined> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: any) => void): void;
  __deckarchive_lookup: (map: UrlMap) => Lookup;
}

interface Document {
  /** Chromium's (Permissions Policy, 10): what this document may do. */
  featurePolicy?: { features(): string[]; allowsFeature(name: string): boolean };
}

interface Window extends Globals {
  /** reveal.js, in any version that made it global. */
  Reveal?: any;
  RevealNotes?: any;
  /** What a frame page says of itself to the rehearsal. */
  deckarchive?: FrameState;
  // rehearse/*.js, from one evaluation to the next
  __deckarchive_base?: number;
  __deckarchiveMedia?: HTMLMediaElement[];
  __deckarchiveBrought?: { frame: Element | null; from: [Element, number, number][] };
  __rehearsed?: Map<string, any>;
}

interface ObjectConstructor {
  /** The browser's own accessors: what we ask for is there, or the code looks first. */
  getOwnPropertyDescriptor(holder: any, name: PropertyKey): Accessor;
}

interface Accessor {
  configurable?: boolean;
  enumerable?: boolean;
  value?: any;
  get: (this: any) => any;
  set: (this: any, value: any) => void;
}
