const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('windows-1252');

/** Bytes as one character each. For signatures and keywords, which are ASCII by their specifications. */
export function asciiOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/**
 * Text up to the first NUL, trimmed. Formats that say ASCII hold UTF-8 or Latin-1 in practice: UTF-8 is taken where
 * it is valid, else each byte is a character of Windows-1252.
 */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return utf8.decode(used).trim();
  } catch {
    return latin1.decode(used).trim();
  }
}
