/**
 * The tree that `lspci -t` draws (show_forest() of its ls-tree.c): which bus
 * each function is on, and which buses are below a bridge.
 */
import { formatPciAddress } from "./address.ts";
import { type LspciLine, quotePart } from "./lspci_error.ts";
import type { LineComplaint } from "./lspci_list.ts";

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

/** A place where later lines continue with a bus, or with more root buses. */
interface Fork {
  readonly column: number;
  readonly bus: Bus | undefined;
}

const ROOT = /\[(?:([0-9a-f]{4,8}):)?([0-9a-f]{2})\]-/y;
const DEVICE = /([01][0-9a-f])\.([0-7])/y;
const BRIDGE = /-\[([0-9a-f]{2})(?:-([0-9a-f]{2}))?\]-/y;
const ID = /\[([0-9a-f]{4}:[0-9a-f]{4})\]\s*$/;

export function isTreeLine(text: string): boolean {
  return /^(?:-[[+]|[ |]*[+\\]-)/.test(text);
}

/** A line, and how far it has been read. */
class TreeLine {
  readonly number: number;
  readonly text: string;
  at: number;

  constructor({ number, text }: LspciLine) {
    this.number = number;
    this.text = text;
    this.at = text.search(/[^ |]/);
  }

  /** Passes over what is here, if it is that. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }

  /** The complaint that something else is here. */
  complain(expected: string): LineComplaint {
    const rest = this.text.slice(this.at) || "the end of the line";
    return {
      column: this.at + 1,
      found: `found ${quotePart(rest)}, expected ${expected}`,
    };
  }
}

/** Reads a tree line by line. */
export class LspciTree {
  readonly nodes: TreeNode[] = [];
  #forks: Fork[] = [];

  /**
   * Reads a line.
   *
   * @returns What is wrong with it, or undefined.
   */
  read(given: LspciLine): LineComplaint | undefined {
    const line = new TreeLine(given);
    const branch = this.#branch(line);
    if ("found" in branch) return branch;
    let { bus } = branch;
    if (bus === undefined) {
      const root = line.take(ROOT);
      if (root === null) return line.complain('a root bus like "[0000:00]-"');
      bus = {
        domain: parseInt(root[1] ?? "0", 16),
        number: parseInt(root[2] ?? "", 16),
      };
      if (!this.#enter(line, bus)) return undefined;
    }
    for (;;) {
      const device = line.take(DEVICE);
      if (device === null) return line.complain('a device like "1f.0"');
      const secondary = this.#device(line, device, bus);
      if (secondary === undefined) return undefined;
      // The bridge's own dash, then what is on the bus below it.
      if (line.text[line.at] !== "-") {
        return line.complain('"-" after the bus of a bridge');
      }
      line.at++;
      const { domain }: Bus = bus;
      bus = { domain, number: secondary };
      if (line.text.startsWith("+-[", line.at)) {
        // Buses below it that are not a bridge's own, each with its number.
        this.#fork(line, undefined);
        const own = line.take(ROOT);
        if (own === null) return line.complain('a bus like "[0000:05]-"');
        bus = { domain, number: parseInt(own[2] ?? "", 16) };
      }
      if (!this.#enter(line, bus)) return undefined;
    }
  }

  /** The bus that a line continues with; undefined: its root bus follows. */
  #branch(line: TreeLine): { bus: Bus | undefined } | LineComplaint {
    if (line.text.startsWith("-")) {
      // A new tree: what was open before is closed.
      this.#forks = [];
      line.at = 1;
      if (line.text[1] === "+") this.#fork(line, undefined);
      return { bus: undefined };
    }
    const fork = this.#forkAt(line.at);
    if (fork === undefined) {
      return line.complain('a branch below a "+" of the lines above');
    }
    line.at += 2;
    return fork;
  }

  /** Adds a device; the bus below it, if it is a bridge. */
  #device(
    line: TreeLine,
    [, slot = "", pciFunction = ""]: RegExpExecArray,
    bus: Bus,
  ): number | undefined {
    const bdf = formatPciAddress({
      domain: bus.domain,
      bus: bus.number,
      devfn: parseInt(slot, 16) << 3 | Number(pciFunction),
    });
    const below = line.take(BRIDGE);
    if (below === null) {
      const id = ID.exec(line.text)?.[1];
      this.nodes.push({ line: line.number, bdf, id, buses: undefined });
      return undefined;
    }
    const [, first = "", last = first] = below;
    const buses = {
      secondary: parseInt(first, 16),
      subordinate: parseInt(last, 16),
    };
    this.nodes.push({ line: line.number, bdf, id: undefined, buses });
    return buses.secondary;
  }

  /** Goes to the first device of a bus; false if it has none. */
  #enter(line: TreeLine, bus: Bus): boolean {
    if (line.text.slice(line.at).trim() === "") return false;
    if (line.text.startsWith("+-", line.at)) this.#fork(line, bus);
    else line.at += 2;
    return true;
  }

  /** Passes over the beginning of a branch that later lines continue with. */
  #fork(line: TreeLine, bus: Bus | undefined): void {
    this.#forks.push({ column: line.at, bus });
    line.at += 2;
  }

  /** The branch at a column; those to its right are closed. */
  #forkAt(column: number): Fork | undefined {
    while ((this.#forks.at(-1)?.column ?? -1) > column) this.#forks.pop();
    const fork = this.#forks.at(-1);
    return fork?.column === column ? fork : undefined;
  }
}
