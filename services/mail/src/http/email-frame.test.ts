import { expect, test } from 'bun:test'
import { inScheme } from './email-frame'

const STYLED =
  '<html><head><style>@media (prefers-color-scheme:dark) { p { color: #fff } }</style></head><body><p>Hello'

test('a mail is shown in the colours that are asked for, whichever the browser prefers', () => {
  expect(inScheme(STYLED, 'dark')).toBe(
    '<html><head><style>@media (min-width: 0) { p { color: #fff } }</style><style>:root { color-scheme: only dark }</style></head><body><p>Hello',
  )
  expect(inScheme(STYLED, 'light')).toContain('@media (max-width: 0) {')
  expect(inScheme('<p>Hello', 'light')).toBe('<style>:root { color-scheme: only light }</style><p>Hello')
})
