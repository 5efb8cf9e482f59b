import { describe, expect, test } from 'bun:test'
import { ACCESS_COOKIE, CSRF_COOKIE, clearedCookies, hasUserCookies, readCookie, setCookie } from './cookies'

const siteAt = (url: string) => ({ publicUrl: () => url, runtime: { instance: { shortId: 'abc' } } }) as never
const HTTP = siteAt('http://localhost:8090')
const HTTPS = siteAt('https://app.example.com')
const headers = (cookie: string) => new Headers({ cookie })

describe('cookies', () => {
  test.each([
    ['koyalite_access_abc=first; koyalite_access_abc=second', 'first'],
    ['koyalite_access_abc=; koyalite_access_abc=second', ''],
    ['other=1;koyalite_access_abc = spaced ;x=2', 'spaced'],
    ['koyalite_access_abc=%41=b', '%41=b'],
    ['koyalite_access_abc', null],
    ['koyalite_access_other=x; __Host-koyalite_access_abc=y', null],
    ['', null],
  ])('of %p the value is %p', (cookie, value) => {
    expect(readCookie(HTTP, headers(cookie), ACCESS_COOKIE)).toBe(value)
  })

  test('over https only the cookie with the prefix counts', () => {
    const both = headers('koyalite_access_abc=planted; __Host-koyalite_access_abc=own')
    expect(readCookie(HTTPS, both, ACCESS_COOKIE)).toBe('own')
    expect(readCookie(HTTPS, headers('koyalite_access_abc=planted'), ACCESS_COOKIE)).toBeNull()
  })

  test('cookies of another project of this host are recognized', () => {
    expect(hasUserCookies(headers('a=1; __Host-koyalite_refresh_other=x'))).toBe(true)
    expect(hasUserCookies(headers('a=1; b=koyalite_refresh_other'))).toBe(false)
  })

  test('have all protective attributes', () => {
    const parts = (cookie: string) => cookie.split('; ').toSorted()
    const content = { value: 'token-1._', maxAge: 60 }
    expect(parts(setCookie(HTTP, ACCESS_COOKIE, content))).toEqual(
      ['koyalite_access_abc=token-1._', 'HttpOnly', 'Max-Age=60', 'Path=/', 'SameSite=Lax'].toSorted(),
    )
    expect(parts(setCookie(HTTPS, CSRF_COOKIE, { ...content, crossSite: true }))).toEqual(
      ['__Host-koyalite_csrf_abc=token-1._', 'Max-Age=60', 'Path=/', 'SameSite=None', 'Secure'].toSorted(),
    )
    expect(parts(clearedCookies(HTTPS, [ACCESS_COOKIE])[0] as string)).toEqual(
      ['__Host-koyalite_access_abc=', 'HttpOnly', 'Max-Age=0', 'Path=/', 'SameSite=Lax', 'Secure'].toSorted(),
    )
    for (const value of ['a;b', 'a b', 'a\r\nb'])
      expect(() => setCookie(HTTP, ACCESS_COOKIE, { ...content, value })).toThrow('invalid')
  })
})
