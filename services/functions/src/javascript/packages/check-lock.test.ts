import { expect, test } from 'bun:test'
import { lockProblems } from './check-lock'

const REGISTRY = 'https://registry.example/npm/'
const HASH = `sha512-${'A'.repeat(86)}==`
const lock = (entry: string) => `{ "lockfileVersion": 1, "packages": { "old": ${entry}, }, }`

test.each([
  [`["old@2.0.0", "", {}, "${HASH}"]`],
  [`["@scope/old@2.0.0-rc.1+b", "https://registry.example/npm/old.tgz", { "bin": "x" }, "${HASH}"]`],
])('%s is of the registry', (entry) => {
  expect(lockProblems(lock(entry), REGISTRY)).toEqual([])
})

test.each([
  ['["old@git+https://evil.example/x.git#abc", {}, "abc"]', 'only packages of the registry are installed'],
  ['["old@github:evil/x#abc", {}, "abc"]', 'only packages of the registry are installed'],
  ['["old@file:../../etc", {}]', 'only packages of the registry are installed'],
  ['["old@link:../x", {}]', 'only packages of the registry are installed'],
  ['["old@workspace:x"]', 'only packages of the registry are installed'],
  [`["old@https://evil.example/x.tgz", {}, "${HASH}"]`, 'only packages of the registry are installed'],
  [`["../../old@2.0.0", "", {}, "${HASH}"]`, 'only packages of the registry are installed'],
  [`["old@2.0.0", "https://evil.example/x.tgz", {}, "${HASH}"]`, 'is not the registry https://registry.example'],
  [`["old@2.0.0", "https://registry.example.evil/x.tgz", {}, "${HASH}"]`, 'is not the registry'],
  [`["old@2.0.0", "http://registry.example/x.tgz", {}, "${HASH}"]`, 'is not the registry'],
  [`["old@2.0.0", "../x.tgz", {}, "${HASH}"]`, 'is not the registry'],
  ['["old@2.0.0", "", {}]', 'without the hash'],
  ['["old@2.0.0", "", {}, "md5-abc"]', 'without the hash'],
  ['"old"', 'only packages of the registry are installed'],
  ['null', 'only packages of the registry are installed'],
])('%s is refused', (entry, problem) => {
  const problems = lockProblems(lock(entry), REGISTRY)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(problem)
})

test('what is no lockfile', () => {
  for (const text of ['', 'not a lockfile', '[]', '1', '{ "packages": [] }'])
    expect([text, lockProblems(text, REGISTRY)]).toEqual([text, ['is not a lockfile of Bun (bun.lock)']])
  expect(lockProblems(' '.repeat(10_000_001), REGISTRY)).toEqual(['is too large'])
})
