/** Random structs as the C that kernels are written in has them, seeded. */
import fc from "fast-check";
import type {
  CField,
  CStruct,
  CType,
  ScalarName,
} from "../../layouts/c_type.ts";

const INTEGERS: readonly ScalarName[] = [
  ...["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "char"] as const,
  ...["signed char", "short", "unsigned short", "int", "unsigned int"] as const,
  ...["long", "unsigned long", "long long", "unsigned long long"] as const,
  ...["size_t"] as const,
];
const SCALARS: readonly ScalarName[] = [
  ...INTEGERS,
  ...["bool", "phys_addr_t", "dma_addr_t", "unsigned char"] as const,
  ...["float", "double"] as const,
];
/** Narrowest width that every ABI has, by type: long has 32 bits on some. */
const WIDTH: ReadonlyMap<ScalarName, number> = new Map([
  ...(["u8", "s8", "char", "signed char"] as const).map((t) => [t, 8] as const),
  ...(["u16", "s16", "short", "unsigned short"] as const).map((t) =>
    [t, 16] as const
  ),
  ...(["u64", "s64", "long long", "unsigned long long"] as const).map((t) =>
    [t, 64] as const
  ),
]);

const power = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((bits) => 1 << bits);
/** A value once in so many times, else none. */
const sometimes = <T>(value: fc.Arbitrary<T>, every = 6) =>
  fc.oneof(
    { weight: every - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value },
  );

const pointer: fc.Arbitrary<CType> = fc.constantFrom(
  { pointerTo: "struct page" },
  { pointerTo: "void" },
  { pointerTo: "struct page *" },
  { returns: "void", parameters: ["struct page *", "int"] },
);
const scalar: fc.Arbitrary<CType> = fc.constantFrom(...SCALARS);
const typedef: fc.Arbitrary<CType> = fc.record({
  typedef: fc.integer({ min: 0, max: 999 }).map((n) => `named${n}_t`),
  type: scalar,
  alignedBytes: sometimes(power(0, 5), 2),
}).map(({ typedef, type, alignedBytes }) => ({
  // The name says all, so that two of one name are the same.
  typedef: `${String(type).replaceAll(" ", "_")}_${
    alignedBytes ?? "as"
  }_${typedef}`,
  type,
  ...(alignedBytes === undefined ? {} : { alignedBytes }),
}));
const enumeration: fc.Arbitrary<CType> = fc.constantFrom(
  { enum: "small", type: "u8" },
  { enum: "state", type: "unsigned int" },
  { enum: "wide", type: "u64" },
);

interface Made extends Omit<CField, "name"> {
  readonly unnamed: boolean;
}

const bitField: fc.Arbitrary<Made> = fc.constantFrom(...INTEGERS).chain((
  type,
) =>
  fc.record({
    type: fc.constant(type),
    bits: fc.integer({ min: 0, max: WIDTH.get(type) ?? 32 }),
    unnamed: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    alignedBytes: sometimes(power(0, 4), 12),
    packed: sometimes(fc.constant(true), 10),
  }).map(({ bits, unnamed, ...rest }) =>
    tidy({ ...rest, bits, unnamed: unnamed || bits === 0 })
  )
);

function tidy(made: object): Made {
  return Object.fromEntries(
    Object.entries(made).filter(([, value]) => value !== undefined),
  ) as unknown as Made;
}

function member(depth: number): fc.Arbitrary<Made> {
  const type: fc.Arbitrary<CType> = fc.oneof(
    { weight: 8, arbitrary: scalar },
    { weight: 2, arbitrary: pointer },
    { weight: 2, arbitrary: typedef },
    { weight: 1, arbitrary: enumeration },
    ...(depth > 0
      ? [{ weight: 3, arbitrary: struct(depth - 1) as fc.Arbitrary<CType> }]
      : []),
  );
  const plain = fc.record({
    type,
    count: sometimes(
      fc.oneof(
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.integer({ min: 1, max: 4 }), {
          minLength: 2,
          maxLength: 3,
        }),
      ),
      4,
    ),
    alignedBytes: sometimes(power(0, 6), 6),
    packed: sometimes(fc.constant(true), 10),
    unnamed: fc.boolean(),
  }).map(({ type, count, unnamed, ...rest }) => {
    // Only an unnamed struct needs no name, and is no array then; attributes
    // behind it are its own.
    if (unnamed && isUnnamed(type)) return tidy({ type, unnamed });
    // An array of a type that is aligned beyond its size is no C.
    return tooAligned(type)
      ? tidy({ ...rest, type, unnamed: false })
      : tidy({ ...rest, type, count, unnamed: false });
  });
  return fc.oneof(
    { weight: 5, arbitrary: plain },
    { weight: 4, arbitrary: bitField },
  );
}

function isUnnamed(type: CType): boolean {
  return typeof type === "object" && "fields" in type && type.name === "";
}

function tooAligned(type: CType): boolean {
  return typeof type === "object" && "typedef" in type &&
    type.alignedBytes !== undefined;
}

function struct(depth: number): fc.Arbitrary<CStruct> {
  return fc.record({
    kind: fc.constantFrom("struct", "struct", "struct", "union"),
    members: fc.array(member(depth), { minLength: 1, maxLength: 7 }),
    packed: sometimes(fc.constant(true), 3),
    alignedBytes: sometimes(power(0, 6), 6),
  }).map(({ kind, members, packed, alignedBytes }) => ({
    name: "",
    kind: kind as "struct" | "union",
    fields: members.map((made) => ({ ...made, name: made.unnamed ? "" : "?" })),
    ...(packed === undefined ? {} : { packed }),
    ...(alignedBytes === undefined ? {} : { alignedBytes }),
  }));
}

/** Gives every member a name of its own, and the struct one. */
function called(
  struct: CStruct,
  name: string,
  next: { name: number },
): CStruct {
  const fields = struct.fields.map((field): CField => {
    const { unnamed: _, ...rest } = field as CField & { unnamed?: boolean };
    const own = rest.name === "" ? "" : `m${next.name++}`;
    const { type } = rest;
    return {
      ...rest,
      name: own,
      type: typeof type === "object" && "fields" in type
        ? called(type, type.name, next)
        : type,
    };
  });
  return { ...struct, name, fields };
}

/**
 * Makes structs.
 *
 * @param count How many.
 * @param seed The seed.
 * @returns Structs `s0`, `s1` and so on, the same for the same seed.
 */
export function randomStructs(count: number, seed: number): CStruct[] {
  return fc.sample(struct(2), { numRuns: count, seed })
    .map((made, index) =>
      called({ ...made, kind: "struct" }, `s${index}`, { name: 0 })
    );
}
