/** One line of a file of rows, checked by zod and turned into numbers. */
import { jsonValue } from "../files/parse_json.ts";
import { JsonTextError } from "../../sim/text/json_text.ts";
import { expectedBy } from "../../layouts/option_check.ts";
import { z } from "zod";
import type { OracleCommand, OracleRow } from "./oracle_row.ts";

export const address: z.ZodType<number, string> = z.string().regex(
  /^0x[0-9a-f]{1,13}$/,
  "hex address below 2^52",
)
  .transform(Number);
export const rowCount: z.ZodType<number> = z.number().int().min(0).max(
  Number.MAX_SAFE_INTEGER,
);
export const pair: z.ZodType<[number, number], unknown> = z.tuple([
  address,
  rowCount,
]).rest(z.unknown()).transform(([at, length]) => [at, length]);

const io = z.tuple([
  z.enum(["r", "w", "d", "z", "f"]),
  rowCount,
  rowCount,
  z.number().int(),
  z.array(z.tuple([z.string(), rowCount, rowCount])),
]).rest(z.object({ flags: rowCount.optional(), prio: rowCount.optional() }));

const bio = z.object({
  s: rowCount,
  b: rowCount,
  vcnt: rowCount,
  opf: address,
  bv: z.array(z.tuple([address, rowCount, rowCount])),
});

const command = z.object({
  op: z.string(),
  slba: rowCount,
  nlb: rowCount,
  kind: z.enum(["prp", "sgl"]),
  prp1: address.optional(),
  prp2: address.optional(),
  prps: z.array(address).optional(),
  last_len: rowCount.optional(),
  list_pages: z.array(pair).optional(),
  sgl: z.array(pair).optional(),
  dptr: z.object({ addr: address, len: rowCount, type: address }).optional(),
  psdt: rowCount.optional(),
  ctrl: rowCount.optional(),
  mptr: address.optional(),
  meta: z.array(pair).optional(),
  reftag: rowCount.optional(),
  err: z.array(z.string()).optional(),
});

const row = z.object({
  run: z.string(),
  id: z.string(),
  api: z.enum(["sync", "aio", "aio1", "uring"]),
  io: z.array(io).min(1),
  bios: z.array(bio),
  reqs: z.array(z.tuple([z.string(), rowCount, rowCount, rowCount])),
  cmds: z.array(command).optional(),
  repeatable: z.union([z.literal(0), z.literal(1)]).optional(),
});

/** A piece of text and where it is. */
export interface PlacedText {
  readonly text: string;
  /** File and line, for messages. */
  readonly where: string;
}

/**
 * Refuses input, naming where it is.
 *
 * @throws {SyntaxError} Always.
 */
export function fail(
  where: string,
  problem: { found: string; wanted: string },
): never {
  throw new SyntaxError(
    `Cannot read oracle row: ${problem.found}, expected ${problem.wanted} ` +
      `(${where})`,
  );
}

/**
 * Parses JSON against a schema.
 *
 * @throws {SyntaxError} If it is not JSON or not of the schema.
 */
export function parse<T>(schema: z.ZodType<T>, input: PlacedText): T {
  const { text, where } = input;
  let value: unknown;
  try {
    value = jsonValue(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new SyntaxError(`Cannot read oracle row: ${error.found} (${where})`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  fail(where, {
    found: `bad "${issue?.path.join(".") ?? ""}"`,
    wanted: issue === undefined ? "a row" : expectedBy(issue),
  });
}

/** @throws {SyntaxError} If the line is not a row. */
export function parseRow(input: PlacedText, line: number): OracleRow {
  const found = parse(row, input);
  return {
    line,
    run: found.run,
    id: found.id,
    api: found.api,
    ios: found.io.map(([operation, at, size, returned, iov, more]) => ({
      operation,
      offsetBytes: at,
      sizeBytes: size,
      returned,
      vectors: iov.map(([buffer, offsetBytes, sizeBytes]) => ({
        buffer,
        offsetBytes,
        sizeBytes,
      })),
      flags: more?.flags ?? 0,
      priority: more?.prio ?? 0,
    })),
    bios: found.bios.map(({ s, b, vcnt, opf, bv }) => ({
      sector: s,
      sizeBytes: b,
      segments: vcnt,
      flags: opf,
      first: bv,
    })),
    requests: found.reqs,
    commands: (found.cmds ?? []).map(toCommand),
    repeatable: found.repeatable !== 0,
  };
}

function toCommand(found: z.infer<typeof command>): OracleCommand {
  const { prp1, prp2, last_len, dptr, ctrl, mptr, reftag, psdt } = found;
  return {
    operation: found.op,
    firstBlock: found.slba,
    blocks: found.nlb,
    kind: found.kind,
    pages: found.prps ?? [],
    listPages: found.list_pages ?? [],
    descriptors: found.sgl ?? [],
    metadata: found.meta ?? [],
    failed: found.err !== undefined,
    prp1,
    prp2,
    lastPageBytes: last_len,
    dataPointer: dptr &&
      { addr: dptr.addr, sizeBytes: dptr.len, type: dptr.type },
    control: ctrl,
    metadataPointer: mptr,
    referenceTag: reftag,
    transferType: psdt,
  };
}
