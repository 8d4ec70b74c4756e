/** Byte order of typed arrays on this machine; files have theirs in `littleEndian`. */
export const hostLittleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
