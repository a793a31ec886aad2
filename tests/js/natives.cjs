// Names what scripts take from a page that may have replaced it: `node natives.cjs TYPES FILE …`
// prints a JSON list of "file:line why". TYPES is types.d.ts. See src/deckarchive/js/natives.js.
const path = require("node:path");
const ts = require("../../tools/js/node_modules/typescript/lib/typescript.js");

const [types, ...files] = process.argv.slice(2);
const options = {
  allowJs: true,
  checkJs: true,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  noEmit: true,
  strict: true,
  target: ts.ScriptTarget.ES2023,
  types: [],
};
const program = ts.createProgram([types, ...files], options);
const checker = program.getTypeChecker();

// What no script can replace.
const GLOBALS = ["undefined", "self", "TABLES", "document", "innerHeight"];
// The script's own classes, whose instances have the browser's methods.
const OWN = /^(Map|Set|WeakMap|WeakSet|URL|URLSearchParams|Headers|FormData)\b/;
// Where nothing is known of the receiver it is taken for one of these; of a window, cross-origin
// or a copy's, the method is asked for itself, as is that of a location, which none replaces.
const UNKNOWN = ["add", "clear", "delete", "get", "has", "set"];
const UNREPLACED = /^(Window|Location|any)\.(postMessage|reload)$/;

const isOfBrowser = (symbol) =>
  (symbol.declarations || []).every((one) =>
    /typescript\/lib\//.test(one.getSourceFile().fileName),
  );
const found = [];
for (const file of files.map((name) => program.getSourceFile(name))) check(file);
process.stdout.write(JSON.stringify(found));

function check(file) {
  const note = (node, why) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    found.push(`${path.basename(file.fileName)}:${line + 1} ${why}`);
  };
  const isEach = (node) =>
    ts.isCallExpression(node) && ["each", "pairs"].includes(node.expression.getText(file));

  function checkIteration(node) {
    if (ts.isForOfStatement(node) && !isEach(node.expression)) note(node, "for…of without each");
    if (ts.isSpreadElement(node) && !isEach(node.expression)) note(node, "spread without each");
    if (node.asteriskToken) note(node, "a generator");
    if (ts.isArrayBindingPattern(node)) {
      const { parent } = node;
      const isOfPairs =
        ts.isVariableDeclaration(parent) &&
        ts.isForOfStatement(parent.parent.parent) &&
        parent.parent.parent.expression.getText(file).startsWith("pairs(");
      const isOfEach =
        ts.isVariableDeclaration(parent) && parent.initializer && isEach(parent.initializer);
      if (!isOfPairs && !isOfEach) note(node, "destructuring without each");
    }
    if (
      ts.isBinaryExpression(node) &&
      ts.isArrayLiteralExpression(node.left) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      !isEach(node.right)
    )
      note(node, "destructuring without each");
  }

  function checkName(node) {
    if (!ts.isIdentifier(node) || GLOBALS.includes(node.text)) return;
    const { parent } = node;
    const isName = parent.name === node || parent.propertyName === node;
    if (isName && !ts.isShorthandPropertyAssignment(parent)) return;
    if (ts.isTypeReferenceNode(parent) || parent.kind > ts.SyntaxKind.FirstJSDocNode) return;
    const symbol = ts.isShorthandPropertyAssignment(parent)
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(node);
    if (symbol && symbol.declarations && isOfBrowser(symbol)) note(node, `the page's ${node.text}`);
  }
  // `lists` of `const { lists, ArrayBuffer: buffers } = page.natives`.
  function isKept(node) {
    const symbol = ts.isIdentifier(node) && checker.getSymbolAtLocation(node);
    const binding = symbol && symbol.valueDeclaration;
    if (!binding || !ts.isBindingElement(binding)) return false;
    const from = binding.parent.parent; // a variable or a parameter
    return checker.typeToString(checker.getTypeAtLocation(from.initializer || from)) === "Natives";
  }

  function checkCall(node) {
    const callee = node.expression;
    if (!ts.isPropertyAccessExpression(callee)) return;
    const receiver = callee.expression;
    const name = callee.name.text;
    if (isKept(receiver)) return;
    const type = checker.getTypeAtLocation(receiver);
    const text = checker.typeToString(type);
    if (UNREPLACED.test(`${text}.${name}`)) return;
    if (type.flags & ts.TypeFlags.Any) {
      if (!UNKNOWN.includes(name)) note(node, `${receiver.getText(file)}.${name}(…)`);
      return;
    }
    const property = checker.getSymbolAtLocation(callee.name);
    const holder = ts.isPropertyAccessExpression(receiver)
      ? checker.getSymbolAtLocation(receiver.name)
      : null;
    const isOwn = OWN.test(text) && !(holder && isOfBrowser(holder));
    if ((!property || isOfBrowser(property)) && !isOwn)
      note(node, `${receiver.getText(file)}.${name}(…)`);
  }

  // What an async function returns is resolved by its `then`, as the page has it.
  function checkReturn(node) {
    const isBody = ts.isArrowFunction(node.parent) && node.parent.body === node;
    if (!ts.isExpression(node) || !(ts.isReturnStatement(node.parent) || isBody)) return;
    let holder = node.parent;
    while (!ts.isFunctionLike(holder)) holder = holder.parent;
    const isAsync = (holder.modifiers || []).some((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
    const type = checker.typeToString(checker.getTypeAtLocation(node));
    const isUnknown = type === "any" && ts.isCallExpression(node);
    if (isAsync && (type.startsWith("Promise<") || isUnknown)) note(node, "returned without await");
  }

  // Where a part begins, an inner window is as the browser made it; later its page has run.
  function checkNew(node) {
    if (!ts.isNewExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    let depth = 0;
    for (let at = node; at; at = at.parent) if (ts.isFunctionLike(at)) depth += 1;
    if (depth > 1) note(node, `the page's ${node.expression.getText(file)}`);
  }

  (function visit(node) {
    checkIteration(node);
    checkNew(node);
    checkName(node);
    if (ts.isCallExpression(node)) checkCall(node);
    if (node.parent) checkReturn(node);
    ts.forEachChild(node, visit);
  })(file);
}
