/** Prints a value as JSON; bytes become their length, so that profiles and the like do not flood the terminal. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, replaceBinary, 2));
}

function replaceBinary(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  return value;
}
