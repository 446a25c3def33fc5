/**
 * What a cache hierarchy is made of, as data, and the check that it can be
 * built: every refusal names the level, what was found and what was expected.
 */

/** Which line leaves a full set. */
export type ReplacementPolicy = "lru" | "fifo" | "plru" | "random";

/** One cache of a hierarchy. */
export interface CacheLevelConfig {
  /** Name shown in results, such as `L1D`. */
  readonly name: string;
  /** Capacity in bytes: ways x line x a power of two sets. */
  readonly sizeBytes: number;
  /** Lines per set, from 1 (direct-mapped) to all (`"full"`). */
  readonly ways: number | "full";
  /** Bytes per line, a power of two from 4. */
  readonly lineBytes: number;
  /** Which line leaves a full set; default: LRU. */
  readonly policy?: ReplacementPolicy;
  /** Where a write that hits goes; default: back. */
  readonly write?: "back" | "through";
  /** Whether a write that misses fetches its line; default: true. */
  readonly allocate?: boolean;
  /**
   * What holds between this level and those above it. `none` (Dinero): nothing.
   * `inclusive`: what is above is here too, and what leaves here leaves there.
   * `exclusive`: filled only with what leaves the level above.
   */
  readonly inclusion?: "none" | "inclusive" | "exclusive";
  /** Whether a read or fetch that misses also fetches the next line. */
  readonly prefetch?: "none" | "nextLine";
  /** Which references a first level takes; lower levels are unified. */
  readonly holds?: "unified" | "data" | "instruction";
}

/** A whole hierarchy, first level first. */
export interface HierarchyConfig {
  /** One unified or up to two split first levels, then the levels below. */
  readonly levels: readonly CacheLevelConfig[];
  /** Whose counting rules hold; default: `dinero`. */
  readonly mode?: "dinero" | "cachegrind";
  /** Seed of random replacement; default: 1. */
  readonly seed?: number;
  /** Whether misses are classified, at some cost; default: false. */
  readonly missClasses?: boolean;
}

/** A level with all defaults filled in and its sets counted. */
export interface ResolvedLevel extends Required<CacheLevelConfig> {
  readonly ways: number;
  /** Sets of the level, a power of two. */
  readonly sets: number;
}

/** A level that cannot be built, and the field to blame. */
export class CacheLevelError extends RangeError {
  override readonly name = "CacheLevelError";
  /** The field of the level that is wrong. */
  readonly field: keyof CacheLevelConfig;

  constructor(message: string, field: keyof CacheLevelConfig) {
    super(message);
    this.field = field;
  }
}

/** Lines that one level may have: its state must fit in memory. */
const MOST_LINES = 2 ** 26;

/**
 * Fills in the defaults of one level and checks it by itself.
 *
 * @returns The level with every field set.
 * @throws {RangeError} If the level cannot exist.
 */
export function resolveLevel(level: CacheLevelConfig): ResolvedLevel {
  const { name, sizeBytes, lineBytes } = level;
  const refuse = (
    field: keyof CacheLevelConfig,
    found: string,
    expected: string,
  ): never => {
    throw new CacheLevelError(
      `Cannot build cache "${name}": ${found}, expected ${expected}`,
      field,
    );
  };
  if (!isPowerOfTwo(lineBytes) || lineBytes < 4 || lineBytes > 2 ** 20) {
    refuse(
      "lineBytes",
      `line of ${lineBytes} bytes`,
      "a power of two from 4 to 1048576 bytes",
    );
  }
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < lineBytes) {
    refuse(
      "sizeBytes",
      `size of ${sizeBytes} bytes`,
      `a whole number of bytes, at least one line of ${lineBytes}`,
    );
  }
  if (sizeBytes / lineBytes > MOST_LINES) {
    refuse(
      "sizeBytes",
      `${sizeBytes / lineBytes} lines`,
      `at most ${MOST_LINES}`,
    );
  }
  const ways = level.ways === "full" ? sizeBytes / lineBytes : level.ways;
  if (!Number.isSafeInteger(ways) || ways < 1) {
    refuse("ways", `${ways} ways`, "a whole number of ways, at least 1");
  }
  const sets = sizeBytes / lineBytes / ways;
  if (!isPowerOfTwo(sets)) {
    refuse(
      "sizeBytes",
      `${sizeBytes} bytes in ${ways} ways of ${lineBytes}-byte lines make ` +
        `${Number(sets.toFixed(3))} sets`,
      "a power of two",
    );
  }
  const resolved: ResolvedLevel = {
    name,
    sizeBytes,
    ways,
    lineBytes,
    sets,
    policy: level.policy ?? "lru",
    write: level.write ?? "back",
    allocate: level.allocate ?? true,
    inclusion: level.inclusion ?? "none",
    prefetch: level.prefetch ?? "none",
    holds: level.holds ?? "unified",
  };
  if (resolved.policy === "plru" && !isPowerOfTwo(ways)) {
    refuse("policy", `tree-PLRU over ${ways} ways`, "a power of two ways");
  }
  return resolved;
}

