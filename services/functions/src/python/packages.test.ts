import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import type { Toolchain } from '../toolchain'
import { startPackageIndex } from './testing/package-index'
import { HELLO, python, useToolchain } from './testing/use-toolchain'

setDefaultTimeout(120_000)

const hasPip =
  python !== null &&
  Bun.spawnSync([python.executable, '-I', '-c', 'import pip; v = pip.__version__.split("."); assert int(v[0]) >= 23'])
    .success

describe.skipIf(!hasPip)('packages of functions in Python', () => {
  const { open, path, write, built, problems } = useToolchain()
  let index: ReturnType<typeof startPackageIndex>
  let toolchain: Toolchain
  let url: string
  let lock: string

  beforeAll(() => {
    index = startPackageIndex(
      [
        { name: 'greet', version: '1.0', files: { 'greet.py': 'WORD = "hi"\n' }, requires: ['words>=1'] },
        { name: 'greet', version: '2.0', files: { 'greet.py': 'WORD = "hello"\n' }, requires: ['words>=1'] },
        { name: 'words', version: '1.5', files: { 'words.py': '', 'evil.pth': 'import os; os._exit(9)\n' } },
        { name: 'words', version: '1.5', tags: 'cp27-none-win_amd64', files: { 'words.py': 'other' } },
        { name: 'sources', version: '0.9', kind: 'source' },
        { name: 'sources', version: '1.0', tags: 'cp27-none-win_amd64' },
        { name: 'climbs', version: '1.0', files: { '../../../../climbed.py': 'out' } },
        { name: 'picky', version: '1.0', requires: ['greet<2'] },
      ],
      python?.executable ?? '',
    )
    url = `http://packages.example:${index.port}/simple`
    toolchain = open({ url })
  })
  afterAll(() => index?.stop())

  const REQUIREMENTS = { 'functions/hello.py': HELLO, 'functions/requirements.txt': '# Ours\ngreet>=1 # the newest\n' }

  test('are locked with the hashes of all their wheels, installed once, and compiled', async () => {
    write(REQUIREMENTS)
    const { code } = await built(toolchain)
    lock = readFileSync(path('functions/requirements.lock'), 'utf8')
    expect(lock).toMatch(
      /^# Written by koyalite [^\n]+\ngreet==2\.0 \\\n {4}--hash=sha256:[0-9a-f]{64}\nwords==1\.5 \\\n {4}--hash=sha256:[0-9a-f]{64} \\\n {4}--hash=sha256:[0-9a-f]{64}\n$/,
    )
    const [, packages = ''] = code.readable
    expect(readFileSync(`${packages}/greet.py`, 'utf8')).toBe('WORD = "hello"\n')
    expect(readdirSync(`${packages}/__pycache__`).length).toBe(2)
    expect(toolchain.launch(code).env).toEqual({ KOYALITE_PACKAGES: packages })
    index.asked.length = 0
    const { hash } = await built(toolchain)
    expect([index.asked, toolchain.find(hash)]).toEqual([[], code])
    rmSync(packages, { recursive: true })
    expect(toolchain.find(hash)).toBeNull()
  })

  test('are those of the lock file, also where there are newer ones; without one nothing is served but under dev', async () => {
    const deployed = open({ url, writesLocks: false })
    write({ ...REQUIREMENTS, 'functions/requirements.lock': lock })
    expect((await built(deployed)).code.readable.length).toBe(2)
    write({ ...REQUIREMENTS, 'functions/requirements.txt': 'greet==1.0\n', 'functions/requirements.lock': lock })
    const [stale] = await problems(deployed)
    expect(stale).toBe(
      'functions/hello.py functions/requirements.lock, which says what the packages in functions/requirements.txt come to, is of other packages: run koyalite dev, and commit it',
    )
    rmSync(path('functions/requirements.lock'))
    expect((await problems(deployed))[0]).toContain('requirements.txt come to, is missing: run koyalite dev')
  })

  test('that cannot be had: the package, why, and what to do', async () => {
    const messageFor = async (line: string) => {
      write({ 'functions/hello.py': HELLO, 'functions/requirements.txt': `${line}\n` })
      return (await problems(toolchain)).join('\n').replace('functions/hello.py ', '')
    }
    expect(await messageFor('nothing')).toBe('there is no package nothing on the index, or it does not answer')
    expect(await messageFor('greet==3.0')).toBe('there is no greet==3.0 on the index; the last ones are 1.0, 2.0')
    expect(await messageFor('sources==0.9')).toMatch(
      /^sources==0\.9 has no wheel for Python 3\.\d+ on \S+, and packages are not compiled here: choose another version \(1\.0 have wheels\), or build a wheel of it and name an index/,
    )
    expect(await messageFor('greet==2.0\npicky')).toContain('conflicting dependencies')
  })

  test('that are others than those of the lock file, and wheels that climb out, are not installed', async () => {
    write({ ...REQUIREMENTS, 'functions/requirements.lock': lock })
    rmSync(path('packages'), { recursive: true })
    index.replace({ name: 'greet', version: '2.0', files: { 'greet.py': 'WORD = "evil"\n' } })
    expect((await problems(open({ url })))[0]).toContain(
      'greet==2.0 on the index is not what functions/requirements.lock says',
    )
    write({ 'functions/hello.py': HELLO, 'functions/requirements.txt': 'climbs\n' })
    expect((await problems(open({ url })))[0]).toContain('its packages could not be installed')
    expect(readdirSync(path('packages/python'))).toEqual([])
  })
})
