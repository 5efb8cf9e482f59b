import { expect, test } from 'bun:test'
import { type Actor, ANONYMOUS } from '@koyalite/contracts'
import { parseSchema } from '@koyalite/schema'
import { formatSourceProblem } from '../source-problem'
import { compileAccess } from './compile-access'
import { checkConfig, parseManifest } from './read-manifest'

const parsed = parseSchema('version: 1\ncollections: {}\n', { file: 's' })
if (!parsed.ok) throw new Error('a schema')
const { schema } = parsed

const REQUEST = { method: 'POST', ip: '192.0.2.7', time: 0, headers: {} }
const USER: Actor = {
  kind: 'user',
  ...{ id: 'u', email: 'u@example.com', role: 'user', verified: false, metadata: null, claims: null, sessionId: 's' },
}

function compile(yaml: string) {
  const { access } = parseManifest(yaml, { file: 'functions/pay.yaml' }).values
  if (access === undefined) throw new Error('no access')
  return compileAccess(access, schema, { file: 'functions/pay.yaml', isCode: false })
}

test('access decides on the caller', () => {
  const compiled = compile('access: auth.id != null')
  if (!compiled.ok) throw new Error('it compiles')
  expect(compiled.allows(ANONYMOUS, REQUEST, null)).toBe('denied')
  expect(compiled.allows(USER, REQUEST, null)).toBe('allowed')
})

test('access may be written as true, which lets everyone in', () => {
  const compiled = compile('access: true')
  if (!compiled.ok) throw new Error('it compiles')
  expect(compiled.allows(ANONYMOUS, REQUEST, null)).toBe('allowed')
})

test('what is wrong has its place in the file, on the line of a block too', () => {
  const compiled = compile('timeout: 1s\naccess: >-\n  auth.id != null &&\n  doc.x == 1\n')
  expect(compiled.ok ? [] : compiled.problems.map(formatSourceProblem)).toEqual([
    "functions/pay.yaml:3:22 unknown name 'doc' (there is no document here, only auth and request)",
  ])
})

test('in code it has its place in the expression', () => {
  const { access } = checkConfig({ access: 'auth.idd != null' }, { file: 'functions/pay.ts' }).values
  if (access === undefined) throw new Error('no access')
  const compiled = compileAccess(access, schema, { file: 'functions/pay.ts', isCode: true })
  expect(compiled.ok ? [] : compiled.problems.map(formatSourceProblem)).toEqual([
    "functions/pay.ts config: 'access' at character 6: auth has no 'idd' (did you mean 'id'?)",
  ])
})

test('a warning does not stop it', () => {
  const compiled = compile('access: auth.metadata.staff == true')
  expect(compiled).toMatchObject({ ok: true })
  expect(compiled.ok ? compiled.warnings.map(formatSourceProblem) : []).toEqual([
    'functions/pay.yaml:1:9 users can write auth.metadata themselves, so it must not grant access: use auth.claims',
  ])
})
