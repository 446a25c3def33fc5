/** An explanation as text for a terminal: at most two screens. */
import { submittedText } from "../../sim/setup/path_fields.ts";
import { LONGEST_IO_BYTES } from "../../sim/workload/fill_window.ts";
import { formatSize } from "../../sim/text/size_text.ts";
import { mixedProposal } from "../report/mixing.ts";
import { pagePointersText } from "../report/page_pointer_words.ts";
import { wrap } from "../text/wrap.ts";
import { renderCommand } from "./command_text.ts";
import type {
  ExplainedBio,
  ExplainedCommand,
  ExplainedRequest,
  ExplainedSplit,
  ExplainedVector,
  Explanation,
} from "./explanation.ts";
import { plural } from "../../sim/text/plural.ts";
import { paragraph, shortened, spaced } from "./shorten.ts";
import { renderTouched } from "./touched_text.ts";

/** Bios, splits and requests that are shown whole. */
const SHOWN = 2;

/** One step of an I/O. */
export interface ExplainedStep {
  /** What happens, in a sentence. */
  readonly title: string;
  readonly lines: readonly string[];
}

/** @returns The text, its lines 80 wide at most. */
export function renderExplanation(explanation: Explanation): string {
  return [
    ...title(ioTitle(explanation)),
    ...explanationHead(explanation),
    "",
    ...explanationSteps(explanation).flatMap((step) => [
      ...title(step.title),
      ...step.lines,
      "",
    ]),
    ...renderTouched(explanation),
    "",
  ].join("\n");
}

/** Names the I/O of an explanation. */
export function ioTitle({ config, io }: Explanation): string {
  return `I/O ${io.index} of ${config.workload}: ${io.operation} of ` +
    `${io.lengthBytes} bytes at sector ${io.sector}`;
}

/**
 * Returns the steps of an I/O up to its commands.
 *
 * @returns Buffer, submission, splits, mapping, with lines of at most 80.
 */
export function explanationSteps(explanation: Explanation): ExplainedStep[] {
  const { io, bios, splits, requests } = explanation;
  const more = (what: string) => ({ first: SHOWN, last: 0, what });
  return [
    {
      title: `1 Buffer: ${plural(io.pieces.length, "piece")} of physically ` +
        `contiguous memory`,
      lines: shortened(
        io.pieces,
        { first: 2, last: 1, what: "piece" },
        ({ address, lengthBytes, memory }, index) => [
          `  #${index}  ${address}  ${lengthBytes} bytes, ${memory}`,
        ],
      ),
    },
    {
      title: `2 Submit: ${plural(bios.length, "bio")}. A bio lists memory as ` +
        `bio_vecs, here of ${explanation.config.segmentBytes} bytes: ` +
        explanation.config.title + stagedText(explanation.config) +
        mixedText(explanation),
      lines: shortened(bios, more("bio"), renderBio),
    },
    {
      title: splitTitle(explanation),
      lines: splits.length === 0
        ? fits(explanation)
        : shortened(splits, more("split"), renderSplit),
    },
    {
      title:
        `4 Map: ${
          plural(requests.length, "request")
        }. Each gets bus addresses, ` +
        `which the device sees, and an NVMe command`,
      lines: shortened(requests, more("request"), renderRequest),
    },
  ];
}

/** Where page pointers are while a bio is filled. */
function stagedText({ pagePointers }: Explanation["config"]): string {
  return pagePointers === null
    ? ""
    : `; page pointers are staged ${pagePointersText(pagePointers)}`;
}

function title(text: string): string[] {
  return paragraph(text, { at: 0, hang: 2 });
}

/** What is said about a submitter; nothing for a user's pinned memory. */
const SUBMITTER_TEXT: Readonly<Record<string, string>> = {
  registered: ", registered buffer",
  pagecache: ", page cache",
  kernel: ", pages of a kernel user",
};

/**
 * Says on what an I/O was explained.
 *
 * @returns Lines of at most 80.
 */
export function explanationHead(
  { config, io, events }: Explanation,
): string[] {
  const { layout, abi, kernel, recognition, device } = config;
  const extras = (SUBMITTER_TEXT[config.submitter] ?? "") +
    [submittedText(config.api) ?? [], config.setting].flat()
      .map((fact) => `, ${fact}`).join("");
  return [
    ...partOf(io),
    ...wrap(
      `Layout ${layout} on ${abi}, kernel ${kernel}, P2P memory detected by ` +
        `${recognition}, device ${device}${extras}. The I/O is alone on an ` +
        `idle queue${io.status === "ok" ? "" : " and FAILED"}; its events, ` +
        `in blktrace's letters: ${eventText(events)}.`,
      { width: 80 },
    ),
  ];
}

/** The lab replays what is longer than its limit as several I/Os. */
function partOf({ part, lengthBytes, operation }: Explanation["io"]): string[] {
  if (part === null) return [];
  const { wholeBytes, doneBytes } = part;
  return wrap(
    `This is a part of a ${operation} of ${wholeBytes} bytes, bytes ` +
      `${doneBytes} to ${doneBytes + lengthBytes - 1} of it: the lab replays ` +
      `what is longer than ${formatSize(LONGEST_IO_BYTES)} as several I/Os, ` +
      "each with a number of its own (--io).",
    { width: 80 },
  );
}

