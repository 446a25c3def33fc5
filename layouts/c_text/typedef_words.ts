/** What a typedef declares, by its words, before it is read. */
import type { Declaration } from "./declarations.ts";
import type { Token } from "./tokens.ts";

const KEYWORDS: ReadonlySet<string> = new Set([
  ...["void", "char", "short", "int", "long", "float", "double", "signed"],
  ...["unsigned", "bool", "_Bool", "const", "volatile"],
]);

/** The names of a typedef: one after `(*`, or the last of each declarator. */
export function declaredNames(tokens: readonly Token[]): string[] {
  const names: string[] = [];
  let depth = 0;
  let last = "";
  let inner = "";
  const close = () => {
    const name = inner || last;
    if (name !== "") names.push(name);
    last = "";
    inner = "";
  };
  for (let index = 1; index < tokens.length; index++) {
    const { kind, text } = tokens[index] ?? {};
    if (text === "__attribute__") {
      index = behind(tokens, index + 1) - 1;
      continue;
    }
    if (text === "{" || text === "[") {
      index = behind(tokens, index) - 1;
      continue;
    }
    if (text === "(") depth++;
    else if (text === ")") depth--;
    else if (text === "," && depth === 0) close();
    else if (kind === "word" && depth === 0) last = text ?? "";
    else if (kind === "word" && depth === 1 && inner === "") {
      // (*name) or, after a type and no name, (name).
      const before = tokens[index - 1]?.text;
      const alone = before === "(" && tokens[index + 1]?.text === ")";
      if (before === "*" || alone && KEYWORDS.has(last)) inner = text ?? "";
    }
  }
  close();
  return names;
}

/** The index after the bracket that closes the one at an index. */
function behind(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let index = from; index < tokens.length; index++) {
    const { kind, text = "" } = tokens[index] ?? {};
    if (kind !== "mark") continue;
    if ("{[(".includes(text)) depth++;
    if ("}])".includes(text) && --depth === 0) return index + 1;
  }
  return tokens.length;
}

/** `typedef void name(int)`: the parentheses close right before the end. */
export function isFunctionTypedef({ tokens }: Declaration): boolean {
  const last = tokens.findLastIndex(({ text }) => text === ")");
  if (last !== tokens.length - 2 || tokens.length < 4) return false;
  let depth = 0;
  for (let index = last; index > 0; index--) {
    const text = tokens[index]?.text;
    if (text === ")") depth++;
    if (text === "(" && --depth === 0) {
      const before = tokens[index - 1];
      if (before?.text === "__attribute__") return false;
      // A pointer to a function has its star inside the first parentheses.
      return before?.kind === "word" ||
        before?.text === ")" && !pointerBefore(tokens, index - 1);
    }
  }
  return false;
}

function pointerBefore(tokens: Declaration["tokens"], close: number): boolean {
  for (let index = close; index > 0; index--) {
    if (tokens[index]?.text === "(") return tokens[index + 1]?.text === "*";
  }
  return false;
}
