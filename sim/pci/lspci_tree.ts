/**
 * The tree that `lspci -t` draws (show_forest() of its ls-tree.c): which bus
 * each function is on, and which buses are below a bridge.
 */
import { formatPciAddress } from "./address.ts";
import { type LspciLine, quotePart } from "./lspci_error.ts";
import type { LineComplaint } from "./lspci_list.ts";

/** A function of the tree. */
export interface TreeNode {
  /** Line, from 1. */
  readonly line: number;
  /** Its address, with the domain. */
  readonly bdf: string;
  /** Vendor and device; of endpoints, with `-v` and `-nn`. */
  readonly id: string | undefined;
  /** The buses below a bridge. */
  readonly buses:
    | { readonly secondary: number; readonly subordinate: number }
    | undefined;
}

interface Bus {
  readonly domain: number;
  readonly number: number;
}

/** A place where later lines go on with a bus, or with more root buses. */
interface Fork {
  readonly column: number;
  readonly bus: Bus | undefined;
}

const ROOT = /\[(?:([0-9a-f]{4,8}):)?([0-9a-f]{2})\]-/y;
const DEVICE = /([01][0-9a-f])\.([0-7])/y;
const BRIDGE = /-\[([0-9a-f]{2})(?:-([0-9a-f]{2}))?\]-/y;
const ID = /\[([0-9a-f]{4}:[0-9a-f]{4})\]\s*$/;

/**
 * Returns whether a line is one of a tree.
 *
 * @returns Whether it begins as such lines do.
 */
export function isTreeLine(text: string): boolean {
  return /^(?:-[[+]|[ |]*[+\\]-)/.test(text);
}

/** Reads a tree line by line. */
export class LspciTree {
  /** The functions so far. */
  readonly nodes: TreeNode[] = [];
  #forks: Fork[] = [];

  /**
   * Reads a line.
   *
   * @returns What is wrong with it, or undefined.
   */
  read(line: LspciLine): LineComplaint | undefined {
    const { text } = line;
    let at = text.search(/[^ |]/);
    const complain = (expected: string): LineComplaint => ({
      column: at + 1,
      found: `found ${quotePart(text.slice(at) || "the end of the line")}, ` +
        `expected ${expected}`,
    });
    const take = (pattern: RegExp) => {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match !== null) at = pattern.lastIndex;
      return match;
    };
    let bus: Bus | undefined;
    if (text.startsWith("-")) {
      // A new tree: what was open before is closed.
      this.#forks = [];
      at = 1;
      if (text[at] === "+") {
        this.#forks.push({ column: at, bus: undefined });
        at += 2;
      }
    } else {
      const fork = this.#forkAt(at);
      if (fork === undefined) {
        return complain('a branch below a "+" of the lines above');
      }
      bus = fork.bus;
      at += 2;
    }
    if (bus === undefined) {
      const root = take(ROOT);
      if (root === null) return complain('a root bus like "[0000:00]-"');
      bus = {
        domain: parseInt(root[1] ?? "0", 16),
        number: parseInt(root[2] ?? "", 16),
      };
      const inside = this.#enter(text, at, bus);
      if (inside === undefined) return undefined;
      at = inside;
    }
    for (;;) {
      const device = take(DEVICE);
      if (device === null) return complain('a device like "1f.0"');
      const [, slot = "", pciFunction = ""] = device;
      const bdf = formatPciAddress({
        domain: bus.domain,
        bus: bus.number,
        devfn: parseInt(slot, 16) << 3 | Number(pciFunction),
      });
      const below = take(BRIDGE);
      const secondary = parseInt(below?.[1] ?? "", 16);
      this.nodes.push({
        line: line.number,
        bdf,
        id: below === null ? ID.exec(text)?.[1] : undefined,
        buses: below === null ? undefined : {
          secondary,
          subordinate: parseInt(below[2] ?? below[1] ?? "", 16),
        },
      });
      if (below === null) return undefined;
      // The bridge's own dash, then what is on the bus below it.
      if (text[at] !== "-") return complain('"-" behind the bus of a bridge');
      at++;
      const domain: number = bus.domain;
      bus = { domain, number: secondary };
      if (text.startsWith("+-[", at)) {
        // Buses below it that are no bridge's own, each with its number.
        this.#forks.push({ column: at, bus: undefined });
        at += 2;
        const own = take(ROOT);
        if (own === null) return complain('a bus like "[0000:05]-"');
        bus = { domain, number: parseInt(own[2] ?? "", 16) };
      }
      const inside = this.#enter(text, at, bus);
      if (inside === undefined) return undefined;
      at = inside;
    }
  }

  /** Where the first device of a bus begins; undefined if it has none. */
  #enter(text: string, at: number, bus: Bus): number | undefined {
    if (text.slice(at).trim() === "") return undefined;
    if (text.startsWith("+-", at)) this.#forks.push({ column: at, bus });
    return at + 2;
  }

  /** The branch at a column; those to its right are closed. */
  #forkAt(column: number): Fork | undefined {
    while ((this.#forks.at(-1)?.column ?? -1) > column) this.#forks.pop();
    const fork = this.#forks.at(-1);
    return fork?.column === column ? fork : undefined;
  }
}