/** The letters; where there are many, how many of each. */
function eventText(events: string): string {
  if (events === "") return "none";
  if (events.length <= 24) return [...events].join(" ");
  const counts = new Map<string, number>();
  for (const letter of events) {
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return [...counts].map(([letter, count]) => `${count} ${letter}`).join(", ");
}

/** Of memory of several kinds: which proposal's rule this is. */
function mixedText({ io, config }: Explanation): string {
  const isP2p = ({ memory }: { memory: string }) => memory !== "host";
  return io.pieces.some(isP2p) && !io.pieces.every(isP2p)
    ? `; ${mixedProposal(config.recognition)}`
    : "";
}

function renderBio(bio: ExplainedBio, index: number): string[] {
  const { vectors, questions, array, arrayBytes, capacity } = bio;
  const refused = questions.filter(({ same }) => !same);
  const asked = questions.length === 0
    ? ""
    : ` "May this memory follow in the same bio?" was asked ` +
      `${plural(questions.length, "time")}: ` +
      `${questions.length - refused.length} yes, ${refused.length} no.`;
  return [
    ...paragraph(
      `bio ${index}: ${bio.lengthBytes} bytes at sector ${bio.sector}; ` +
        `${plural(vectors.length, "bio_vec")}, room for ${capacity} ` +
        `(${array}, ${arrayBytes} bytes)` +
        `${bio.nomerge ? "; P2P memory, never merged" : ""}`,
      { at: 2, hang: 4 },
    ),
    ...paragraph(`it ends because ${bio.endedBy}.${asked}`, { at: 4, hang: 4 }),
    ...refused.slice(0, 1).map(({ previous, address }) =>
      `    no: ${address} after ${previous}`
    ),
    ...shortened(
      vectors,
      { first: 2, last: 1, what: "bio_vec", indent: "    " },
      renderVector,
    ),
  ];
}

/** The bytes; of the first vector also the fields and what they mean. */
function renderVector(vector: ExplainedVector, position: number): string[] {
  const { index, bytes, fields, address, lengthBytes, flag } = vector;
  const row = `    [${index}] ${bytes.map(spaced).join(" | ")}`;
  if (position > 0) return [row];
  const means = flag === null ? "" : `, P2P flag ${flag}`;
  const values = fields.map(({ name, offsetBytes, value }) =>
    `${name} at ${offsetBytes} = ${value}`
  );
  return [
    row,
    ...paragraph(
      `${values.join(", ")}: ${lengthBytes} bytes at ${address}${means}`,
      { at: 8, hang: 8 },
    ),
  ];
}

function splitTitle({ config }: Explanation): string {
  const { maxSectors, maxSegments, chunkSectors } = config.limits;
  const chunk = chunkSectors === 0
    ? ""
    : `, nothing across a multiple of ${chunkSectors} sectors`;
  return `3 Split: a request may have ${maxSectors} sectors and ` +
    `${plural(maxSegments, "segment")}${chunk}`;
}

function fits({ bios, requests }: Explanation): string[] {
  const sectors = Math.max(...requests.map((one) => one.lengthBytes / 512), 0);
  const segments = Math.max(...requests.map((one) => one.physicalSegments), 0);
  const largest = requests.length === 0
    ? "no request was made"
    : `${bios.length === 1 ? "it has" : "the largest has"} ` +
      `${plural(sectors, "sector")}, ${plural(segments, "segment")}`;
  return [`  nothing is cut: ${largest}`];
}

function renderSplit(split: ExplainedSplit): string[] {
  const inside = split.vectorBytes === 0
    ? `in front of bio_vec ${split.vector}`
    : `${split.vectorBytes} bytes into bio_vec ${split.vector}`;
  return paragraph(
    `cut ${inside}: ${split.sectors} sectors from ${split.sector} go first, ` +
      `the rest from ${split.remainderSector} follows. Why: ` +
      `${split.reasons.join("; ")}`,
    { at: 2, hang: 4 },
  );
}

function renderRequest(request: ExplainedRequest, index: number): string[] {
  const { command, gapBit } = request;
  const gap = gapBit === null
    ? ""
    : gapBit === 0
    ? ", no gaps"
    : `, gaps only at multiples of ${2 ** (gapBit - 1)}`;
  return [
    ...paragraph(
      `request ${index}, tag ${request.tag}: ${request.lengthBytes} bytes ` +
        `at sector ${request.sector}; ` +
        `${plural(request.physicalSegments, "segment")}${gap}; ` +
        `ended: ${request.status}`,
      { at: 2, hang: 4 },
    ),
    ...paragraph(recognised(request), { at: 4, hang: 4 }),
    ...(command === null
      ? ["    no command was issued"]
      : renderCommand(command)),
  ];
}

function recognised(request: ExplainedRequest): string {
  const { recognitions, dmaRanges, command } = request;
  const kinds = [...new Set(recognitions.map(({ memory }) => memory))];
  const [asked] = recognitions;
  const answer = asked === undefined
    ? `"Whose memory is it?" was not asked`
    : `"Whose memory is it?" was asked ` +
      `${plural(recognitions.length, "time")}, first of ${asked.address}: ` +
      kinds.map((kind) =>
        kind === "host" ? "host memory" : `P2P memory of ${kind}`
      ).join(" and ");
  return dmaRanges === null
    ? `${answer}; mapping failed`
    : `${answer}; mapped as ${plural(dmaRanges, "DMA range")}` +
      (command === null
        ? ""
        : `, from bus address ${firstBusAddress(command)}`);
}

function firstBusAddress({ pages, descriptors }: ExplainedCommand): string {
  return pages[0] ?? descriptors[0]?.address ?? "none";
}
