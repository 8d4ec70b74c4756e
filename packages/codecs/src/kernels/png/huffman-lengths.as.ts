// Lengths of Huffman codes with a limit, and the canonical codes of deflate (RFC 1951, 3.2.2).

const MAX_SYMBOLS = 288;
const MAX_LENGTH = 15;

/** frequency << 9 | symbol of each symbol that occurs, ascending. */
const sorted: usize = memory.data(MAX_SYMBOLS * 4, 16);
/** Working array of the tree; ends up holding lengths. */
const tree: usize = memory.data(MAX_SYMBOLS * 4, 16);
/** How many codes have each length. */
const lengthCounts: usize = memory.data((MAX_SYMBOLS + 1) * 4, 16);
const nextCodes: usize = memory.data((MAX_LENGTH + 2) * 4, 16);

/**
 * Writes the length of each symbol's code, one byte a symbol, 0 for symbols that do not occur. `frequencies` are u32, below
 * 2^23. A lone symbol gets a code of one bit.
 */
export function huffmanLengths(frequencies: usize, symbolCount: i32, limit: i32, lengths: usize): void {
  memory.fill(lengths, 0, symbolCount);
  const used = sortSymbols(frequencies, symbolCount);
  if (used == 0) return;
  for (let i = 0; i < used; i++) store<u32>(tree + (i << 2), load<u32>(sorted + (i << 2)) >> 9);
  if (used == 1) store<u32>(tree, 1);
  else minimumRedundancy(used);
  memory.fill(lengthCounts, 0, (MAX_SYMBOLS + 1) * 4);
  for (let i = 0; i < used; i++) {
    const slot = lengthCounts + (min<u32>(load<u32>(tree + (i << 2)), limit) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  limitLengths(limit);
  // The most frequent symbols come last and get the shortest codes.
  let next = used;
  for (let length = 1; length <= limit; length++) {
    for (let count = load<u32>(lengthCounts + (length << 2)); count > 0; count--) {
      store<u8>(lengths + (load<u32>(sorted + (--next << 2)) & 511), <u8>length);
    }
  }
}

/** Writes the code of each symbol, bits reversed as deflate sends them, u16 each. */
export function canonicalCodes(lengths: usize, symbolCount: i32, codes: usize): void {
  memory.fill(nextCodes, 0, (MAX_LENGTH + 2) * 4);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const length = load<u8>(lengths + symbol);
    if (length == 0) continue;
    const slot = nextCodes + ((<u32>length + 1) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  let code: u32 = 0;
  for (let length = 1; length <= MAX_LENGTH; length++) {
    code = (code + load<u32>(nextCodes + (length << 2))) << 1;
    store<u32>(nextCodes + (length << 2), code);
  }
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const slot = nextCodes + (length << 2);
    const value = load<u32>(slot);
    store<u32>(slot, value + 1);
    store<u16>(codes + (symbol << 1), <u16>reversed(value, length));
  }
}

function reversed(code: u32, length: u32): u32 {
  let result: u32 = 0;
  for (; length > 0; length--) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}

/** Heap sort: the order of equal frequencies does not matter. Returns how many symbols occur. */
function sortSymbols(frequencies: usize, symbolCount: i32): i32 {
  let count = 0;
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const frequency = load<u32>(frequencies + (symbol << 2));
    if (frequency > 0) store<u32>(sorted + (count++ << 2), (frequency << 9) | symbol);
  }
  for (let root = (count >> 1) - 1; root >= 0; root--) siftDown(root, count);
  for (let end = count - 1; end > 0; end--) {
    const highest = load<u32>(sorted);
    store<u32>(sorted, load<u32>(sorted + (end << 2)));
    store<u32>(sorted + (end << 2), highest);
    siftDown(0, end);
  }
  return count;
}

function siftDown(root: i32, end: i32): void {
  const value = load<u32>(sorted + (root << 2));
  for (;;) {
    let child = 2 * root + 1;
    if (child >= end) break;
    if (child + 1 < end && load<u32>(sorted + ((child + 1) << 2)) > load<u32>(sorted + (child << 2))) child++;
    if (load<u32>(sorted + (child << 2)) <= value) break;
    store<u32>(sorted + (root << 2), load<u32>(sorted + (child << 2)));
    root = child;
  }
  store<u32>(sorted + (root << 2), value);
}

// @ts-ignore: decorator
@inline
function at(index: i32): u32 {
  return load<u32>(tree + (index << 2));
}

// @ts-ignore: decorator
@inline
function put(index: i32, value: u32): void {
  store<u32>(tree + (index << 2), value);
}

/**
 * Turns ascending frequencies in `tree` into code lengths, in place (A. Moffat and J. Katajainen, "In-place calculation of
 * minimum-redundancy codes", 1995): weights of inner nodes, then their parents, then depths, then those of the leaves.
 */
function minimumRedundancy(count: i32): void {
  put(0, at(0) + at(1));
  let root = 0;
  let leaf = 2;
  for (let next = 1; next < count - 1; next++) {
    if (leaf >= count || at(root) < at(leaf)) {
      put(next, at(root));
      put(root++, next);
    } else put(next, at(leaf++));
    if (leaf >= count || (root < next && at(root) < at(leaf))) {
      put(next, at(next) + at(root));
      put(root++, next);
    } else put(next, at(next) + at(leaf++));
  }
  put(count - 2, 0);
  for (let next = count - 3; next >= 0; next--) put(next, at(at(next)) + 1);
  let available = 1;
  let used = 0;
  let depth = 0;
  root = count - 2;
  let next = count - 1;
  while (available > 0) {
    while (root >= 0 && at(root) == depth) {
      used++;
      root--;
    }
    for (; available > used; available--) put(next--, depth);
    available = 2 * used;
    depth++;
    used = 0;
  }
}

/** Codes cut to the limit take more room than there is: shorter ones are made longer until all fit (Kraft's sum is 1). */
function limitLengths(limit: i32): void {
  let total: u32 = 0;
  for (let length = 1; length <= limit; length++) total += load<u32>(lengthCounts + (length << 2)) << (limit - length);
  for (; total > <u32>1 << limit; total--) {
    const deepest = lengthCounts + (limit << 2);
    store<u32>(deepest, load<u32>(deepest) - 1);
    let length = limit - 1;
    while (load<u32>(lengthCounts + (length << 2)) == 0) length--;
    const slot = lengthCounts + (length << 2);
    store<u32>(slot, load<u32>(slot) - 1);
    store<u32>(slot + 4, load<u32>(slot + 4) + 2);
  }
}
