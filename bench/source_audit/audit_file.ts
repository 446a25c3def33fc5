/** The audit of one file: each occurrence of each identifier, with its kind. */
import type { Node, Parser } from "web-tree-sitter";
import { CFile } from "./c_file.ts";
import { type Finding, type Followed, followValue } from "./follow_value.ts";
import {
  findIdentifiers,
  type FoundIdentifier,
  LineStarts,
} from "./identifiers.ts";
import type { Kind } from "./kinds.ts";
import { parseMacroBody } from "./macro_body.ts";
import { type AuditedName, auditedName } from "./names.ts";
import { findPattern } from "./patterns.ts";

export interface FileUse {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  readonly name: string;
  /** What is done there, or what is done most with the page. */
  readonly kind: Kind;
  /** All kinds of what is done with the page. */
  readonly kinds: readonly Kind[];
  /** Whether it is the page of a bio_vec. */
  readonly ofBvec: boolean;
  /** The function around; null outside of functions and in macros. */
  readonly function: string | null;
  readonly reason: string;
  /** Variables and functions on the way. */
  readonly through: readonly string[];
  /** The line's text. */
  readonly text: string;
}

/** A use before its place is known, and what was found out about it. */
type Judged = Finding & Partial<Followed>;

/**
 * @returns Every occurrence outside of comments and strings, in the order of
 *   the text.
 */
export function auditFile(parser: Parser, text: string): FileUse[] {
  const found = findIdentifiers(
    text,
    (name) => auditedName(name) !== undefined,
  );
  if (found.length === 0) return [];
  // Without a bio_vec's page there is nothing to parse for.
  if (found.every(({ name }) => auditedName(name)?.role === "page")) {
    return otherPages(text, found);
  }
  const file = new CFile(parser, text);
  try {
    const reached = new Set<number>();
    const judgements = new Map<number, Judged>();
    const judge = (wanted: (role: AuditedName) => boolean) => {
      for (const { name, at } of found) {
        const audited = auditedName(name);
        if (audited === undefined || !wanted(audited)) continue;
        judgements.set(at, judgeUse({ parser, file, reached }, audited, at));
      }
    };
    // Whether a page is a bio_vec's is known once all of those are followed.
    judge(({ role }) => role !== "page");
    judge(({ role }) => role === "page");
    return found.map(({ name, at }) => {
      const use = judgements.get(at) ??
        judged("not_understood", "it was not looked at");
      const { line, column } = file.lines.place(at);
      return {
        line,
        column,
        name,
        kind: use.kind,
        kinds: use.kinds ?? [use.kind],
        ofBvec: use.kind !== "other" && use.kind !== "declared",
        function: file.defineAround(at) === undefined
          ? file.functionAround(at)?.name ?? null
          : null,
        reason: use.reason,
        through: use.through,
        text: file.lineText(line),
      };
    });
  } finally {
    file.free();
  }
}

/** The uses in a file that takes the page of no bio_vec. */
function otherPages(
  text: string,
  found: readonly FoundIdentifier[],
): FileUse[] {
  const lines = new LineStarts(text);
  return found.map(({ name, at }) => {
    const { line, column } = lines.place(at);
    const lineText = text.slice(lines.start(line), lines.start(line + 1))
      .trim();
    const use = /^#\s*(?:define|undef|ifn?def)\b/.test(lineText) &&
        !new RegExp(`${name}\\b.*\\b${name}\\b`).test(lineText)
      ? judged("declared", "is named by a directive")
      : judged("other", "no bio_vec's page is in this file");
    return {
      line,
      column,
      name,
      kind: use.kind,
      kinds: [use.kind],
      ofBvec: false,
      function: null,
      reason: use.reason,
      through: [],
      text: lineText,
    };
  });
}

interface Surroundings {
  readonly parser: Parser;
  readonly file: CFile;
  readonly reached: Set<number>;
}

function judgeUse(
  around: Surroundings,
  audited: AuditedName,
  at: number,
): Judged {
  const { file, parser } = around;
  const define = file.defineAround(at);
  if (define !== undefined) {
    if (at < define.body) {
      return judged("declared", findPattern("declaration").reason);
    }
    const body = file.text.slice(define.body, define.end);
    const macro = parseMacroBody(parser, { text: body, at: define.body }, at);
    if (macro === undefined) {
      return judged("not_understood", "the body of a macro");
    }
    try {
      return judgeNode(
        macro.file,
        { audited, at: at - macro.offset },
        {
          reached: (index) => around.reached.add(index + macro.offset),
          isReached: around.reached.has(at),
        },
      );
    } finally {
      macro.file.free();
    }
  }
  return judgeNode(file, { audited, at }, {
    reached: (index) => around.reached.add(index),
    isReached: around.reached.has(at),
  });
}

function judgeNode(
  file: CFile,
  { audited, at }: { audited: AuditedName; at: number },
  by: { reached: (index: number) => void; isReached: boolean },
): Judged {
  const node = file.nodeAt(at, audited.name);
  const parent = node?.parent ?? null;
  if (node === null || parent === null) {
    return judged("not_understood", "nothing that was parsed");
  }
  if (node.type === "preproc_arg") {
    return judged("declared", "is named by a directive");
  }
  if (isDeclared(node, parent) || /^\s*EXPORT_SYMBOL/.test(lineOf(file, at))) {
    return judged("declared", findPattern("declaration").reason);
  }
  if (audited.role === "member") {
    const isMember = node.type === "field_identifier";
    if (isMember && parent.type === "field_expression") {
      return followValue(parent, file, by.reached);
    }
    if (parent.type === "field_designator") {
      return followValue(parent, file, by.reached);
    }
    if (parent.type === "offsetof_expression") {
      return judged("declared", findPattern("layout").reason);
    }
    // `sizeof_field(struct bio_vec, bv_page)`, or who knows what macro.
    if (parent.type === "argument_list") {
      const callee = parent.parent?.childForFieldName("function")?.text ?? "";
      const { kind, reason } = findPattern("argument", callee);
      return kind === "declared" ? judged("declared", reason) : judged(
        "not_understood",
        `a name that ${callee || "nothing"}() is given`,
      );
    }
    return node.type === "identifier" && !parent.isError
      ? judged("other", "another thing of that name")
      : judged(
        "not_understood",
        parent.isError ? "code that is not C to the parser" : parent.type,
      );
  }
  const isCalled = parent.type === "call_expression" &&
    node.type === "identifier";
  if (!isCalled) {
    return parent.isError && audited.role !== "page"
      ? judged("not_understood", "code that is not C to the parser")
      : judged("other", "another thing of that name");
  }
  if (audited.role === "getter") return followValue(parent, file, by.reached);
  if (audited.role === "helper") {
    return judged(audited.kind ?? "mapping", "is done by a helper");
  }
  if (!by.isReached) return judged("other", "another page than a bio_vec's");
  const { kind, reason } = findPattern("argument", audited.name);
  return judged(kind, reason);
}

const DECLARING =
  /^(?:function_declarator|field_declaration|preproc_(?:function_)?def|preproc_ifdef|preproc_defined|preproc_params|pointer_declarator|array_declarator|parameter_declaration|declaration|init_declarator|type_definition)$/;

function isDeclared(node: Node, parent: Node): boolean {
  if (!DECLARING.test(parent.type)) return false;
  // `struct x v = y;` names y without declaring it.
  return parent.childForFieldName("value")?.id !== node.id;
}

function lineOf(file: CFile, at: number): string {
  return file.lineText(file.lines.place(at).line);
}

function judged(kind: Kind, reason: string): Judged {
  return { kind, reason, through: [] };
}
