/**
 * What is asked of a layout in the exact half of a cell: to run consecutive
 * windows, and to trace one of them. Two paths are made for the two, and
 * neither needs the other's answer.
 */
import type { Contender } from "../contender/contender.ts";
import type {
  AuditAnswer,
  ContenderRequest,
} from "../contender/contender_protocol.ts";
import type { TraceFigures } from "../../sim/replay/trace_window.ts";

/** Runs a window. */
export type AuditRequest = Extract<ContenderRequest, { kind: "audit" }>;
/** Traces a window. */
export type TraceRequest = Extract<ContenderRequest, { kind: "trace" }>;

/** What is asked. */
export interface Examination {
  /** Windows one after another, one at least. */
  readonly audits: readonly AuditRequest[];
  /** What is traced; nothing if absent. */
  readonly trace?: TraceRequest | undefined;
}

/** What is answered. */
export interface Examined {
  /** An answer for each window. */
  readonly audits: readonly AuditAnswer[];
  /** What the traced window gave. */
  readonly trace?: TraceFigures | undefined;
}

/** Whom the exact half of a cell asks about a layout. */
export type Auditor =
  & Pick<Contender, "setup" | "ask" | "bytesPerSegment">
  & {
    /** Answers all of it in its own way; default: one after the other. */
    readonly examine?: (what: Examination) => Promise<Examined>;
  };

/**
 * Asks an auditor.
 *
 * @throws {Error} As `Contender.ask()`.
 */
export async function examine(
  auditor: Auditor,
  what: Examination,
): Promise<Examined> {
  if (auditor.examine !== undefined) return await auditor.examine(what);
  const audits = await askInOrder(auditor, what.audits);
  if (what.trace === undefined) return { audits };
  return { audits, trace: await auditor.ask(what.trace) };
}

/**
 * Asks for windows that follow each other.
 *
 * @param requests The windows, in their order.
 */
export async function askInOrder(
  auditor: Pick<Contender, "ask">,
  requests: readonly AuditRequest[],
): Promise<AuditAnswer[]> {
  const answers: AuditAnswer[] = [];
  for (const request of requests) answers.push(await auditor.ask(request));
  return answers;
}
