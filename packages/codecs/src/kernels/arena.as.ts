// Working memory of a kernel: one growing region above the static data, handed out front to back and taken back all at
// once. A kernel call starts with `arenaReset`, so nothing is ever freed piece by piece and nothing leaks between calls.

let top: usize = __heap_base;

/** Forgets everything allocated before. */
export function arenaReset(): void {
  top = __heap_base;
}

/** `byteLength` bytes at an address that is a multiple of 16, contents unknown. Traps when memory cannot grow. */
export function arenaAllocate(byteLength: usize): usize {
  const address = (top + 15) & ~15;
  const end = address + byteLength;
  if (end < address) unreachable();
  const capacity = <usize>memory.size() << 16;
  if (end > capacity) {
    const pages = <i32>((end - capacity + 0xffff) >> 16);
    if (memory.grow(pages) < 0) unreachable();
  }
  top = end;
  return address;
}

/** Where the next allocation will begin, before alignment. The last allocation grows by allocating directly behind it. */
export function arenaTop(): usize {
  return (top + 15) & ~15;
}

/** Takes back everything from `address` on, which {@link arenaTop} or an allocation gave. */
export function arenaRewind(address: usize): void {
  top = address;
}
