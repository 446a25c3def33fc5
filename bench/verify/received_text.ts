/**
 * A mail as it was received: with headers or without, in parts, encoded
 * (RFC 2045), quoted, with the line ends of another system.
 */

/** Parts inside of parts, at most. */
const MOST_LEVELS = 4;

/** A line that quotes another one, however often: >, AB>, |. */
const QUOTED = /^[ \t]*(?:(?:[A-Za-z]{0,3}>|\|)[ \t]?)+/;

/** Headers by lower-case name, and what follows them. */
interface Message {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Returns the plain text of a mail.
 *
 * @returns Its text, decoded, without marks of quotation.
 * @throws {TypeError} If it has no plain text.
 */
export function receivedText(received: string, name: string): string {
  const text = plainText(received.replaceAll(/\r\n?/g, "\n"), name, 0);
  return text.split("\n").map((line) => line.replace(QUOTED, "")).join("\n");
}

function plainText(received: string, name: string, level: number): string {
  const { headers, body } = readMessage(received);
  const type = headers.get("content-type") ?? "text/plain";
  const boundary = /boundary="?([^";\n]+)"?/i.exec(type)?.[1];
  if (/^multipart\//i.test(type) && boundary !== undefined) {
    if (level >= MOST_LEVELS) {
      throw new TypeError(
        `Cannot verify "${name}": found more than ${MOST_LEVELS} levels of ` +
          "parts, expected a mail in plain text",
      );
    }
    const parts = body.split(`--${boundary}`).slice(1)
      .filter((part) => !part.startsWith("--"))
      .map((part) => part.replace(/^[ \t]*\n/, ""));
    const plain = parts.find((part) =>
      /^(text\/plain|multipart\/)/i.test(
        readMessage(part).headers.get("content-type") ?? "text/plain",
      )
    );
    if (plain === undefined) throw noText(name, "parts, none of plain text");
    return plainText(plain, name, level + 1);
  }
  if (!/^text\/plain/i.test(type)) {
    throw noText(name, type.split(";")[0] ?? type);
  }
  const encoding = headers.get("content-transfer-encoding") ??
    (headers.size === 0 && isBase64(body) ? "base64" : undefined);
  const text = decoded(body, encoding, name);
  // RFC 3676: a line that ends in a blank continues in the next one.
  return /format="?flowed/i.test(type) && /delsp="?yes/i.test(type)
    ? text.replaceAll(/ \n/g, "")
    : text;
}

/** A body that was saved without the headers that say so. */
function isBase64(body: string): boolean {
  return /^[A-Za-z0-9+/\n]{76}[A-Za-z0-9+/\n]*={0,2}\s*$/.test(body);
}

function noText(name: string, found: string): TypeError {
  return new TypeError(
    `Cannot verify "${name}": found ${found}, expected a mail in plain text`,
  );
}

/** Text without headers is all body. */
function readMessage(text: string): Message {
  const begun = text.replace(/^From .*\n/, "");
  const end = begun.search(/\n\n/);
  const head = (end < 0 ? begun : begun.slice(0, end))
    .replaceAll(/\n[ \t]+/g, " ").split("\n");
  const isHead = head.length > 0 &&
    head.every((line) => /^[A-Za-z][\w-]*:( |$)/.test(line)) &&
    head.some((line) =>
      /^(from|subject|date|content-[\w-]+|mime-version):/i.test(line)
    );
  if (!isHead) return { headers: new Map(), body: text };
  return {
    headers: new Map(head.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    })),
    body: end < 0 ? "" : begun.slice(end + 2),
  };
}

function decoded(
  body: string,
  encoding: string | undefined,
  name: string,
): string {
  if (/^base64$/i.test(encoding ?? "")) {
    try {
      const bytes = Uint8Array.from(
        atob(body.replaceAll(/\s/g, "")),
        (letter) => letter.charCodeAt(0),
      );
      return new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, "\n");
    } catch {
      throw noText(name, "base64 that cannot be decoded");
    }
  }
  // Saved without its headers, a body shows its encoding by its line ends.
  const isQuoted = encoding === undefined
    ? /=\n/.test(body) || /=3D/.test(body)
    : /^quoted-printable$/i.test(encoding);
  return isQuoted ? fromQuotedPrintable(body) : body;
}

/** RFC 2045, section 6.7; what is not a code stays unchanged. */
function fromQuotedPrintable(body: string): string {
  const joined = body.replaceAll(/=[ \t]*\n/g, "");
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [piece, code] of joined.matchAll(/=([0-9A-Fa-f]{2})|[^=]+|=/g)) {
    if (code === undefined) {
      for (const byte of encoder.encode(piece)) bytes.push(byte);
    } else bytes.push(parseInt(code, 16));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
