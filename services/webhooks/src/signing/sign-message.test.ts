import { describe, expect, test } from 'bun:test'
import { Webhook } from 'standardwebhooks'
import { signedHeaders } from './sign-message'
import { newSecret, parseSecrets, secretBytes } from './webhook-secret'

const message = { id: 'crm_1', timestamp: Math.floor(Date.now() / 1000), body: '{"title":"Grüße ✓"}' }

describe('signatures, judged by the library of Standard Webhooks', () => {
  test('are those that it makes', () => {
    const secret = newSecret()
    const headers = signedHeaders(message, [secret])
    const made = new Webhook(secret).sign(message.id, new Date(message.timestamp * 1000), message.body)
    expect(headers['webhook-signature']).toBe(made)
    expect(new Webhook(secret).verify(message.body, headers)).toEqual({ title: 'Grüße ✓' })
    expect(() => new Webhook(newSecret()).verify(message.body, headers)).toThrow()
  })

  test('with two secrets either is accepted', () => {
    const secrets = [newSecret(), newSecret()]
    const headers = signedHeaders(message, secrets)
    for (const secret of secrets) expect(new Webhook(secret).verify(message.body, headers)).toBeObject()
  })

  test('secrets have 24 to 64 bytes', () => {
    const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`
    expect([23, 24, 64, 65].map((bytes) => secretBytes(of(bytes))?.length)).toEqual([undefined, 24, 64, undefined])
    expect(parseSecrets(` ${of(24)}  ${of(32)} `)).toEqual([of(24), of(32)])
    expect(parseSecrets('')).toBeNull()
  })
})
