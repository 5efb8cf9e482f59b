import { expect, test } from 'bun:test'
import { z } from 'zod'
import { checkEndpoints, WEBHOOKS_SETTINGS } from './webhooks-settings'

const SECRET = `whsec_${Buffer.alloc(32, 'x').toString('base64')}`
const GOOD = { name: 'crm', events: ['posts.*'], url: 'https://crm.example.com/hooks', secret: SECRET }

function faultsOf(...endpoints: readonly object[]): readonly string[] {
  const settings = z.object(WEBHOOKS_SETTINGS).parse({ webhooks: { endpoints } })
  const faults: string[] = []
  checkEndpoints(settings, (path, message) => faults.push(`${path.join('.')}: ${message}`))
  return faults
}

test('what endpoints of the settings must have', () => {
  expect(faultsOf(GOOD, { ...GOOD, name: 'two', secret: `${SECRET} ${SECRET}` })).toEqual([])
  expect(faultsOf(GOOD, GOOD)).toEqual(["webhooks.endpoints.1.name: there are two endpoints named 'crm'"])
  const { secret: _, ...unsigned } = GOOD
  expect(faultsOf({ ...unsigned, name: 'my-crm' })).toEqual([
    expect.stringContaining(
      'webhooks.endpoints.0: has no secret: make one with echo "whsec_$(openssl rand -base64 32)"',
    ),
  ])
  expect(faultsOf({ ...unsigned, name: 'my-crm' })[0]).toContain('secret: ${MY_CRM_SECRET}')
  for (const secret of ['whsec_', 'whsec_c2hvcnQ=', SECRET.slice(6), `${SECRET} ${SECRET} ${SECRET}`, 'password'])
    expect(faultsOf({ ...GOOD, secret })).toEqual([expect.stringContaining('secret: is not a secret of webhooks')])
  expect(faultsOf({ ...GOOD, url: 'https://a:b@example.com' })).toEqual([expect.stringContaining('user or password')])
  expect(faultsOf({ ...GOOD, name: 'A' })).toEqual([expect.stringContaining('name: expected up to 63 lower-case')])
  expect(faultsOf({ ...GOOD, events: [] })).toEqual([expect.stringContaining('events: is required')])
})

test('what may be allowed', () => {
  const parse = (allow: string) => z.object(WEBHOOKS_SETTINGS).safeParse({ webhooks: { allow: [allow] } }).success
  for (const good of ['hooks.internal', 'hooks.internal:8080', '10.0.0.0/8', '127.0.0.1', '[fd00::1]:80', 'fd00::/8'])
    expect([good, parse(good)]).toEqual([good, true])
  for (const wrong of ['', '*', 'http://hooks.internal', 'hooks.internal/x', '10.0.0.0/99', 'a b', 'user@host'])
    expect([wrong, parse(wrong)]).toEqual([wrong, false])
})
