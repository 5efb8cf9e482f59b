import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { addressOnPage, allowedAddress } from './allowed-address'

const OWN = 'https://api.example.com'
const APP = 'https://app.example.com'
const server = (url: string | null, origins: readonly string[] = [APP]) => ({
  url,
  cors: { origins: [...origins], credentials: false },
})

describe('an address that a page leads on to', () => {
  test.each([
    ['/', '/'],
    ['/welcome?from=mail#top', '/welcome?from=mail#top'],
    [`${OWN}/public/index.html`, '/public/index.html'],
    [APP, `${APP}/`],
    [`${APP}/welcome`, `${APP}/welcome`],
  ])('%s', (address, expected) => {
    expect(addressOnPage(address, server(OWN))).toBe(expected)
    if (!address.startsWith(OWN)) expect(addressOnPage(address, server(null))).toBe(expected)
  })

  test.each([
    '//evil.example.com',
    '/\\evil.example.com',
    '\\\\evil.example.com',
    '/..//evil.example.com',
    '/.//evil.example.com',
    '\t//evil.example.com',
    'https://evil.example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example.com',
    'https://app.example.com@evil.example.com',
    'https://ann:secret@app.example.com',
    'javascript:alert(1)',
    'data:text/html,x',
    'HTTPS://EVIL.example.com',
    'blob:https://app.example.com/x',
  ])('never %s', (address) => {
    expect(addressOnPage(address, server(OWN))).toBeNull()
    expect(addressOnPage(address, server(null))).toBeNull()
  })

  test('`*` of cors allows none', () => {
    expect(addressOnPage(APP, server(OWN, ['*']))).toBeNull()
    expect(allowedAddress(APP, OWN, server(OWN, ['*']))).toBeNull()
  })

  test('whatever is accepted leads a browser to this server or to such an origin', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '//',
      '.',
      '..',
      ':',
      '@',
      'https:',
      'evil.example.com',
      APP,
      OWN,
      '\t',
      'x',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.string(), (parts, rest) => {
        const address = addressOnPage(parts.join('') + rest, server(OWN))
        if (address !== null) expect([OWN, APP]).toContain(new URL(address, `${OWN}/_/auth/verify-email`).origin)
      }),
    )
  })
})
