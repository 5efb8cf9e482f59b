import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { executableFormat, executableProblems } from './inspect-executable'
import { TARGETS, type Target, targetFor, thisMachine } from './targets'

const sqlite = join(import.meta.dir, '../../packages/sqlite')
const prebuilds = join(dirname(Bun.resolveSync('better-sqlite3-multiple-ciphers/package.json', sqlite)), 'prebuilds')

test.each(TARGETS)('the format of the library for $name is known', (target) => {
  // Libraries have the headers that programs have.
  const bytes = readFileSync(join(prebuilds, `${target.driver}.node`))
  expect(executableFormat(bytes)).toBe(`${target.os}-${target.cpu}`)
  expect(executableProblems(bytes, target)).toEqual([])
})

test('what is not a program is unknown', () => {
  expect(executableFormat(Buffer.from('#!/bin/sh'))).toBe('unknown')
  expect(executableFormat(Buffer.alloc(100))).toBe('unknown')
})

test('a wrong machine and a wrong library are told', () => {
  const [musl, arm] = ['linux-x64-musl', 'darwin-arm64'].map((name) => TARGETS.find((each) => each.name === name))
  const bytes = readFileSync(join(prebuilds, 'linux-x64.node'))
  expect(executableProblems(bytes, musl as Target)).toEqual(['the SQLite library inside is for linux-x64'])
  expect(executableProblems(bytes, arm as Target)).toEqual([
    'it is a program for linux-x64',
    'the SQLite library inside is for linux-x64',
  ])
  const here = targetFor(thisMachine()) as Target
  expect(executableProblems(readFileSync(process.execPath), here)).toEqual(['the SQLite library inside is for nothing'])
})
