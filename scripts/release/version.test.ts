import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { changelogEntry, releaseVersion, versionProblems } from './version'

const CHANGELOG = '# Changelog\n\nIntro.\n\n## 1.2.0 (2026-01-01)\n\n- New.\n\n## 1.1.0\n\n- Old.\n\n## 1.0.0\n'

const problems = (version: string, tag?: string) =>
  versionProblems({ versions: [{ path: 'package.json', version }], tag, changelog: CHANGELOG })

test('the entry of a version is what stands under its heading', () => {
  expect(changelogEntry(CHANGELOG, '1.2.0')).toBe('- New.')
  expect(changelogEntry(CHANGELOG, '1.1.0')).toBe('- Old.')
  expect(changelogEntry(CHANGELOG, '1.0.0')).toBeNull()
  expect(changelogEntry(CHANGELOG, '1.2')).toBeNull()
})

test('what fits has no problems', () => {
  expect(problems('1.2.0')).toEqual([])
  expect(problems('1.2.0', 'v1.2.0')).toEqual([])
})

test('a wrong tag, a missing entry, no version and two of them are told', () => {
  expect(problems('1.2.0', 'v1.1.0')).toEqual(['the tag is v1.1.0, the version 1.2.0'])
  expect(problems('1.0.0')).toEqual(["CHANGELOG.md has no entry '## 1.0.0' with anything in it"])
  expect(problems('next')[0]).toBe("'next' is not a version like 1.2.3")
  const versions = [
    { path: 'package.json', version: '1.2.0' },
    { path: 'apps/cli/package.json', version: '1.1.0' },
  ]
  expect(versionProblems({ versions, tag: undefined, changelog: CHANGELOG })).toEqual([
    'apps/cli/package.json says 1.1.0, package.json says 1.2.0',
  ])
})

test('this repository could be released as it is', () => {
  expect(releaseVersion(resolve(import.meta.dir, '../..'), undefined)).toMatch(/^\d+\.\d+\.\d+/)
})
