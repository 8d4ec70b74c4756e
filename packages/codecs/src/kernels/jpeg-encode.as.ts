import { arenaAllocate, arenaReset } from './arena.as';

export function allocate(byteLength: usize): usize {
  return arenaAllocate(byteLength);
}
export function reset(): void {
  arenaReset();
}
