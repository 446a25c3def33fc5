/**
 * Hierarchies that are used again: the lines of a large last level are some
 * MiB, which take longer to make than a short trace takes to run through them.
 */
import { type HierarchyConfig, resolveLevels } from "./config.ts";
import { DineroHierarchy } from "./dinero.ts";

/** Hierarchies that are kept of each configuration. */
const MOST_KEPT = 2;
/** Configurations that any are kept of. */
const MOST_CONFIGS = 16;

/** Lends hierarchies with empty caches. */
export class HierarchyPool {
  readonly #kept = new Map<string, DineroHierarchy[]>();
  readonly #lent = new WeakMap<DineroHierarchy, string>();

  /**
   * Returns a hierarchy that counts as Dinero IV does, with empty caches and
   * all counts at zero.
   *
   * @throws {RangeError} If it cannot exist.
   */
  take(config: Omit<HierarchyConfig, "mode">): DineroHierarchy {
    const key = JSON.stringify(config);
    const hierarchy = this.#kept.get(key)?.pop() ??
      new DineroHierarchy(resolveLevels(config), config);
    this.#lent.set(hierarchy, key);
    return hierarchy;
  }

  /**
   * Takes a hierarchy back, which nobody may use any more. It is kept if it can
   * be emptied, and few of its kind are kept.
   *
   * @param hierarchy One that `take()` gave.
   */
  giveBack(hierarchy: DineroHierarchy): void {
    const key = this.#lent.get(hierarchy);
    if (key === undefined || !this.#lent.delete(hierarchy)) return;
    const kept = this.#kept.get(key) ?? [];
    if (kept.length === MOST_KEPT || !hierarchy.reset()) return;
    this.#kept.delete(key);
    this.#kept.set(key, [...kept, hierarchy]);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_CONFIGS) break;
      this.#kept.delete(oldest);
    }
  }
}
