/**
 * Reads what lspci prints: lists of functions, trees, or both behind one
 * another, in any order.
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

/** What lspci printed. */
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
 * @param fileName Its name, for complaints.
 * @returns The functions and the tree.
 * @throws {SyntaxError} If it is not such output; the message tells file, line
 *   and column.
 */
export function readLspci(text: string, fileName: string): LspciOutput {
  const functions = new Map<string, LspciFunction>();
  const tree = new LspciTree();
  /** What the tree tells of a function, which is less than the list does. */
  const inTree = new Map<string, LspciFunction>();
  let current: LspciFunction | undefined;
  let lastInTree: LspciFunction | undefined;
  const lines = text.replace(/^\ufeff/, "").split("\n");
  for (const [index, raw] of lines.entries()) {
    const line = { number: index + 1, text: raw.replace(/\r$/, "") };
    let wrong: LineComplaint | undefined;
    const header = readHeader(line);
    const region = lastInTree && TREE_REGION.exec(line.text);
    if (line.text.trim() === "" || PASSED_OVER.test(line.text)) continue;
    if (header !== undefined) {
      lastInTree = undefined;
      current = merged(functions.get(header.bdf), header, fileName);
      functions.set(header.bdf, current);
    } else if (lastInTree && region) {
      const column = region[0].length;
      wrong = addRegion(
        line.text.slice(column).trimEnd(),
        lastInTree,
        (found) => ({
          column: column + 1,
          found,
        }),
      );
    } else if (isTreeLine(line.text)) {
      const before = tree.nodes.length;
      wrong = tree.read(line);
      for (const node of tree.nodes.slice(before)) {
        const { line: at, bdf, id } = node;
        lastInTree = namedFunction({ line: at, bdf, words: "", id });
        if (inTree.has(node.bdf)) {
          wrong ??= {
            column: 1,
            found: `function ${node.bdf} is drawn twice, expected one tree`,
          };
        }
        inTree.set(node.bdf, lastInTree);
      }
      current = undefined;
    } else if (/^\s/.test(line.text) && current !== undefined) {
      wrong = readDetail(line, current);
    } else wrong = strange(line);
    if (functions.size + inTree.size > 2 * MOST_FUNCTIONS) {
      wrong = {
        column: 1,
        found: `found more functions, expected at most ${MOST_FUNCTIONS}`,
      };
    }
    if (wrong !== undefined) {
      const at = { line: line.number, column: wrong.column };
      throw lspciError(fileName, at, wrong.found);
    }
  }
  if (functions.size === 0 && inTree.size === 0) {
    throw lspciError(
      fileName,
      { line: 1, column: 1 },
      'found no function, expected what "lspci -vvv -nn" prints',
    );
  }
  return { functions: joined(functions, inTree, fileName), tree: tree.nodes };
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

/** Puts what the tree tells to what the list tells. */
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
