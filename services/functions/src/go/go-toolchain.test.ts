import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { goCache, hasGo } from '@koyalite/testkit'
import { chooseIsolation } from '../isolation/choose-isolation'
import { type BuildRunner, createBuildRunner } from '../isolation/run-build'
import { formatSourceProblem } from '../source/source-problem'
import type { Built, Toolchain } from '../toolchain'
import { goToolchain } from './go-toolchain'
import { type ModuleProxy, startModuleProxy } from './testing/module-proxy'

setDefaultTimeout(120_000)

const ROOT = join(import.meta.dir, '../../../..')
const SERVE = 'koyalite.Serve(func(ctx koyalite.Ctx, in struct{}) (string, error) { return text, nil })'
const MAIN = `package main

import "koyalite.dev/koyalite"

var text = "a"

func main() { ${SERVE} }
`
const MODULE = 'module example.com/own\n\ngo 1.24\n'

describe.skipIf(!hasGo)('building functions in Go', () => {
  let folder: string
  let builder: BuildRunner
  let toolchain: Toolchain
  let proxy: ModuleProxy

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'koyalite-go-')))
    const programs = join(folder, 'programs')
    cpSync(join(ROOT, 'packages/functions-go'), join(programs, 'go'), { recursive: true })
    writeFileSync(join(programs, 'bunfig.toml'), '')
    const egress = join(ROOT, 'packages/functions/src/egress/main.ts')
    await Bun.build({ entrypoints: [egress], target: 'bun', outdir: programs, naming: 'egress.js' })
    builder = createBuildRunner({
      isolations: await chooseIsolation(join(folder, 'host')),
      // Go asks for what is at a loopback address without any proxy.
      outbound: { addresses: async () => ['127.0.0.1'] },
      programs,
      bun: { executable: process.execPath, env: {} },
    })
    proxy = startModuleProxy({
      ...{ path: 'example.com/greet', version: 'v1.2.3', file: 'greet.go' },
      text: 'package greet\n\nfunc Hi() string { return "hi" }\n',
    })
    const settings = { functions: { registries: { go: `http://modules.example:${proxy.port}`, hosts: [] } } } as never
    toolchain = goToolchain({
      ...{ command: Bun.which('go') ?? '', dir: folder, data: join(folder, 'data'), code: join(folder, 'code') },
      ...{ programs, builder, project: () => ({ schema: {} as never, settings, variables: { GOCACHE: goCache() } }) },
      goClient: () => new Map([['client.go', '// Package koyalite is the client.\npackage koyalite\n']]),
    })
  })
  afterAll(async () => {
    builder?.close()
    await proxy?.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true })
  })

  /** Builds the first of the files, in a folder functions/ that has these alone. */
  function build(files: Readonly<Record<string, string>>): Promise<Built> {
    rmSync(join(folder, 'functions'), { recursive: true, force: true })
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return buildAgain(Object.keys(files)[0] as string)
  }
  function buildAgain(entry: string): Promise<Built> {
    const path = entry.endsWith('/main.go') ? dirname(entry) : entry
    const found = { name: 'report', path, entry, manifest: null }
    return toolchain.build({ found, dependencies: null, trusted: [], buildEnv: {} })
  }
  const problemsOf = (built: Built) => (built.ok ? [] : built.problems.map(formatSourceProblem))

  test('a file, a folder, what functions share, and a module of their own', async () => {
    const shared = {
      'functions/report.go': MAIN.replace('import "koyalite', 'import "functions/_shared/x"\nimport "koyalite').replace(
        '"a"',
        'x.X',
      ),
      'functions/_shared/x/x.go': 'package x\n\nconst X = "shared"\n',
      'functions/other.go': 'package main\n\nnot Go at all\n',
    }
    const first = await build(shared)
    expect(problemsOf(first)).toEqual([])
    expect(first.ok && existsSync(first.code.entry)).toBe(true)
    const again = await build({ ...shared, 'functions/other.go': '' })
    expect(again).toEqual(first)
    const other = await build({ ...shared, 'functions/_shared/x/x.go': 'package x\n\nconst X = "other"\n' })
    expect(other.ok && first.ok && other.hash !== first.hash).toBe(true)
    for (const root of ['functions', 'functions/report']) {
      expect(problemsOf(await build({ 'functions/report/main.go': MAIN, [`${root}/go.mod`]: MODULE }))).toEqual([])
    }
    // One that an editor needs to find the package is replaced in what is built.
    const written = `${MODULE}\nrequire koyalite.dev/koyalite v0.0.0\n\nreplace koyalite.dev/koyalite => ../somewhere\n`
    expect(problemsOf(await build({ 'functions/report/main.go': MAIN, 'functions/go.mod': written }))).toEqual([])
  })

  test('the client of the schema, where it is imported', async () => {
    const main = MAIN.replace('import ', 'import _ "koyalite.dev/db"\nimport ')
    expect(problemsOf(await build({ 'functions/r.go': main }))).toEqual([])
    expect(problemsOf(await build({ 'functions/r.go': main, 'functions/go.mod': MODULE }))).toEqual([])
    expect(readFileSync(join(folder, 'data/go/db/client.go'), 'utf8')).toStartWith('// Package koyalite')
  })

  test('what was built is found, until it is discarded', async () => {
    const built = await build({ 'functions/report.go': MAIN })
    if (!built.ok) throw new Error(problemsOf(built).join())
    expect(toolchain.find(built.hash)).toEqual(built.code)
    toolchain.discard(built.hash)
    expect(toolchain.find(built.hash)).toBeNull()
  })

  test.each([
    [
      'an error',
      { 'functions/r/main.go': MAIN.replace('"a"', '1') },
      /^functions\/r\/main\.go:7:\d+ cannot use text \(variable of type int\) as string value/,
    ],
    ['syntax', { 'functions/r.go': 'package main\n\nfunc main( {\n' }, /^functions\/r\.go:3:12 syntax error/],
    [
      'shared',
      {
        'functions/r.go': MAIN.replace('import ', 'import _ "functions/_x"\nimport '),
        'functions/_x/x.go': 'package x\n\nvar y z\n',
      },
      /^functions\/_x\/x\.go:3:7 undefined: z$/,
    ],
    [
      'a missing module',
      { 'functions/r.go': MAIN.replace('import ', 'import _ "example.com/none"\nimport ') },
      /^functions\/r\.go:3:8 imports example\.com\/none, which is in no module of go\.mod: run 'go mod init functions' and 'go get example\.com\/none' in functions\/$/,
    ],
    [
      'go.mod',
      { 'functions/r.go': MAIN, 'functions/go.mod': 'module x\n\nrequier y\n' },
      /^functions\/go\.mod:3:1 unknown directive: requier$/,
    ],
    [
      'an old language',
      { 'functions/r.go': MAIN, 'functions/go.mod': 'module x\n\ngo 1.20\n' },
      /^functions\/go\.mod says 'go 1\.20': functions need 'go 1\.24' or newer$/,
    ],
    [
      'a language to come',
      { 'functions/r.go': MAIN, 'functions/go.mod': 'module x\n\ngo 1.999\n' },
      /requires go >= 1\.999/,
    ],
  ] as const)('problems have a place: %s', async (_, files, expected) => {
    const [problem, ...others] = problemsOf(await build(files))
    expect(problem).toMatch(expected)
    expect(others).toEqual([])
  })

  test('modules come from the registry alone, with the sums of go.sum', async () => {
    const files = {
      'functions/r.go': MAIN.replace('import ', 'import "example.com/greet"\nimport ').replace('"a"', 'greet.Hi()'),
      'functions/go.mod': `${MODULE}\nrequire example.com/greet v1.2.3\n`,
    }
    expect(problemsOf(await build(files))).toEqual([
      expect.stringMatching(/missing go\.sum entry.*: run 'go mod tidy' in functions\/$/),
    ])
    const wrong = proxy.sums.replace(/h1:./g, 'h1:x')
    expect(problemsOf(await build({ ...files, 'functions/go.sum': wrong })).join()).toContain('checksum mismatch')
    expect(problemsOf(await build({ ...files, 'functions/go.sum': proxy.sums }))).toEqual([])
    expect(proxy.asked).toContain('/example.com/greet/@v/v1.2.3.zip')
    const asked = proxy.asked.length
    expect(
      problemsOf(await build({ ...files, 'functions/go.sum': proxy.sums, 'functions/_x/x.go': 'package x\n' })),
    ).toEqual([])
    expect(proxy.asked.length).toBe(asked)
  })

  describe('hostile folders', () => {
    test('cgo, in any spelling', async () => {
      for (const imported of [
        'import "C"',
        'import (\n\t"C"\n)',
        '/*\n#include <x.h>\n*/\nimport "C" // c',
        'import ("fmt"; "C")',
      ]) {
        const problems = problemsOf(
          await build({ 'functions/r.go': MAIN.replace('import ', `${imported}\n\nimport `) }),
        )
        expect(problems).toEqual([
          'functions/r.go imports "C": cgo is not available, since it runs compilers of C on the server',
        ])
      }
      const harmless = MAIN.replace('"a"', '`\nimport "C"\n`').replace('import ', '// Without\n// import "C"\nimport ')
      expect(problemsOf(await build({ 'functions/r.go': harmless }))).toEqual([])
    })

    test('nothing is generated, and no workspace or settings of the folder count', async () => {
      const marker = join(folder, 'generated')
      const built = await build({
        'functions/r/main.go': MAIN.replace('import ', `//go:generate touch ${marker}\n\nimport `),
        'functions/r/go.mod': `${MODULE}\ntoolchain go1.999.0\n`,
        'functions/r/go.work': 'not a workspace',
        'go.work': 'not a workspace',
        'functions/r/go.env': 'GOFLAGS=-toolexec=/bin/false',
      })
      expect(problemsOf(built)).toEqual([])
      expect(existsSync(marker)).toBe(false)
    })

    test('modules outside of the folder', async () => {
      for (const place of ['../outside', '/etc', './_x/../../outside']) {
        const module = `${MODULE}\nrequire example.com/x v0.0.0\n\nreplace example.com/x => ${place}\n`
        const problems = problemsOf(
          await build({
            'functions/r.go': MAIN,
            'functions/go.mod': module,
            'outside/go.mod': 'module example.com/x\n',
          }),
        )
        expect(problems).toEqual([
          `functions/go.mod replaces example.com/x by ${place}, which is outside of the module: copy it into a folder that begins with '_'`,
        ])
      }
      const inside = `${MODULE}\nrequire example.com/x v0.0.0\n\nreplace example.com/x => ./_x\n`
      const files = { 'functions/_x/go.mod': 'module example.com/x\n\ngo 1.24\n', 'functions/_x/x.go': 'package x\n' }
      const main = MAIN.replace('import ', 'import _ "example.com/x"\nimport ')
      expect(problemsOf(await build({ 'functions/r.go': main, 'functions/go.mod': inside, ...files }))).toEqual([])
    })

    test('files outside of functions/ are neither embedded nor linked', async () => {
      writeFileSync(join(folder, 'secret.txt'), 'of the server')
      const embeds = (pattern: string) =>
        MAIN.replace('import ', 'import _ "embed"\nimport ').replace(
          'var text = "a"',
          `//go:embed ${pattern}\nvar text string`,
        )
      expect(problemsOf(await build({ 'functions/r/main.go': embeds('../../secret.txt') }))).toEqual([
        'functions/r/main.go:6:12 pattern ../../secret.txt: invalid pattern syntax',
      ])
      expect(problemsOf(await build({ 'functions/r/main.go': embeds('.env'), 'functions/r/.env': 'KEY=1' }))).toEqual([
        'functions/r/main.go:6:12 pattern .env: no matching files found',
      ])
      expect(
        problemsOf(await build({ 'functions/r/main.go': embeds('page.html'), 'functions/r/page.html': 'x' })),
      ).toEqual([])
      symlinkSync('../../secret.txt', join(folder, 'functions/r/linked.txt'))
      expect(problemsOf(await buildAgain('functions/r/main.go'))).toEqual([
        'functions/r/linked.txt is a link that leads out of functions/: copy what it leads to',
      ])
    })
  })
})
