/** What the guest handed out, page by page: a few named files in one. */

const PAGE_BYTES = 4096;
const HEAD = /^LABFILE ([\w.]{1,64}) (\d{1,10})\n/;

/**
 * Takes the guest's files apart.
 *
 * @returns The files by name; what was cut short is left out.
 */
export function guestFiles(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + PAGE_BYTES <= bytes.length;) {
    const head = HEAD.exec(
      new TextDecoder().decode(bytes.subarray(at, at + 96)),
    );
    at += PAGE_BYTES;
    if (head === null) continue;
    const [, name = "", size = "0"] = head;
    const sizeBytes = Number(size);
    if (at + sizeBytes > bytes.length) break;
    files.set(name, bytes.subarray(at, at + sizeBytes));
    at += Math.ceil(sizeBytes / PAGE_BYTES) * PAGE_BYTES;
  }
  return files;
}

/** What the guest said of itself and its workloads. */
export interface GuestFacts {
  /** Kernel release, as of uname. */
  readonly release: string;
  /** Kernel version line, as of uname. */
  readonly version: string;
  /** Disks by what they are for: "measure", "p2p". */
  readonly disks: ReadonlyMap<string, string>;
  /** Lines of /sys/block/DISK/queue. */
  readonly queue: readonly string[];
  /** Page frames of each workload's buffers. */
  readonly frames: ReadonlyMap<string, ReadonlySet<number>>;
  /** Why a workload was not done. */
  readonly skipped: ReadonlyMap<string, string>;
  /** Workloads whose data was written, read back and compared. */
  readonly verified: ReadonlySet<string>;
  /** Lines of the kernel's log in which it finds itself at fault, once each. */
  readonly faults: ReadonlySet<string>;
}

/** Reads the guest's file "facts". */
export function guestFacts(text: string): GuestFacts {
  const single = new Map<string, string>();
  const disks = new Map<string, string>();
  const queue: string[] = [];
  const frames = new Map<string, Set<number>>();
  const skipped = new Map<string, string>();
  const verified = new Set<string>();
  const faults = new Set<string>();
  for (const line of text.split("\n")) {
    const [kind = "", name = "", ...rest] = line.split(" ");
    const words = rest.join(" ");
    if (kind === "disk") disks.set(name, words);
    else if (kind === "queue") queue.push(`${name} ${words}`);
    else if (kind === "skipped") skipped.set(name, words);
    else if (kind === "verified") verified.add(name);
    else if (kind === "fault") faults.add(`${name} ${words}`.trim());
    else if (kind === "pages") {
      const [first = 0, count = 0] = rest.map(Number);
      const own = frames.get(name) ?? new Set();
      frames.set(name, own);
      for (let page = 0; page < count; page++) own.add(first + page);
    } else single.set(kind, [name, words].join(" ").trim());
  }
  return {
    release: single.get("release") ?? "",
    version: single.get("version") ?? "",
    disks,
    queue,
    frames,
    skipped,
    verified,
    faults,
  };
}
