import { describe, expect, test } from 'bun:test'
import cases from './testing/webhook-cases.json'
import { verifyWebhook, type WebhookHeaders } from './verify-webhook'

const now = new Date(cases.now * 1000)

describe('a webhook', () => {
  for (const { name, body, headers, secret, expected } of cases.cases) {
    test(`${name}: ${expected}`, () => {
      const given: WebhookHeaders = headers
      expect(verifyWebhook(Buffer.from(body), given, secret, { now })).toBe(expected)
    })
  }

  test('as a request has it, in every form that bytes have', () => {
    const [{ body, headers, secret } = { body: '', headers: {}, secret: [] }] = cases.cases
    const request = new Request('https://example.com', {
      method: 'POST',
      body,
      headers: headers as Record<string, string>,
    })
    const bytes = Buffer.from(body)
    for (const form of [body, bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)])
      expect(verifyWebhook(form, request.headers, secret[0], { now })).toBe(true)
    expect(verifyWebhook(body, request.headers, secret[0])).toBe(false)
    expect(verifyWebhook(body, request.headers, undefined, { now })).toBe(false)
  })

  test('what code without types passes is false', () => {
    const [{ body, headers } = { body: '', headers: {} }] = cases.cases
    for (const odd of [null, 5, {}, [null]]) {
      expect(verifyWebhook(odd as never, headers, 'whsec_a2V5', { now })).toBe(false)
      expect(verifyWebhook(body, odd as never, 'whsec_a2V5', { now })).toBe(false)
      expect(verifyWebhook(body, headers, odd as never, { now })).toBe(false)
      expect(verifyWebhook(body, headers, 'whsec_a2V5', { now: odd as never })).toBe(false)
    }
    expect(verifyWebhook(body, { ...headers, 'webhook-id': ['crm_1', 'crm_1'] }, 'whsec_a2V5', { now })).toBe(false)
  })
})
