/**
 * Inflates a zlib stream of a chunk with what the platform has, up to `maxBytes`. `undefined` for data that is damaged
 * or unpacks to more: a profile or a text that cannot be read must not keep the picture from being shown.
 */
export async function inflateWithin(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let byteLength = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      byteLength += value.length;
      if (byteLength > maxBytes) {
        await reader.cancel();
        return undefined;
      }
      parts.push(value);
    }
  } catch {
    return undefined;
  }
  const result = new Uint8Array(byteLength);
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
