import { appendFileSync, openSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/value-kinds.ts';
import { createLog, type Log } from '../http/log.ts';

/**
 * The log of a configuration: appended to a file, or on standard error.
 *
 * @throws ConfigError when the file cannot be opened.
 */
export function openLog({ verbosity, logFormat, logFile }: Pick<Config, 'verbosity' | 'logFormat' | 'logFile'>): Log {
  return createLog({ verbosity, format: logFormat, write: writerOf(logFile), now: () => new Date() });
}

/** Who reads standard error may leave, as a journal does that restarts. Unheard, that would end the process. */
function readerLeft(): void {}

function writerOf(logFile: string): (line: string) => void {
  process.stderr.off('error', readerLeft).on('error', readerLeft);
  if (logFile === '') return (line) => void process.stderr.write(line);
  if (logFile === 'syslog') {
    throw new ConfigError(
      'LOGFILE: syslog is not supported; leave it empty and let the service manager collect the log',
    );
  }
  return appenderTo(openForAppending(logFile), logFile);
}

function openForAppending(logFile: string): number {
  try {
    return openSync(logFile, 'a');
  } catch (cause) {
    throw new ConfigError(`LOGFILE: ${JSON.stringify(logFile)} cannot be opened`, { cause });
  }
}

/** Lines that cannot be written, on a disk that is full, are lost: serving goes on. Standard error is told once. */
function appenderTo(file: number, logFile: string): (line: string) => void {
  let isLosing = false;
  return (line) => {
    try {
      appendFileSync(file, line);
      isLosing = false;
    } catch (error) {
      if (!isLosing) process.stderr.write(`LOGFILE: ${JSON.stringify(logFile)} cannot be written: ${error}\n`);
      isLosing = true;
    }
  };
}
