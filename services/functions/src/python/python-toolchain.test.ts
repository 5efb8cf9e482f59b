import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Toolchain } from '../toolchain'
import { HELLO, python, useToolchain } from './testing/use-toolchain'

setDefaultTimeout(60_000)

describe.skipIf(python === null)('building functions in Python', () => {
  const { open, path, write, ...project } = useToolchain()
  let toolchain: Toolchain
  beforeAll(() => {
    toolchain = open()
  })
  const built = (name?: string) => project.built(toolchain, name)
  const problems = (name?: string) => project.problems(toolchain, name)
  const filesIn = (place: string) =>
    (readdirSync(place, { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name)).sort()

  test('a function is its file and what is shared, compiled', async () => {
    write({
      'functions/hello.py': HELLO,
      'functions/other.py': HELLO,
      'functions/_dates.py': '',
      'functions/_shared/text.py': '',
      'functions/_shared/.env': 'SECRET=1',
      'functions/_shared/__pycache__/text.cpython-39.pyc': 'not compiled',
      'functions/.env': 'SECRET=1',
    })
    const { code, hash } = await built()
    const place = join(path('code/python'), hash)
    expect(code).toEqual({ entry: join(place, 'functions/hello.py'), readable: [place] })
    const names = filesIn(place).map((name) => name.replace(/\.cpython-\d+\.pyc$/, '.pyc'))
    expect(names).toEqual([
      '.koyalite.json',
      ...['__pycache__/_dates.pyc', '__pycache__/hello.pyc', '_dates.py', '_shared/__pycache__/text.pyc']
        .concat(['_shared/text.py', 'hello.py'])
        .map((name) => `functions/${name}`),
    ])
    expect(existsSync(path('programs/python/koyalite_functions/__pycache__'))).toBe(true)
  })

  test('the same files are the same code; another server finds it; what is discarded is gone', async () => {
    write({ 'functions/hello.py': HELLO })
    const { hash, code } = await built()
    expect((await built()).hash).toBe(hash)
    expect(open().find(hash)).toEqual(code)
    write({ 'functions/hello.py': HELLO, 'functions/_shared/a.py': '' })
    expect((await built()).hash).not.toBe(hash)
    toolchain.discard(hash)
    expect(toolchain.find(hash)).toBeNull()
  })

  test('what was compiled for another Python is built anew', async () => {
    write({ 'functions/hello.py': HELLO })
    const { hash } = await built()
    const other = open({ found: { executable: python?.executable ?? '', id: 'f'.repeat(32) } })
    expect(other.find(hash)).toBeNull()
  })

  test('errors of syntax have file, line and column; those of shared modules show when they are loaded', async () => {
    write({ 'functions/hello.py': 'def hello(:\n  pass\n', 'functions/_old.py': 'print "x"\n' })
    expect(await problems()).toEqual([expect.stringMatching(/^functions\/hello\.py:1:11 invalid syntax/)])
    write({ 'functions/hello/main.py': HELLO, 'functions/hello/part.py': 'x = [\n' })
    expect(await problems('functions/hello')).toEqual([expect.stringMatching(/^functions\/hello\/part\.py:1:5 /)])
    write({ 'functions/hello.py': HELLO, 'functions/_old.py': 'print "x"\n' })
    expect(await problems()).toEqual([])
  })

  test('nothing of it runs while it is built, and no link leads out of the project', async () => {
    const mark = path('ran')
    const touch = `open(${JSON.stringify(mark)}, "w").close()\n`
    write({
      'functions/hello/main.py': touch + HELLO,
      'functions/hello/sitecustomize.py': touch,
      'functions/hello/usercustomize.py': touch,
      'functions/hello/evil.pth': `import os; os.system("touch ${mark}")\n`,
      'functions/hello/py_compile.py': touch,
      'functions/hello/json.py': touch,
    })
    await built('functions/hello')
    expect(existsSync(mark)).toBe(false)
    write({ 'functions/hello/main.py': HELLO })
    symlinkSync('/etc/passwd', path('functions/hello/users.txt'))
    symlinkSync(path('.'), path('functions/_up'))
    expect(await problems('functions/hello')).toEqual([
      'functions/hello/users.txt is a link: functions are made of files and folders alone',
      'functions/_up is a link: functions are made of files and folders alone',
    ])
  })

  test('one that is too large names what makes it so', async () => {
    write({ 'functions/hello/main.py': HELLO })
    writeFileSync(path('functions/hello/model.bin'), new Uint8Array(50_000_001))
    expect((await problems('functions/hello'))[0]).toStartWith(
      'functions/hello is too large: at most 50.0 MB in 5000 files are possible. The largest: functions/hello/model.bin (50.0 MB)',
    )
  })
})
