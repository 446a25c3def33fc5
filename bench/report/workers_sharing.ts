/**
 * Columns of what groups of workers share, exact: cache lines, and operations
 * on fields that only locked instructions change.
 */
import type { ResultGroup } from "../result/group_types.ts";
import type { FigureColumn } from "./blocks.ts";
import { layoutColumn } from "./cell_columns.ts";
import { figureColumn } from "./columns.ts";

/** Structures that get a column of their own. */
const SHARED_COLUMNS = 6;

/**
 * Returns one column for each structure whose lines are shared.
 *
 * @returns The columns, those of most lines first.
 */
export function sharingColumns(
  groups: readonly ResultGroup[],
): readonly FigureColumn<ResultGroup>[] {
  const most = new Map<string, number>();
  for (const { sharing } of groups) {
    for (const { structure, writtenByMany, handedOver } of sharing.structures) {
      const lines = writtenByMany * 1000 + handedOver;
      most.set(structure, Math.max(most.get(structure) ?? 0, lines));
    }
  }
  const names = [...most].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return [
    layoutColumn("shared lines"),
    ...names.slice(0, SHARED_COLUMNS).map((
      name,
      i,
    ): FigureColumn<ResultGroup> => {
      const linesOf = ({ sharing }: ResultGroup) =>
        sharing.structures.find(({ structure }) => structure === name);
      const path = `workers.sharing.${name}`;
      return {
        header: name,
        cell: (group) => {
          const found = linesOf(group);
          return found === undefined
            ? "-"
            : `${found.writtenByMany}/${found.falselyShared}/${found.handedOver}`;
        },
        fields: (group) => {
          const found = linesOf(group);
          return [
            [`${path}.writtenByMany`, found?.writtenByMany],
            [`${path}.falselyShared`, found?.falselyShared],
            [`${path}.handedOver`, found?.handedOver],
          ];
        },
        splitRank: SHARED_COLUMNS - i,
      };
    }),
  ];
}

/** Lines of all structures that several workers touched. */
export const HELD: readonly FigureColumn<ResultGroup>[] = [
  layoutColumn("shared lines, all"),
  ...([
    ["written by several", "writtenByMany"],
    ["with a bio_vec", "writtenByManyHolding"],
    ["handed over", "handedOver"],
    ["with a bio_vec", "handedOverHolding"],
  ] as const).map(([header, key]) =>
    figureColumn(header, ({ sharing }: ResultGroup) => sharing[key], {
      key: `workers.sharing.${key}`,
    })
  ),
];

/** Fields of a kind of operation, most of them first, over all groups. */
function atomicNames(
  groups: readonly ResultGroup[],
  kind: string,
): readonly string[] {
  const most = new Map<string, number>();
  for (const { sharing } of groups) {
    for (const cost of sharing.atomics ?? []) {
      if (cost.kind !== kind) continue;
      const name = `${cost.structure}.${cost.field}`;
      most.set(name, Math.max(most.get(name) ?? 0, cost.count));
    }
  }
  return [...most].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name]) => name);
}

/** A column of atomic operations per I/O: of one field, or of a kind. */
function atomicColumn(
  header: string,
  key: string,
  isOf: (name: string, kind: string) => boolean,
  splitRank?: number,
): FigureColumn<ResultGroup> {
  return figureColumn(
    header,
    ({ sharing: { atomics, tracedIos = 0 } }) =>
      atomics === undefined || tracedIos === 0 ? null : atomics.reduce(
        (sum, { structure, field, kind, count }) =>
          sum + (isOf(`${structure}.${field}`, kind) ? count : 0),
        0,
      ) / tracedIos,
    { key: `workers.atomics.${key}`, splitRank },
  );
}

/** Returns atomic operations and locks per I/O, all of them and by field. */
export function atomicColumns(
  groups: readonly ResultGroup[],
): readonly FigureColumn<ResultGroup>[] {
  const named = (kind: string, first: number) =>
    atomicNames(groups, kind).map((name, i) =>
      atomicColumn(name, name, (other) => other === name, first + i)
    );
  return [
    layoutColumn("atomics, counted"),
    atomicColumn("atomics", "atomic", (_, kind) => kind === "atomic"),
    atomicColumn("locks", "lock", (_, kind) => kind === "lock"),
    ...named("atomic", 1),
    ...named("lock", 1),
  ];
}
