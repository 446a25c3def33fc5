/**
 * The turns of contenders that share a build in C: slices that the worker
 * measures one after the other, without coming back in between.
 */
import {
  type CacheState,
  type SliceIos,
  sliceOf,
} from "../contender/cache_state.ts";
import type { BuildSlice, SliceTime } from "../contender/contender_protocol.ts";
import type { TurnsByState } from "./timed_cell.ts";

export interface SlicesOfTurns {
  /** Whose turns, in this order. */
  readonly contenders: readonly string[];
  /** In which states of the cache each of them has a turn. */
  readonly states: readonly CacheState[];
  readonly build: number;
  readonly round: number;
  /** All contenders of the build, in the order of its paths. */
  readonly names: readonly string[];
  readonly sliceIos: SliceIos;
  /** I/Os more than are counted, as a share, by contender. */
  readonly planted?: ReadonlyMap<string, number> | undefined;
}

/**
 * Takes turns.
 *
 * @param measure Has slices measured; its times are in their order.
 */
export async function takeSlices(
  measure: (slices: readonly BuildSlice[]) => Promise<readonly SliceTime[]>,
  turn: SlicesOfTurns,
): Promise<TurnsByState> {
  const { contenders, states, build, round, names, sliceIos } = turn;
  const turns = contenders.flatMap((contender) =>
    states.map((state) => {
      const slice = sliceOf(state, sliceIos, build);
      const more = turn.planted?.get(contender) ?? 0;
      const ios = Math.round(slice.ios * (1 + more));
      const path = names.indexOf(contender);
      return { contender, state, more, slice: { ...slice, ios, path } };
    })
  );
  const times = await measure(turns.map(({ slice }) => slice));
  const taken: TurnsByState = { cold: [], warm: [] };
  for (const [index, { contender, state, more }] of turns.entries()) {
    const { parts, probesNs } = times[index] ?? { parts: [] };
    taken[state].push({ contender, round, parts, probesNs, more });
  }
  return taken;
}
