import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { mail } from "../../../bench/report/mail.ts";
import { readMail } from "../../../bench/verify/read_mail.ts";
import { receivedText } from "../../../bench/verify/received_text.ts";
import { fixedResult } from "../report/fixed_result.ts";

const MAIL = mail.render(
  fixedResult({ config: { command: "run --layout phys_packed --seed 7" } }),
);
const [, CODE = ""] = /exact v1 22 (\w+)/.exec(MAIL) ?? [];

function wrapped(text: string, width: number): string {
  return text.split("\n").map((line) => {
    const lines = [""];
    for (const word of line.split(" ")) {
      const last = lines.at(-1) ?? "";
      if (last.length + word.length >= width) lines.push(word);
      else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
    }
    return lines.join("\n");
  }).join("\n");
}

const quoted = (text: string, mark = "> ") =>
  text.split("\n").map((line) => mark + line).join("\n");

const HEAD = "From lore Mon Sep 17\nFrom: A <a@example.org>\n" +
  "Subject: Re: [RFC]\n  bio_vec\nMIME-Version: 1.0\n";

/** RFC 2045, with soft line breaks after 40 characters. */
function quotedPrintable(text: string): string {
  return text.replaceAll("=", "=3D").replaceAll("~", "=7E").split("\n")
    .map((line) =>
      line.match(/.{1,40}(?![0-9A-F]{0,1}$)|.+/g)?.join("=\n") ?? ""
    )
    .join("\n");
}

const RECEIVED: Record<string, string> = {
  "as it was sent": MAIL,
  "quoted": quoted(MAIL),
  "quoted twice, without a space": quoted(MAIL, ">>"),
  "wrapped at 40 columns": wrapped(MAIL, 40),
  "quoted, then wrapped": wrapped(quoted(MAIL), 50),
  "with CRLF": MAIL.replaceAll("\n", "\r\n"),
  "with CR": MAIL.replaceAll("\n", "\r"),
  "format=flowed": `${HEAD}Content-Type: text/plain; format=flowed\n\n` +
    wrapped(MAIL, 60).replaceAll(/(\S)\n/g, "$1 \n"),
  "quoted-printable": `${HEAD}Content-Transfer-Encoding: quoted-printable\n\n` +
    quotedPrintable(quoted(MAIL)),
  "quoted-printable without its headers": quotedPrintable(MAIL),
  "base64": `${HEAD}Content-Type: text/plain; charset=utf-8\n` +
    `Content-Transfer-Encoding: base64\n\n` +
    (btoa(MAIL).match(/.{1,76}/g)?.join("\n") ?? ""),
  "base64 without its headers": btoa(MAIL).match(/.{1,76}/g)?.join("\n") ?? "",
  "quoted with initials": quoted(MAIL, "AB> "),
  "quoted with bars": quoted(MAIL, "| "),
  "format=flowed; delsp=yes": `${HEAD}Content-Type: text/plain; ` +
    "format=flowed; delsp=yes\n\n" + MAIL.replaceAll(/.{50}(?=.)/g, "$& \n"),
  "in parts": `${HEAD}Content-Type: multipart/alternative; boundary="xx"\n\n` +
    `--xx\nContent-Type: text/html\n\n<p>no</p>\n--xx\n` +
    `Content-Type: text/plain\n\n${MAIL}\n--xx--\n`,
  "with an answer between": MAIL.replace(
    "\n\nFrom:",
    "\n\nI do not believe this: try deno task lab yourself.\n\nFrom:",
  ),
};

for (const [how, text] of Object.entries(RECEIVED)) {
  Deno.test(`readMail() reads a mail ${how}`, () => {
    const claims = readMail(receivedText(text, "m"), "m");

    assertEquals(
      claims.map(({ words, figures, code }) => ({ words, figures, code })),
      [{
        words: ["run", "--layout", "phys_packed", "--seed", "7"],
        figures: 22,
        code: CODE,
      }],
    );
  });
}

Deno.test("readMail() reads each mail of a thread", () => {
  const claims = readMail(receivedText(`${MAIL}\n${quoted(MAIL)}`, "m"), "m");

  assertEquals(claims.map(({ code }) => code), [CODE, CODE]);
});

Deno.test("readMail() refuses what is none of the lab's, or mangled, by name", () => {
  const cases: [string, RegExp][] = [
    ["", /"m": found no command/],
    ["Hello, deno task lab is fine.", /found no command with a code/],
    [MAIL.replace(/\s+# exact.*/, ""), /found no command with a code/],
    [MAIL.replace("exact v1 22", "exact v1 many"), /found "# exact v1 many/],
    [MAIL.replace("exact v1", "exact v7"), /of version 7, expected at most 1/],
    [MAIL.replace("exact v1", "exact v0"), /of version 0, expected 1 to 1/],
    [MAIL.replace(CODE, CODE.slice(2)), /has 14 digits, expected 16/],
    [
      MAIL.replace("--seed 7", "--seed 7 --output x.ts"),
      /found the command "lab run .* --output x.ts"/,
    ],
    [MAIL.replace("lab run", "lab compare"), /found the command "lab compare/],
  ];
  for (const [text, pattern] of cases) {
    const error = assertThrows(() => readMail(receivedText(text, "m"), "m"));
    assertMatch(error instanceof Error ? error.message : "", pattern);
  }
});

Deno.test("receivedText() refuses a mail without plain text by name", () => {
  const html = `${HEAD}Content-Type: text/html\n\n<p>${MAIL}</p>`;
  const base64 = `${HEAD}Content-Transfer-Encoding: base64\n\n!!`;

  assertThrows(() => receivedText(html, "m"), TypeError, "found text/html");
  assertThrows(() => receivedText(base64, "m"), TypeError, "found base64");
});
