import { writeSync } from 'node:fs'
import pino from 'pino'
import { BufferedLines, type LineTarget } from './buffered-lines'
import type { Log } from './log'
import { prettyLine } from './pretty-line'
import { RecentLines } from './recent-lines'
import { redact } from './redact'
import { isRequestLine, requestLine } from './request-line'
import { RotatingFile } from './rotating-file'

export interface LogOptions {
  /** The settings' `logs`. */
  readonly settings: {
    readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
    /** Milliseconds. */
    readonly keep: number
    readonly max_bytes: number
  }
  /** Folder of the log files; null for none. */
  readonly dir: string | null
  readonly terminal: 'pretty' | 'json' | 'none'
  /** Takes the lines, many at once, instead of a file. */
  readonly sink?: (text: string) => void
  /** Colours on the terminal; by default where it is one. */
  readonly color?: boolean
}

/** Milliseconds that a line waits for others. */
const FILE_DELAY = 200
/** Where somebody looks on. */
const TERMINAL_DELAY = 20
const STDOUT = 1

/**
 * Opens the log: NDJSON files that rotate, and lines on standard output if asked for. Lines are written off the path of
 * requests; what is still waiting when the process ends is written then. No worker threads: an executable has no files to start them from.
 */
export function createLog(options: LogOptions): Log {
  const { settings, terminal } = options
  const file =
    options.dir === null
      ? null
      : new RotatingFile({ dir: options.dir, keep: settings.keep, maxBytes: settings.max_bytes })
  const target = file ?? (options.sink === undefined ? null : sinkTarget(options.sink))
  const toFile = target === null ? null : new BufferedLines({ target, delay: FILE_DELAY })
  const delay = terminal === 'pretty' ? TERMINAL_DELAY : FILE_DELAY
  const toTerminal = terminal === 'none' ? null : new BufferedLines({ target: STANDARD_OUTPUT, delay })
  const color = options.color ?? process.stdout.isTTY === true
  const write = (line: string) => {
    toFile?.write(line)
    toTerminal?.write(terminal === 'pretty' ? prettyLine(line, color) : line)
  }
  const recent = new RecentLines()
  const logger = pino(
    {
      level: settings.level,
      base: null,
      // Errors are made plain by `redact`, which sees into their causes.
      serializers: { err: (err: unknown) => err },
      formatters: { level: (label) => ({ level: label }), log: redact },
    },
    {
      write(line: string) {
        recent.add(line)
        write(line)
      },
    },
  )
  const atExit = () => {
    toFile?.flushSync()
    toTerminal?.flushSync()
  }
  process.on('exit', atExit)
  // Whoever read it is gone: its lines are lost and counted, and the server goes on.
  if (toTerminal !== null) process.stdout.on('error', ignored)
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    request(entry) {
      if (logger.isLevelEnabled(entry.status >= 500 ? 'error' : 'info')) write(requestLine(entry, Date.now()))
    },
    lines(text) {
      for (const line of text.split(/(?<=\n)/)) {
        if (line === '') continue
        if (!isRequestLine(line)) recent.add(line)
        write(line)
      }
    },
    recent: () => recent.list(),
    dropped: () => (toFile?.dropped ?? 0) + (toTerminal?.dropped ?? 0),
    async flush() {
      await Promise.all([toFile?.flush(), toTerminal?.flush()])
    },
    async close() {
      await Promise.all([toFile?.flush(), toTerminal?.flush()])
      process.off('exit', atExit)
      process.stdout.off('error', ignored)
      file?.close()
    },
  }
}

function ignored(): void {}

function sinkTarget(sink: (text: string) => void): LineTarget {
  return { write: async (text) => sink(text), writeSync: sink }
}

const STANDARD_OUTPUT = {
  write: (text: string) =>
    new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
    }),
  writeSync: (text: string) => {
    writeSync(STDOUT, text)
  },
}
