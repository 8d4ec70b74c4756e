// Where a scan stands, in MCUs, and how it crosses restart markers (ITU-T T.81 clauses E.2.4 and F.2.2.5).

import { findMarker, resetBits, skipMarker } from './bit-reader.as';
import { component, componentCount } from './frame.as';

/** Next MCU to decode, and how many the scan has. */
export let mcu: i32 = 0;
export let mcuCount: i32 = 0;
/** MCUs between restart markers, 0 for none. */
export let restartInterval: i32 = 0;
/** MCU at which the next restart marker is due. */
export let restartAt: i32 = 0;

export function beginMcus(count: i32, interval: i32): void {
  mcu = 0;
  mcuCount = count;
  restartInterval = interval;
  restartAt = interval == 0 ? count : min(interval, count);
  resetPredictions();
}

/** Continues a scan: `segmentMcus` of the current restart interval are still to come, 0 when there are no markers. */
export function continueMcus(count: i32, interval: i32, segmentMcus: i32): void {
  mcu = 0;
  mcuCount = count;
  restartInterval = interval;
  restartAt = interval == 0 ? count : min(segmentMcus, count);
}

export function advanceTo(newMcu: i32): void {
  mcu = newMcu;
}

export function resetPredictions(): void {
  for (let i = 0; i < componentCount; i++) component(i).prediction = 0;
}

/** Number of the restart marker that is due next: counted over the whole scan, also before a continued part. */
export let restartNumber: i32 = 0;

export function numberRestarts(next: i32): void {
  restartNumber = next & 7;
}

/** A marker this far ahead of the expected one is taken for a stale one. */
const MAX_LOST_INTERVALS: i32 = 4;

/**
 * Goes to the next restart interval: the one that is due, or a later one when markers show that data was lost. False
 * when there is none.
 */
export function restart(): bool {
  while (restartAt < mcuCount) {
    const code = findMarker();
    if (code < 0xd0 || code > 0xd7) return false;
    skipMarker();
    const lost = (code - 0xd0 - restartNumber) & 7;
    if (lost > MAX_LOST_INTERVALS) continue;
    restartNumber = (restartNumber + lost + 1) & 7;
    const first = <i64>restartAt + <i64>lost * restartInterval;
    if (first >= mcuCount) return false;
    mcu = <i32>first;
    restartAt = <i32>min<i64>(first + restartInterval, mcuCount);
    resetBits();
    resetPredictions();
    return true;
  }
  return false;
}
