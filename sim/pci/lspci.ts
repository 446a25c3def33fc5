/**
 * Reads what lspci prints: lists of functions, trees, or both, in any order.
 */
import { lspciError, type LspciLine, quotePart } from "./lspci_error.ts";
import {
  addRegion,
  type LineComplaint,
  type LspciFunction,
  namedFunction,
  readDetail,
  readHeader,
} from "./lspci_list.ts";
import { isTreeLine, LspciTree, type TreeNode } from "./lspci_tree.ts";

export interface LspciOutput {
  /** Each function once, by address. */
  readonly functions: ReadonlyMap<string, LspciFunction>;
  /** Functions of the tree, if there is one. */
  readonly tree: readonly TreeNode[];
}

/** Warnings on standard error, hex dumps of `-x`, the prompt of a shell. */
const PASSED_OVER =
  /^(?:(?:lspci|pcilib): |[0-9a-f]{2,3}:(?: [0-9a-f?]{2})+\s*$|[$#]( |$)|\w*@[^ ]*[$#] )/;
/** A line on a BAR below a device of a tree, of pciutils from 3.11 on. */
const TREE_REGION =
  /^[ |]+(?=(?:Region \d: )?(?:\[\w+\] )?(?:Memory|I\/O ports) at )/;

/** More functions than any machine has that this was written for. */
const MOST_FUNCTIONS = 1 << 14;

/**
 * Reads the output of lspci.
 *
 * @throws {SyntaxError} If it is not such output; the message names file, line
 * and column.
 */
export function readLspci(text: string, fileName: string): LspciOutput {
  const reader = new LspciReader(fileName);
  const lines = text.replace(/^\ufeff/, "").split("\n");
  for (const [index, raw] of lines.entries()) {
    const line = { number: index + 1, text: raw.replace(/\r$/, "") };
    const wrong = reader.line(line);
    if (wrong !== undefined) {
      const at = { line: line.number, column: wrong.column };
      throw lspciError(fileName, at, wrong.found);
    }
  }
  return reader.output();
}

class LspciReader {
  readonly #fileName: string;
  readonly #functions = new Map<string, LspciFunction>();
  readonly #tree = new LspciTree();
  /** What the tree says about a function, which is less than the list does. */
  readonly #inTree = new Map<string, LspciFunction>();
  /** What a line of details belongs to. */
  #current: LspciFunction | undefined;
  /** What a line on a BAR belongs to. */
  #lastInTree: LspciFunction | undefined;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  /** Reads a line; what is wrong with it, or undefined. */
  line(line: LspciLine): LineComplaint | undefined {
    const { text } = line;
    const header = readHeader(line);
    const region = this.#lastInTree && TREE_REGION.exec(text);
    if (text.trim() === "" || PASSED_OVER.test(text)) return undefined;
    if (header !== undefined) {
      this.#lastInTree = undefined;
      const before = this.#functions.get(header.bdf);
      this.#current = merged(before, header, this.#fileName);
      this.#functions.set(header.bdf, this.#current);
    } else if (this.#lastInTree && region) {
      const column = region[0].length;
      const words = text.slice(column).trimEnd();
      return addRegion(words, this.#lastInTree, (found) => ({
        column: column + 1,
        found,
      }));
    } else if (isTreeLine(text)) {
      this.#current = undefined;
      const wrong = this.#treeLine(line);
      if (wrong !== undefined) return wrong;
    } else if (/^\s/.test(text) && this.#current !== undefined) {
      return readDetail(line, this.#current);
    } else return strange(line);
    if (this.#functions.size + this.#inTree.size <= 2 * MOST_FUNCTIONS) {
      return undefined;
    }
    return {
      column: 1,
      found: `found more functions, expected at most ${MOST_FUNCTIONS}`,
    };
  }

  #treeLine(line: LspciLine): LineComplaint | undefined {
    const { nodes } = this.#tree;
    const before = nodes.length;
    let wrong = this.#tree.read(line);
    for (const { line: at, bdf, id } of nodes.slice(before)) {
      this.#lastInTree = namedFunction({ line: at, bdf, words: "", id });
      if (this.#inTree.has(bdf)) {
        wrong ??= {
          column: 1,
          found: `function ${bdf} is drawn twice, expected one tree`,
        };
      }
      this.#inTree.set(bdf, this.#lastInTree);
    }
    return wrong;
  }

  output(): LspciOutput {
    if (this.#functions.size === 0 && this.#inTree.size === 0) {
      throw lspciError(
        this.#fileName,
        { line: 1, column: 1 },
        'found no function, expected what "lspci -vvv -nn" prints',
      );
    }
    return {
      functions: joined(this.#functions, this.#inTree, this.#fileName),
      tree: this.#tree.nodes,
    };
  }
}

function strange(line: LspciLine): LineComplaint {
  const column = line.text.search(/\S/) + 1;
  return {
    column,
    found: `found ${quotePart(line.text.trim())}, expected a function like ` +
      '"00:1f.2 SATA controller [0106]: ...", its details, or a tree',
  };
}

/** A function that is listed again, as by `-nn` and by `-vvv`. */
function merged(
  before: LspciFunction | undefined,
  again: LspciFunction,
  fileName: string,
): LspciFunction {
  if (before === undefined) return again;
  if (
    before.id !== undefined && again.id !== undefined && before.id !== again.id
  ) {
    throw lspciError(
      fileName,
      { line: again.line, column: 1 },
      `found ${again.bdf} as ${again.id}, in line ${before.line} as ` +
        `${before.id}, expected one machine`,
    );
  }
  before.nextBar = 0;
  before.inCapabilities = false;
  before.classCode ??= again.classCode as number;
  before.id ??= again.id as string;
  return before;
}

/** Adds what the tree says to what the list says. */
function joined(
  functions: ReadonlyMap<string, LspciFunction>,
  inTree: ReadonlyMap<string, LspciFunction>,
  fileName: string,
): ReadonlyMap<string, LspciFunction> {
  if (inTree.size === 0) return functions;
  if (functions.size === 0) return inTree;
  for (const { line, bdf } of functions.values()) {
    if (inTree.has(bdf)) continue;
    throw lspciError(
      fileName,
      { line, column: 1 },
      `found ${bdf} in the list and not in the tree, expected both of one ` +
        "machine",
    );
  }
  const all = new Map(functions);
  for (const [bdf, drawn] of inTree) {
    const listed = functions.get(bdf);
    if (listed === undefined) {
      throw lspciError(
        fileName,
        { line: drawn.line, column: 1 },
        `found ${bdf} in the tree and not in the list, expected both of one ` +
          "machine",
      );
    }
    all.set(bdf, {
      ...merged(listed, drawn, fileName),
      bars: listed.bars.length > 0 ? listed.bars : drawn.bars,
    });
  }
  return all;
}
