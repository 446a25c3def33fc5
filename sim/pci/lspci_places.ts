/**
 * The functions of lspci at their places in a tree: which bridge is above
 * each, and what each is by that.
 */
import type { HostBridgeDescription, PciKind } from "./topology_description.ts";
import { parsePciAddress } from "./address.ts";
import { lspciError } from "./lspci_error.ts";
import type { LspciFunction } from "./lspci_list.ts";
import type { TreeNode } from "./lspci_tree.ts";

/** A function at its place. */
export interface LspciNode {
  /** What lspci says about it. */
  readonly found: LspciFunction;
  /** Its domain and bus. */
  readonly domain: number;
  readonly bus: number;
  /** The buses below a bridge. */
  readonly buses: TreeNode["buses"];
  /** The bridge above. */
  parent?: LspciNode;
  /** What it is, by its place. */
  kind: PciKind;
}

/** Where complaints and notes go. */
export interface Telling {
  /** The file, for complaints. */
  readonly fileName: string;
  /** What was taken for granted. */
  readonly notes: string[];
}

const CLASS_HOST = 0x0600;
const CLASS_PCI_BRIDGE = 0x0604;
const CLASS_CARDBUS = 0x0607;

/**
 * Links functions to the bridges above them.
 *
 * @param tree Those of the tree, if there is one.
 * @returns The functions that have a place, by address.
 */
export function placeFunctions(
  functions: ReadonlyMap<string, LspciFunction>,
  tree: readonly TreeNode[],
  { fileName, notes }: Telling,
): LspciNode[] {
  const drawn = new Map(tree.map((node) => [node.bdf, node]));
  const nodes = [...functions.values()]
    .map((found) => nodeOf(found, drawn.get(found.bdf), fileName))
    .sort((a, b) =>
      a.domain - b.domain || (a.found.bdf < b.found.bdf ? -1 : 1)
    );
  const unconfigured = nodes.filter((node) =>
    isBridge(node.found) && !isConfigured(node)
  );
  const [first] = unconfigured;
  if (first !== undefined) {
    if (tree.length === 0 && first.buses === undefined) {
      throw lspciError(
        fileName,
        { line: first.found.line, column: 1 },
        `found bridge ${first.found.bdf} without the bus below it, expected ` +
          'the output of "lspci -vvv -nn" or that of "lspci -t" as well',
      );
    }
    notes.push(
      `${namesOf(unconfigured)}: no bus is below, taken for an endpoint`,
    );
  }
  const { kept, beyond } = link(nodes);
  if (beyond.length > 0) {
    notes.push(
      `${namesOf(beyond)}: on a bus behind no bridge (as virtual functions ` +
        "are), left out",
    );
  }
  for (const node of kept) node.kind = kindOf(node, 0);
  return kept;
}

/** A function as the list and the tree describe it. */
function nodeOf(
  found: LspciFunction,
  inTree: TreeNode | undefined,
  fileName: string,
): LspciNode {
  const { domain, bus } = parsePciAddress(found.bdf);
  if (
    found.buses !== undefined && inTree?.buses !== undefined &&
    found.buses.secondary !== inTree.buses.secondary
  ) {
    throw lspciError(
      fileName,
      { line: inTree.line, column: 1 },
      `found ${found.bdf} above bus ${hex2(inTree.buses.secondary)}, in the ` +
        `list above bus ${hex2(found.buses.secondary)}, expected one machine`,
    );
  }
  const buses = found.buses ?? inTree?.buses;
  return { found, domain, bus, buses, kind: "endpoint" };
}

/**
 * Links functions to the bridges above them. Those beyond, such as virtual
 * functions, are on a bus that no bridge is above.
 */
function link(
  nodes: readonly LspciNode[],
): { kept: LspciNode[]; beyond: LspciNode[] } {
  const bridges = new Map<string, LspciNode>();
  const covered = new Set<string>();
  for (const node of nodes) {
    const { domain, buses } = node;
    if (buses === undefined || !isConfigured(node)) continue;
    const key = busKey(domain, buses.secondary);
    if (!bridges.has(key)) bridges.set(key, node);
    for (let bus = buses.secondary + 1; bus <= buses.subordinate; bus++) {
      covered.add(busKey(domain, bus));
    }
  }
  const kept: LspciNode[] = [];
  const beyond: LspciNode[] = [];
  for (const node of nodes) {
    const key = busKey(node.domain, node.bus);
    const above = bridges.get(key);
    if (above !== undefined && above !== node) node.parent = above;
    const isBeyond = above === undefined && covered.has(key);
    (isBeyond ? beyond : kept).push(node);
  }
  return { kept, beyond };
}

export function busKey(domain: number, bus: number): string {
  return `${domain}:${bus}`;
}

function isBridge({ classCode, buses, words }: LspciFunction): boolean {
  return classCode === CLASS_PCI_BRIDGE || classCode === CLASS_CARDBUS ||
    buses !== undefined || /^(?:PCI|CardBus) bridge:/.test(words);
}

/** Returns whether a bus is below a function: 0 is that of none. */
export function isConfigured({ buses }: LspciNode): boolean {
  return buses !== undefined && buses.secondary !== 0;
}

/** What a function is by its place: a bridge below a port is a switch's. */
function kindOf(node: LspciNode, depth: number): PciKind {
  const { found, parent } = node;
  if (!isConfigured(node)) {
    const isHost = found.classCode === CLASS_HOST ||
      /^Host bridge:/.test(found.words);
    return isHost && parent === undefined ? "host" : "endpoint";
  }
  // Bridges that are above each other would be no tree: checked later.
  if (parent === undefined || depth > 256) return "root_port";
  return kindOf(parent, depth + 1) === "switch_upstream"
    ? "switch_downstream"
    : "switch_upstream";
}

/** Returns the root buses: those of functions without a bridge above. */
export function rootBuses(
  nodes: readonly LspciNode[],
): HostBridgeDescription[] {
  const buses = new Map<string, { domain: number; rootBus: number }>();
  for (const { parent, domain, bus } of nodes) {
    if (parent !== undefined) continue;
    buses.set(busKey(domain, bus), { domain, rootBus: bus });
  }
  return [...buses.values()];
}

/**
 * Names some functions.
 *
 * @returns The first of them and how many more.
 */
export function namesOf(nodes: readonly LspciNode[]): string {
  const names = nodes.slice(0, 4).map(({ found }) => found.bdf).join(", ");
  const more = nodes.length - 4;
  return more > 0 ? `${names} and ${more} more` : names;
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, "0");
}
