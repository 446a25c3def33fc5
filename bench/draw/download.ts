/**
 * A file inside of a page, for whoever got the page alone: a link that a
 * browser saves, without a script and from a disk as well.
 */
import { markupText } from "./markup.ts";

/** Text up to this many bytes is left plain; longer text is compressed. */
const PLAIN_BYTES = 64 * 1024;

/** @returns Markup; `.gz` is added to the name of what was compressed. */
export async function downloadLink(
  name: string,
  text: string,
  mediaType = "application/json",
): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const isLong = bytes.length > PLAIN_BYTES;
  const packed = isLong ? await gzip(bytes) : bytes;
  const type = isLong ? "application/gzip" : mediaType;
  const file = isLong ? `${name}.gz` : name;
  const size = `${Math.ceil(packed.length / 1024)} KiB` +
    (isLong ? `, ${Math.ceil(bytes.length / 1024)} KiB unpacked` : "");
  return `<p class="download"><a download="${markupText(file)}" ` +
    `href="data:${type};base64,${packed.toBase64()}">` +
    `Save ${markupText(file)}</a> (${size})</p>`;
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
