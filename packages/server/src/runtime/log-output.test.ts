import { expect, test, vi } from 'vitest';
import { openLog } from './log-output.node.ts';

test.skipIf(process.platform !== 'linux')('a log on a full disk is told of once, and nothing else fails', () => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const log = openLog({ verbosity: 2, logFormat: 'text', logFile: '/dev/full' });
  log('notice', 'first');
  log('notice', 'second');
  expect(told.mock.calls.map(([text]) => text)).toEqual([expect.stringMatching(/cannot be written.*ENOSPC/)]);
  told.mockRestore();
});

test('a log that cannot be opened is an error', () => {
  expect(() => openLog({ verbosity: 1, logFormat: 'text', logFile: '/no/such/folder/log' })).toThrow(
    /cannot be opened/,
  );
});
