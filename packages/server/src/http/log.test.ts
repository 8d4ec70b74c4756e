import { expect, test } from 'vitest';
import { createLog, type LogLevel } from './log.ts';

function lines(
  verbosity: number,
  format: 'text' | 'json',
  entries: Parameters<ReturnType<typeof createLog>>[],
): string[] {
  const written: string[] = [];
  const log = createLog({ verbosity, format, write: (line) => written.push(line), now: () => new Date(0) });
  for (const entry of entries) log(...entry);
  return written;
}

test.each([
  [0, ''],
  [1, 'error warn notice'],
  [2, 'error warn notice request'],
  [3, 'error warn notice request detail'],
  [9, 'error warn notice request detail'],
])('verbosity %i shows: %s', (verbosity, shown) => {
  const levels: LogLevel[] = ['error', 'warn', 'notice', 'request', 'detail'];
  const written = lines(
    verbosity,
    'json',
    levels.map((level) => [level, 'x']),
  );
  expect(written.map((line) => JSON.parse(line).level).join(' ')).toBe(shown);
});

test('text is one line an entry, whatever clients send', () => {
  const [line] = lines(1, 'text', [['error', 'failed', { target: '/a\nb\u001b[31m', status: 404, kind: 'two words' }]]);
  expect(line).toBe('1970-01-01T00:00:00.000Z error failed target="/a\\nb\\u001b[31m" status=404 kind="two words"\n');
});

test('JSON keeps fields apart', () => {
  const [line = ''] = lines(1, 'json', [['warn', 'm', { a: 1, b: 'x\ny' }]]);
  expect(JSON.parse(line)).toEqual({ time: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'm', a: 1, b: 'x\ny' });
});
