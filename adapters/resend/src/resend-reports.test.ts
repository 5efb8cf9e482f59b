import { describe, expect, test } from 'bun:test'
import { createResendReports } from './resend-reports'
import { SECRET, signed } from './testing/signed-event'

const MAIL = '0197a3d4-5b6c-7d8e-9f00-112233445566'
const reports = createResendReports(SECRET)
const read = ({ body, headers }: { body: Uint8Array; headers: Headers }) => reports.read(body, headers)
const event = (type: string, data: object = {}) => ({
  ...{ type, created_at: '2026-01-01T00:00:00.000Z' },
  data: { email_id: '1', to: ['ann@example.com'], tags: { koyalite_mail: MAIL }, ...data },
})

describe('a report', () => {
  test('says which mail it is about, what became of it, and for whom', () => {
    const bounce = { type: 'Permanent', subType: 'General', message: 'no such user' }
    expect(read(signed(event('email.bounced', { bounce }), { id: 'msg_1' }))).toEqual({
      ...{ id: 'msg_1', mail: MAIL, state: 'bounced', isHard: true, recipients: ['ann@example.com'] },
      ...{ message: 'no such user', at: Date.parse('2026-01-01T00:00:00Z') },
    })
    for (const type of ['Transient', 'Undetermined', undefined])
      expect(read(signed(event('email.bounced', { bounce: { type } })))).toMatchObject({ isHard: false })
    for (const [type, state] of [
      ['email.sent', 'sent'],
      ['email.delivered', 'delivered'],
      ['email.delivery_delayed', 'delayed'],
      ['email.complained', 'complained'],
      ['email.failed', 'failed'],
      ['email.suppressed', 'failed'],
    ] as const)
      expect(read(signed(event(type)))).toMatchObject({ state, isHard: false })
    expect(read(signed(event('email.failed', { failed: { reason: 'reached_daily_quota' } })))).toMatchObject({
      message: 'reached_daily_quota',
    })
  })

  test('has its tags in either form', () => {
    const tags = [
      { name: 'other', value: 'x' },
      { name: 'koyalite_mail', value: MAIL },
    ]
    expect(read(signed(event('email.delivered', { tags })))).toMatchObject({ mail: MAIL })
  })

  test('of something else is foreign', () => {
    for (const body of [
      event('email.opened'),
      event('contact.created'),
      event('email.delivered', { tags: {} }),
      event('email.delivered', { tags: { koyalite_mail: "'; DROP TABLE" } }),
      event('email.delivered', { tags: undefined }),
      { type: 'email.delivered' },
      { type: { __proto__: 'email.delivered' }, data: 1 },
      null,
      [],
      'text',
    ])
      expect([body, read(signed(body))]).toEqual([body, 'foreign'])
  })
})

describe('what is not signed, or not lately, is forged', () => {
  const good = () => signed(event('email.delivered'))

  test('other bytes, another secret, another time, no signature', () => {
    const { body, headers } = good()
    expect(read({ body, headers })).toMatchObject({ state: 'delivered' })
    const longer = new Uint8Array([...body, 32])
    expect(read({ body: longer, headers })).toBe('forged')
    expect(createResendReports(`whsec_${btoa('another secret of 24 byt')}`).read(body, headers)).toBe('forged')
    for (const name of ['svix-id', 'svix-timestamp', 'svix-signature']) {
      const without = new Headers(headers)
      without.delete(name)
      expect(read({ body, headers: without })).toBe('forged')
      const other = new Headers(headers)
      other.set(name, `${headers.get(name)}0`)
      expect(read({ body, headers: other })).toBe('forged')
    }
    expect(read({ body, headers: new Headers() })).toBe('forged')
  })

  test('a request of ten minutes ago, or of the future', () => {
    for (const minutes of [-10, 10])
      expect(read(signed(event('email.delivered'), { at: Date.now() + minutes * 60_000 }))).toBe('forged')
  })

  test('bytes that are not text, whatever text they would be read as', () => {
    const text = new TextEncoder().encode(JSON.stringify(event('email.delivered', { note: '\ufffd' })))
    const { headers } = signed(text)
    expect(read({ body: text, headers })).toMatchObject({ state: 'delivered' })
    const at = text.findIndex((byte, index) => byte === 0xef && text[index + 1] === 0xbf && text[index + 2] === 0xbd)
    const broken = new Uint8Array([...text.slice(0, at), 0xff, ...text.slice(at + 3)])
    expect(read({ body: broken, headers })).toBe('forged')
  })

  test('signed text that is not JSON', () => {
    expect(read(signed(new TextEncoder().encode('not json')))).toBe('forged')
  })
})
