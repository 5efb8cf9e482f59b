import { expect, test } from 'bun:test'
import { createLog } from '@koyalite/kernel'
import { type LogFilter, logEntries } from './log-entries'

const log = createLog({
  settings: { level: 'debug', keep: 1, max_bytes: 1_000_000 },
  dir: null,
  terminal: 'none',
})
log.info({ url: 'http://127.0.0.1' }, 'listening')
log.error({ request_id: 'r1', err: new Error('no space'), password: 'hunter2', api_key: 'k-123' }, 'a request failed')
log.warn({ note: 'x'.repeat(20_000) }, 'a long line')
log.lines(
  '{"level":"warn","time":5,"request_id":"w1","msg":"of a worker"}\n{"level":"info","time":6,"msg":"request"}\n',
)

const messages = (filter: LogFilter) =>
  logEntries({ lines: log.recent(), requests: [] }, filter).map(({ message }) => message.slice(0, 20))

test('the latest lines are there, the newest first, those of workers among them and requests not', () => {
  expect(messages({})).toEqual(['{"level":"warn","tim', 'a request failed', 'listening', 'of a worker'])
})

test.each<[LogFilter, readonly string[]]>([
  [{ level: 'error' }, ['a request failed']],
  [{ request_id: 'r1' }, ['a request failed']],
  [{ q: 'NO SPACE' }, ['a request failed']],
  [{ q: 'worker', level: 'warn' }, ['of a worker']],
  [{ q: 'nothing' }, []],
])('%j finds %j', (filter, found) => {
  expect(messages(filter)).toEqual([...found])
})

test('what is secret by its name is masked, and a long line is cut', () => {
  const text = JSON.stringify(log.recent())
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain('k-123')
  expect(text.length).toBeLessThan(15_000)
  const [cut] = logEntries({ lines: log.recent(), requests: [] }, { level: 'warn' })
  expect(cut).toMatchObject({ level: 'warn', at: expect.any(Number) })
})
