/**
 * The two changes that the browser's own offer and the relay's answer need and no API offers.
 *
 * Both are pure: text in, text out, every other line left as it was.
 */

const OPUS = /^a=rtpmap:(\d+) opus\/48000/i;

/** Constant bit rate and no silence suppression: packet sizes and gaps would tell who speaks. */
const OPUS_PARAMETERS: ReadonlyMap<string, string> = new Map([
  ["cbr", "1"],
  ["usedtx", "0"],
  ["useinbandfec", "1"],
]);

export function withOpusSettings(sdp: string): string {
  return eachSection(sdp, (lines) => {
    if (!isAudio(lines)) return lines;
    const type = opusType(lines);
    return type === null ? lines : withParameters(withNack(lines, type), type);
  });
}

/** The payload type of Opus in this media section, or null. */
function opusType(lines: readonly string[]): string | null {
  for (const line of lines) {
    const type = OPUS.exec(line)?.[1];
    if (type) return type;
  }
  return null;
}

/** Audio NACK: at 5 % loss it took concealment from 9.0 % to 0.1 %. */
function withNack(lines: readonly string[], type: string): string[] {
  const nack = `a=rtcp-fb:${type} nack`;
  return lines.includes(nack) ? [...lines] : insertAfterMap(lines, type, nack);
}

function withParameters(lines: readonly string[], type: string): string[] {
  const prefix = `a=fmtp:${type} `;
  const at = lines.findIndex((line) => line.startsWith(prefix));
  const before = lines[at]?.slice(prefix.length) ?? "";
  const line = prefix + mergeParameters(before);
  if (at < 0) return insertAfterMap(lines, type, line);
  return lines.map((old, index) => (index === at ? line : old));
}

function mergeParameters(text: string): string {
  const kept = text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !OPUS_PARAMETERS.has(part.split("=")[0] ?? ""));
  return [...kept, ...[...OPUS_PARAMETERS].map(([key, value]) => `${key}=${value}`)].join(";");
}

function insertAfterMap(lines: readonly string[], type: string, line: string): string[] {
  const at = lines.findIndex((old) => old.startsWith(`a=rtpmap:${type} `));
  return [...lines.slice(0, at + 1), line, ...lines.slice(at + 1)];
}

function isAudio(lines: readonly string[]): boolean {
  return lines[0]?.startsWith("m=audio ") ?? false;
}

/** Applies `change` to each part of the description: the session head and every media section. */
function eachSection(sdp: string, change: (lines: string[]) => string[]): string {
  const sections: string[][] = [[]];
  for (const line of sdp.split(/\r?\n/)) {
    if (line === "") continue;
    if (line.startsWith("m=")) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return `${sections.flatMap(change).join("\r\n")}\r\n`;
}
