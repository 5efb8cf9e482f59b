import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { noticesText, refusedLicences, thirdParties } from './third-party-notices'

const root = resolve(import.meta.dir, '../..')
const parties = thirdParties(root)
const lockfile = readFileSync(join(root, 'bun.lock'), 'utf8')

test('what is shipped is what the lockfile has, and only what may be shipped', () => {
  expect(refusedLicences(parties)).toEqual([])
  const names = parties.map(({ name }) => name)
  // Direct, through another package of the project, through a package of others.
  expect(names).toEqual(expect.arrayContaining(['commander', 'pino', 'better-sqlite3-multiple-ciphers', 'sonic-boom']))
  // In the pages of the studio, and in the program that renders emails.
  expect(names).toEqual(expect.arrayContaining(['elkjs', '@react-email/render']))
  expect(names).not.toContain('typescript')
  expect(names.filter((name) => name.startsWith('@koyalite/'))).toEqual([])
  for (const { name, version } of parties) expect(lockfile).toContain(`"${name}@${version}"`)
})

test('each stands in the notices, with the text of its licence', () => {
  const text = noticesText(parties, readFileSync(join(import.meta.dir, 'runtime-notices.txt'), 'utf8'))
  for (const party of parties) {
    expect(text).toContain(`${party.name} ${party.version} (${party.license})`)
    expect([party.name, party.text !== null && text.includes(party.text.trim())]).toEqual([party.name, true])
  }
})

test.each([
  ['GPL-3.0', false],
  ['MIT AND GPL-3.0', false],
  ['none', false],
  ['(MIT OR GPL-3.0)', true],
  ['MIT AND BSD-3-Clause', true],
])('%s', (license, allowed) => {
  const refused = refusedLicences([{ name: 'x', version: '1.0.0', license, text: null, source: null }])
  expect(refused).toEqual(allowed ? [] : [`x@1.0.0 (${license})`])
})
