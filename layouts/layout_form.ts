/** The form of what describes a layout: each key, and nothing beside them. */
import { z } from "zod";
import type { CField, CStruct, CType, ScalarName } from "./c_type.ts";
import type {
  LayoutDescription,
  Roles,
  Source,
  Unsupported,
} from "./layout.ts";
import type { LayoutData } from "./layout_data.ts";
import { callback, someText, wholeNumber } from "./option_check.ts";

const SCALARS: readonly ScalarName[] = [
  ...["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "bool"] as const,
  ...["char", "signed char", "unsigned char", "short"] as const,
  ...["unsigned short", "int", "unsigned int", "long"] as const,
  ...["unsigned long", "long long", "unsigned long long"] as const,
  ...["__int128", "unsigned __int128", "float", "double"] as const,
  ...["size_t", "phys_addr_t", "dma_addr_t"] as const,
];

const alignedBytes = wholeNumber(1, 2 ** 30).refine(
  (bytes) => Number.isInteger(Math.log2(bytes)),
  "a power of two",
).optional();

const scalarSchema = z.enum(SCALARS);

/** A type, by what it consists of; issues are reported at their own place. */
const typeSchema: z.ZodType<CType> = z.custom<CType>().superRefine(
  (type, context) => {
    passOn(typeForm(type).safeParse(type), context);
  },
);

/** Issues of a part, reported as those of the whole at the part's place. */
function passOn(
  parsed: z.ZodSafeParseResult<unknown>,
  context: z.core.$RefinementCtx,
): void {
  for (const issue of parsed.error?.issues ?? []) {
    // Its text is made already: the input has nothing more to say.
    const { input: _input, ...told } = issue;
    context.addIssue(told as Parameters<typeof context.addIssue>[0]);
  }
}

function typeForm(type: unknown): z.ZodType {
  if (typeof type !== "object" || type === null) return scalarSchema;
  if ("fields" in type) return structSchema;
  if ("pointerTo" in type) return pointerSchema;
  if ("returns" in type) return functionPointerSchema;
  if ("typedef" in type) return typedefSchema;
  return "enum" in type ? enumSchema : scalarSchema;
}

const pointerSchema = z.strictObject({ pointerTo: someText() });

const functionPointerSchema = z.strictObject({
  returns: someText(),
  parameters: z.array(someText()),
});

const typedefSchema = z.strictObject({
  typedef: someText(),
  type: typeSchema,
  alignedBytes,
});

const enumSchema = z.strictObject({ enum: someText(), type: scalarSchema });

const elementCount = wholeNumber(0, 2 ** 31 - 1);

const fieldSchema = z.strictObject({
  name: z.string(),
  type: typeSchema,
  bits: wholeNumber(0, 128).optional(),
  count: z.custom<CField["count"]>().superRefine((count, context) => {
    for (const one of Array.isArray(count) ? count : [count]) {
      passOn(elementCount.safeParse(one), context);
    }
  }).optional(),
  alignedBytes,
  packed: z.boolean().optional(),
});

/** What is a struct at all; `checkCNames()` looks at what is in it. */
export const structShape = z.looseObject({
  name: z.string(),
  fields: z.array(z.looseObject({ name: z.string() })),
});

/** A struct or union as data. */
export const structSchema: z.ZodType<CStruct> = z.strictObject({
  name: z.string(),
  kind: z.enum(["struct", "union"]).optional(),
  // GNU C takes a struct without members.
  fields: z.array(fieldSchema),
  packed: z.boolean().optional(),
  alignedBytes,
}) as unknown as z.ZodType<CStruct>;

const unsupportedSchema = z.strictObject({ unsupported: someText() });

/** A struct, or why there is none. */
export const structAnswerSchema: z.ZodType<CStruct | Unsupported> = z.custom<
  CStruct | Unsupported
>().superRefine((answer, context) => {
  const form = typeof answer === "object" && answer !== null &&
      "unsupported" in answer
    ? unsupportedSchema
    : structSchema;
  passOn(form.safeParse(answer), context);
});

/** Who proposed a layout. */
const sourceSchema = z.strictObject(
  {
    author: z.string(),
    date: z.string(),
    subject: z.string(),
    url: someText().optional(),
  } satisfies Record<keyof Source, z.ZodType>,
);

/** What the fields are for. */
const rolesSchema = z.strictObject(
  {
    address: z.strictObject({
      kind: z.enum(["page", "phys", "pfn", "dma"]),
      field: someText(),
      offset: someText().optional(),
    }),
    length: z.strictObject({ field: someText(), high: someText().optional() }),
    flag: z.strictObject({ field: someText(), bit: wholeNumber(0, 63) })
      .optional(),
    constants: z.record(someText(), wholeNumber(0)).optional(),
  } satisfies Record<keyof Roles, z.ZodType>,
);

/** How segments follow each other. */
const arrangementSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("aos") }),
  z.strictObject({ kind: z.literal("soa") }),
  z.strictObject({
    kind: z.literal("chunks"),
    chunkBytes: wholeNumber(1, 2 ** 20),
    linkBytes: wholeNumber(0, 2 ** 20),
  }),
], { error: "one of: aos, soa, chunks" });

const common = {
  name: someText(),
  family: someText().optional(),
  title: z.string(),
  source: sourceSchema,
  roles: rolesSchema,
  arrangement: arrangementSchema.optional(),
  holdsDma: z.boolean().optional(),
};

/** What `defineLayout()` takes. */
export const descriptionSchema = z.strictObject(
  {
    ...common,
    struct: z.custom<unknown>().superRefine((struct, context) => {
      const form = typeof struct === "function" ? callback() : structSchema;
      passOn(form.safeParse(struct), context);
    }),
  } satisfies Record<keyof LayoutDescription, z.ZodType>,
);

/** What `layoutOfData()` takes: structs by the name of their ABI. */
export const layoutDataSchema = z.strictObject(
  {
    ...common,
    structs: z.record(z.string(), structAnswerSchema),
  } satisfies Record<keyof LayoutData, z.ZodType>,
);

const madeFunction = z.custom<unknown>(
  (value) => typeof value === "function",
  {
    error: "a function, as defineLayout() and layoutFromC() make it",
    params: { isKind: true },
  },
);

/** A layout, whatever else it carries. */
export const layoutSchema = z.looseObject({
  ...common,
  arrangement: arrangementSchema,
  struct: madeFunction,
  serves: madeFunction,
});