/**
 * Fills in the defaults of all levels and checks that they fit together.
 *
 * @returns Every level, in the order given.
 * @throws {RangeError} If the hierarchy cannot exist.
 */
export function resolveLevels(config: HierarchyConfig): ResolvedLevel[] {
  const levels = config.levels.map(resolveLevel);
  if (levels.length === 0) {
    throw new RangeError(
      "Cannot build cache hierarchy: no level, expected at least one",
    );
  }
  const names = new Set<string>();
  for (const { name } of levels) {
    if (names.has(name)) {
      throw new RangeError(
        `Cannot build cache hierarchy: two levels "${name}", expected names ` +
          `that differ`,
      );
    }
    names.add(name);
  }
  const firstLevels = countFirstLevels(levels);
  levels.forEach((level, index) => {
    if (index < firstLevels) checkFirst(level);
    else checkLower(level, levels.slice(0, index), firstLevels);
  });
  if (config.mode === "cachegrind") levels.forEach(checkCachegrind);
  if (config.missClasses) {
    const exclusive = levels.find((level) => level.inclusion === "exclusive");
    if (exclusive) {
      refuseLevel(
        exclusive,
        "miss classes of an exclusive level",
        "miss classes without exclusive levels",
      );
    }
  }
  return levels;
}

/**
 * Counts the caches that the processor reaches directly.
 *
 * @returns 1, or 2 for a data and an instruction cache side by side.
 * @throws {RangeError} If two first levels hold the same.
 */
export function countFirstLevels(levels: readonly ResolvedLevel[]): number {
  const [first, second] = levels;
  if (first === undefined || first.holds === "unified") return 1;
  if (second === undefined || second.holds === "unified") return 1;
  if (first.holds === second.holds) {
    refuseLevel(
      second,
      `a second ${second.holds} first level`,
      "one data and one instruction level",
    );
  }
  return 2;
}

function checkFirst(level: ResolvedLevel): void {
  if (level.inclusion !== "none") {
    refuseLevel(
      level,
      `${level.inclusion} first level`,
      "no inclusion, because nothing is above it",
    );
  }
}

function checkLower(
  level: ResolvedLevel,
  above: readonly ResolvedLevel[],
  firstLevels: number,
): void {
  if (level.holds !== "unified") {
    refuseLevel(level, `${level.holds} level below the first`, "a unified one");
  }
  if (level.inclusion === "inclusive") {
    const longer = above.find((upper) => upper.lineBytes > level.lineBytes);
    if (longer) {
      refuseLevel(
        level,
        `inclusive with ${level.lineBytes}-byte lines below ` +
          `${longer.lineBytes}-byte lines`,
        "lines at least as long as those above",
      );
    }
  }
  if (level.inclusion !== "exclusive") return;
  if (level.write !== "back" || !level.allocate || level.prefetch !== "none") {
    refuseLevel(
      level,
      "exclusive with write-through, no allocation or prefetch",
      "a write-back level that allocates and does not prefetch",
    );
  }
  const start = above.length === firstLevels ? 0 : above.length - 1;
  for (const upper of above.slice(start)) {
    if (upper.lineBytes !== level.lineBytes) {
      refuseLevel(
        level,
        `exclusive with ${level.lineBytes}-byte lines below ` +
          `${upper.lineBytes}-byte lines`,
        "lines as long as those directly above",
      );
    }
    if (
      upper.holds !== "instruction" &&
      (upper.write !== "back" || !upper.allocate)
    ) {
      refuseLevel(
        level,
        `exclusive below "${upper.name}", which passes writes through`,
        "a write-back level that allocates above it",
      );
    }
  }
}

/** cachegrind knows one kind of cache (cachegrind/cg_sim.c). */
function checkCachegrind(level: ResolvedLevel): void {
  const unknown = [
    ...(level.policy === "lru" ? [] : [`replacement policy ${level.policy}`]),
    ...(level.inclusion === "none"
      ? []
      : [`inclusion policy ${level.inclusion}`]),
    ...(level.prefetch === "none" ? [] : ["prefetch policy next-line"]),
    ...(level.write === "back" ? [] : ["write policy through"]),
    ...(level.allocate ? [] : ["write policy no-allocate"]),
  ];
  if (unknown.length === 0) return;
  refuseLevel(
    level,
    `${unknown.join(" and ")}, which cachegrind does not have`,
    "lru, back and nothing else in mode cachegrind",
  );
}

function refuseLevel(
  level: ResolvedLevel,
  found: string,
  expected: string,
): never {
  throw new RangeError(
    `Cannot build cache "${level.name}": ${found}, expected ${expected}`,
  );
}

function isPowerOfTwo(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0 &&
    Number.isInteger(Math.log2(value));
}
