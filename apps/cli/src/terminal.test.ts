import { expect, test } from 'bun:test'
import { paint, shown } from './terminal'

test('only what paint has added is obeyed by a terminal: what others colour or hide is shown as it is', () => {
  const { FORCE_COLOR, NO_COLOR } = process.env
  process.env.FORCE_COLOR = '1'
  delete process.env.NO_COLOR
  const text = shown(`${paint('red', 'ours \u001b[8m')} \u001b[31mtheirs\u001b[39m`)
  if (FORCE_COLOR === undefined) delete process.env.FORCE_COLOR
  else process.env.FORCE_COLOR = FORCE_COLOR
  if (NO_COLOR !== undefined) process.env.NO_COLOR = NO_COLOR
  expect(text).toBe('\u001b[31mours \\u001b[8m\u001b[39m \\u001b[31mtheirs\\u001b[39m')
})
