import { expect, test } from 'bun:test'
import type { WrittenMail } from '@koyalite/contracts'
import { plainAddress } from './address'
import { checkMail } from './check-mail'
import { textOfHtml } from './text-of-html'

const MAIL: WrittenMail = {
  template: null,
  ...{ id: '1', function: 'welcome', to: ['ann@example.com'], cc: [], bcc: [], replyTo: null, subject: 'Hello' },
  ...{ html: null, text: 'Hello', headers: {}, chain: null, attachments: [], key: null, delivery: 'at_least_once' },
}

function problemOf(change: Partial<WrittenMail>): string | null {
  try {
    checkMail({ ...MAIL, ...change }, [])
    return null
  } catch (error) {
    return (error as Error).message
  }
}

test('an address is one plain address', () => {
  const long = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.example.com`
  for (const [written, address] of [
    ['ann@example.com', 'ann@example.com'],
    ['Ann.O-Hara+news@Sub.Example.COM', 'Ann.O-Hara+news@sub.example.com'],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
    ['root@localhost', 'root@localhost'],
    [long, long],
  ] as const)
    expect([written, plainAddress(written)]).toEqual([written, address])
  for (const written of [
    ...['', 'ann', '@example.com', 'ann@', 'ann@@example.com', 'a@b@example.com', 'ann@example..com', 'ann@.com'],
    ...[
      '.ann@example.com',
      'ann.@example.com',
      'a..b@example.com',
      '"ann"@example.com',
      '"a@evil.example x"@example.com',
    ],
    ...[
      'ann@example.com,eve@example.com',
      'ann@example.com;eve@example.com',
      'Eve <eve@example.com>',
      '<ann@example.com>',
    ],
    ...['ann(comment)@example.com', 'ann@example.com(comment)', 'ann@[127.0.0.1]', 'ann@127.0.0.1', 'ann@exa mple.com'],
    ...['ann@example.com\r\nBcc: eve@example.com', 'ann\n@example.com', 'ann@example.com\n', ' ann@example.com'],
    ...[
      'ann@example.com\0',
      'ann@exam\u00adple.com',
      'ann@example.com\u2028x',
      'ann@ex%61mple.com',
      'ann@-example.com',
    ],
    ...[
      'änn@example.com',
      `${'a'.repeat(65)}@example.com`,
      `a@${'b'.repeat(64)}.com`,
      `${long}.${'d'.repeat(60)}.${'e'.repeat(60)}`,
    ],
    ...['a'.repeat(1_000_000), `${'a.'.repeat(500_000)}@x`, `a@${'b.'.repeat(500_000)}`],
  ])
    expect([written.slice(0, 80), plainAddress(written)]).toEqual([written.slice(0, 80), null])
})

test('nothing begins a header of its own', () => {
  for (const end of ['\r\n', '\n', '\r', '\0', '\u2028', '\u0085', '\x0b']) {
    const injected = `a${end}Bcc: eve@example.com`
    expect(problemOf({ subject: injected })).toContain('subject must be one line')
    expect(problemOf({ headers: { 'X-Note': injected } })).toContain('on one line')
    expect(problemOf({ headers: { [`X-Note${end}Bcc`]: 'eve@example.com' } })).toContain('names that begin with X-')
    for (const field of ['to', 'cc', 'bcc'] as const)
      expect(problemOf({ [field]: [`ann@example.com${end}Bcc: eve@example.com`] })).toContain(
        `${field} must be one plain`,
      )
    expect(problemOf({ replyTo: `ann@example.com${end}Bcc: eve@example.com` })).toContain('reply_to must be one plain')
  }
})

test('headers are those that say nothing of how a mail travels', () => {
  for (const headers of [
    {
      'List-Unsubscribe': '<https://example.com/u?t=1>, <mailto:u@example.com>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    { 'X-Campaign': 'spring', 'x-a': '' },
  ] as Readonly<Record<string, string>>[])
    expect(problemOf({ headers })).toBeNull()
  for (const name of [
    'Bcc',
    'From',
    'Sender',
    'Return-Path',
    'DKIM-Signature',
    'Content-Type',
    'X',
    'X-',
    'X-a:',
    'X a',
    '',
  ])
    expect([name, problemOf({ headers: { [name]: 'x' } })]).toEqual([name, expect.stringContaining('not ')])
  expect(problemOf({ headers: { 'List-Unsubscribe': 'javascript:alert(1)' } })).toContain('like <https://')
  expect(problemOf({ headers: { 'List-Unsubscribe-Post': 'x' } })).toContain('One-Click')
  expect(problemOf({ headers: { 'X-A': 'ü' } })).toContain('ASCII')
})

test('all that is wrong is said at once, and how much there may be', () => {
  expect(problemOf({ to: ['ann@example.com', 'x'], subject: ' ', text: null })).toMatch(
    /to\.1 .*subject .*text is missing/,
  )
  expect(problemOf({ to: [] })).toContain('must have an address')
  expect(problemOf({ to: Array.from({ length: 51 }, (_, i) => `u${i}@example.com`) })).toContain('51 recipients')
  expect(problemOf({ text: 'x'.repeat(262_144) })).toBeNull()
  expect(problemOf({ text: 'x'.repeat(262_144), html: 'x' })).toContain('256 KB')
  expect(problemOf({ key: '' })).toContain('key')
  expect(checkMail({ ...MAIL, to: ['ann@example.com', 'Ann@example.com'] }, []).to).toHaveLength(1)
})

test('the text of a mail is what its HTML says', async () => {
  const html =
    '<style>p{}</style><h1>Hi &amp; hello</h1><p>Read <a href="https://example.com/a">the news</a>.</p><img src="x" alt="y">'
  expect(await textOfHtml(html)).toBe('Hi & hello\n\nRead the news [https://example.com/a].')
})
