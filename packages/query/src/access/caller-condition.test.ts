import { describe, expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, SYSTEM } from '@koyalite/contracts'
import { formatProblem, parseSchema } from '@koyalite/schema'
import { compileCallerCondition } from './caller-condition'
import { checkExpression } from './check-expression'

const SCHEMA = `version: 1
roles:
  editor: { permissions: ["posts:*"] }
definitions:
  "is_staff()": "auth.claims.staff == true"
  "is_mine()": "doc.author_id == auth.id"
  "is_member(team)": "members.exists(m, m.team == team && m.user_id == auth.id)"
collections:
  members:
    fields: { id: { type: int, primary: true, default: auto }, team: { type: string }, user_id: { type: uuid } }
`

function schema() {
  const parsed = parseSchema(SCHEMA, { file: 's' })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.schema
}

const REQUEST = { method: 'POST', ip: '192.0.2.7', time: Date.UTC(2026, 0, 31), headers: { 'x-plan': 'pro' } }
const USER: Actor = {
  kind: 'user',
  id: '0198a000-0000-7000-8000-000000000001',
  email: 'a@example.com',
  role: 'editor',
  verified: true,
  metadata: {},
  claims: { staff: true },
  sessionId: 's',
}
const OPERATOR: Actor = { kind: 'operator', id: 'o', email: 'o@example.com', role: 'owner', sessionId: 's' }

function decisions(source: string, input: Parameters<ReturnType<typeof compileCallerCondition>>[2] = null) {
  const condition = compileCallerCondition(schema(), source)
  return [ANONYMOUS, USER, OPERATOR, SYSTEM].map((actor) => condition(actor, REQUEST, input)).join(' ')
}

function problems(source: string): readonly string[] {
  return checkExpression(schema(), { kind: 'caller' }, source).map(
    ({ severity, message, start, end }) => `${severity} ${start}–${end} ${message}`,
  )
}

describe('a condition on the caller', () => {
  test.each([
    ['true', 'allowed allowed allowed allowed'],
    ['false', 'denied denied denied denied'],
    ['auth.id != null', 'denied allowed denied denied'],
    ["auth.role == 'editor' && auth.verified", 'denied allowed denied denied'],
    ["auth.can('posts:publish')", 'denied allowed denied denied'],
    ["auth.can('users:write')", 'denied denied denied denied'],
    ['is_staff()', 'denied allowed denied denied'],
    ["request.ip == '192.0.2.7' && request.method == 'POST'", 'allowed allowed allowed allowed'],
    ["request.headers['x-plan'] == 'pro'", 'allowed allowed allowed allowed'],
    ["request.time < timestamp('2026-01-01T00:00:00Z')", 'denied denied denied denied'],
  ])('%s', (source, expected) => expect(decisions(source)).toBe(expected))

  test.each([
    ['an error', '1 / 0 == 1'],
    ['a negated error', '!(1 / 0 == 1)'],
    ['a missing header', "!(request.headers['x-missing'] == 'a')"],
    ['nobody, compared with null that is sent', 'auth.id == request.body.id'],
    ['a value that is not a bool', 'request.body.id'],
  ])('%s denies', (_, source) => expect(decisions(source, { id: null })).toBe('denied denied denied denied'))

  test('sees the input', () => {
    expect(decisions('request.body.amount <= 100', { amount: 100 })).toBe('allowed allowed allowed allowed')
    expect(decisions('request.body.amount <= 100', { amount: 101 })).toBe('denied denied denied denied')
    expect(decisions('request.body.amount <= 100')).toBe('denied denied denied denied')
  })

  test.each([
    ['auth.id != nul', ["error 11–14 unknown name 'nul'"]],
    ['auth.id', ['error 0–7 the expression must be a bool, this is a string']],
    ['doc.id == 1', ["error 0–3 unknown name 'doc' (there is no document here, only auth and request)"]],
    [
      'members.exists(m, m.user_id == auth.id)',
      ["error 0–7 unknown name 'members' (collections cannot be read here, only auth and request)"],
    ],
    ['is_mine()', ["error 0–9 in 'is_mine': unknown name 'doc' (there is no document here, only auth and request)"]],
    [
      "is_member('a')",
      ["error 0–14 in 'is_member': unknown name 'members' (collections cannot be read here, only auth and request)"],
    ],
    ['is_staff', ["error 0–8 unknown name 'is_staff': it is a definition, which is called: is_staff()"]],
    [
      'auth.metadata.admin == true',
      ['warning 0–13 users can write auth.metadata themselves, so it must not grant access: use auth.claims'],
    ],
    ['auth.id != null', []],
  ])('%s: what is wrong with it', (source, expected) => expect(problems(source)).toEqual(expected))
})
