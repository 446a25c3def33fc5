/**
 * What a mail of the lab claims: the command of a result, the code of its exact
 * figures, and the rows of its table. However its lines were broken, its words
 * follow each other as they did.
 */
import { EXACT_CODE_VERSION } from "../report/exact_code.ts";
import { repeatingWords } from "../report/repeating_words.ts";
import { splitWords } from "../text/shell_words.ts";

export interface MailClaim {
  /** The words after `lab` of the command that repeats it, safe to run. */
  readonly words: readonly string[];
  /** Whether its instructions were counted by the run. */
  readonly countsCode: boolean;
  /** How many exact figures the code is of. */
  readonly figures: number;
  readonly code: string;
  /**
   * All words before the command, those of the table among them, with
   * `PARAGRAPH` where a line was empty.
   */
  readonly before: readonly string[];
}

/** Stands among words for empty lines. */
export const PARAGRAPH = "\n\n";

/** What ends a command. */
const CODE = /^# exact v(\d+) (\d+) ([0-9a-fA-F]+)(?![^\s])/;
const CODE_DIGITS = 16;

/**
 * @returns The claims, one at least, in order.
 * @throws {SyntaxError} If it has none, or one is mangled.
 * @throws {RangeError} If a newer lab wrote it.
 */
export function readMail(text: string, name: string): readonly MailClaim[] {
  const cannot = `Cannot verify "${name}"`;
  const words: string[] = [];
  const firsts = new Set<number>();
  for (const paragraph of text.split(/\n\s*\n/)) {
    firsts.add(words.length);
    for (const word of paragraph.split(/\s+/)) {
      if (word !== "" && word !== "\\") words.push(word);
    }
  }
  const flat = words.join(" ");
  const countTo = (offset: number) =>
    flat.slice(0, offset).split(" ").filter((word) => word !== "").length;
  const wordsOf = (start: number, end: number) => {
    const first = countTo(start);
    return words.slice(first, countTo(end)).flatMap((word, i) =>
      firsts.has(first + i) ? [PARAGRAPH, word] : [word]
    );
  };
  const claims: MailClaim[] = [];
  let from = 0;
  for (const found of flat.matchAll(/(?<!\S)deno task lab(:native)?(?!\S)/g)) {
    if (found.index < from) continue;
    const rest = flat.slice(found.index + found[0].length).trimStart();
    const hash = rest.search(/(?<!\S)# exact(?!\S)/);
    const next = rest.search(/(?<!\S)deno task lab/);
    // A command that somebody typed into the same mail.
    if (hash < 0 || (next >= 0 && next < hash)) continue;
    const code = CODE.exec(rest.slice(hash));
    if (code === null) {
      throw new SyntaxError(
        `${cannot}: found "${rest.slice(hash, hash + 40)}" after the ` +
          `command, expected "# exact v${EXACT_CODE_VERSION}", how many ` +
          "figures and their code",
      );
    }
    const [, version = "", figures = "", digits = ""] = code;
    if (Number(version) > EXACT_CODE_VERSION) {
      throw new RangeError(
        `${cannot}: its code is of version ${version}, expected at most ` +
          `${EXACT_CODE_VERSION}; use a newer bvec-lab`,
      );
    }
    if (Number(version) < 1) {
      throw new SyntaxError(
        `${cannot}: its code is of version ${version}, expected 1 to ` +
          `${EXACT_CODE_VERSION}`,
      );
    }
    if (digits.length !== CODE_DIGITS) {
      throw new SyntaxError(
        `${cannot}: its code "${digits}" has ${digits.length} digits, ` +
          `expected ${CODE_DIGITS}`,
      );
    }
    const typed = splitWords(rest.slice(0, hash));
    const safe = repeatingWords(typed);
    if (safe === undefined) {
      throw new SyntaxError(
        `${cannot}: found the command "lab ${typed.join(" ")}", expected ` +
          "lab run with options that decide figures",
      );
    }
    claims.push({
      words: safe,
      countsCode: found[1] !== undefined || safe.includes("--counts"),
      figures: Number(figures),
      code: digits.toLowerCase(),
      before: wordsOf(from, found.index),
    });
    from = flat.length - rest.length + hash + code[0].length;
  }
  if (claims.length === 0) {
    throw new SyntaxError(
      `${cannot}: found no command with a code of exact figures, expected ` +
        `"deno task lab run ... # exact v${EXACT_CODE_VERSION} ...", as ` +
        "lab run --mail writes it, or a result of lab run --json",
    );
  }
  return claims;
}
