import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { openTestApi } from '../testing/open-api'

// Starts processes, on a machine that may be busy.
setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
collections:
  parts:
    fields:
      id: { type: int, primary: true }
      size: { type: int, default: 1, index: true }
      content: { type: blob }
    rules: { create: "true", read: "true" }
`

describe('a list with its total', () => {
  for (const [how, params] of [
    ['in the order of an index', 'sort=size'],
    ['sorted', 'sort=-size,id&filter=id:gt:0'],
  ]) {
    test(`is of one state, whoever commits between its documents and its total (${how})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'koyalite-data-'))
      const path = join(folder, 'a.db')
      let meanwhile = () => {}
      // Runs in the middle of the statement that makes the documents.
      const functions = SQL_FUNCTIONS.map((one) => {
        if (one.name !== 'koyalite_base64') return one
        const fn: typeof one.fn = (...args) => {
          meanwhile()
          return one.fn(...args)
        }
        return { ...one, fn }
      })
      const api = await openTestApi(SCHEMA, { path, functions })
      for (const id of [1, 2, 3]) await api.anonymous('POST', '/collections/parts', { id, content: '' })
      let inserted = 0
      meanwhile = () => {
        if (inserted++ > 0) return
        const child = `${import.meta.dir}/../testing/insert-child.ts`
        const insert = "INSERT INTO parts (id, content) VALUES (4, x'')"
        Bun.spawnSync([process.execPath, child, path, insert], { stderr: 'inherit' })
      }
      const { body, headers } = await api.anonymous('GET', `/collections/parts?count=true&${params}`)
      expect(inserted).toBe(3)
      expect({ docs: body.docs.length, total: body.total }).toEqual({ docs: 3, total: 3 })
      expect(headers.get('koyalite-seq')).toEndWith('.3')
      const later = await api.anonymous('GET', `/collections/parts?count=true&${params}`)
      expect({ docs: later.body.docs.length, total: later.body.total }).toEqual({ docs: 4, total: 4 })
      await api.close()
      rmSync(folder, { recursive: true })
    })
  }
})
