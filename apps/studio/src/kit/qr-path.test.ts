import { expect, test } from 'bun:test'
import { qrPath } from './qr-path'

test('dark modules beside each other are one rectangle, also at the edges', () => {
  const [dark, light] = [true, false]
  expect(qrPath([])).toBe('')
  expect(qrPath([[light, light]])).toBe('')
  expect(
    qrPath([
      [dark, dark, light, dark],
      [light, dark, dark, dark],
    ]),
  ).toBe('M0,0h2v1h-2zM3,0h1v1h-1zM1,1h3v1h-3z')
})
