import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { formatSourceProblem } from '../source/source-problem'
import { readRequirements } from './requirements'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const FILE = { path: 'functions/pay.py', entry: 'functions/pay.py', manifest: 'functions/pay.yaml' }
const FOLDER = { path: 'functions/pay', entry: 'functions/pay/main.py', manifest: null }

function read(
  files: Readonly<Record<string, string>>,
  found: typeof FILE | typeof FOLDER,
  items: readonly string[] = [],
) {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-requirements-'))
  folders.push(dir)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  const result = readRequirements(dir, found, items.length === 0 ? null : { kind: 'list', items })
  return result.ok ? result.requirements : result.problems.map(formatSourceProblem)
}

describe('which packages a function has, and where it is written what they come to', () => {
  const shared = {
    'functions/requirements.txt':
      'httpx>=0.27,<1 # for calls\n\n# more\npillow[xmp]==12.0.0 ; python_version >= "3.10"\n',
  }
  const own = { 'functions/pay/pyproject.toml': '[project]\nname = "pay"\ndependencies = ["stripe~=12.0"]\n' }
  const lines = ['httpx>=0.27,<1', 'pillow[xmp]==12.0.0 ; python_version >= "3.10"']

  test('none', () => {
    expect(read({}, FILE)).toBeNull()
    expect(read({ 'functions/requirements.txt': '# nothing yet\n' }, FILE)).toBeNull()
  })

  test('those in functions/ are for all', () => {
    const file = 'functions/requirements.txt'
    for (const found of [FILE, FOLDER])
      expect(read(shared, found)).toEqual({ lines, lockFile: 'functions/requirements.lock', file })
  })

  test('those of a folder are its own, and instead', () => {
    const file = 'functions/pay/pyproject.toml'
    expect(read({ ...shared, ...own }, FOLDER)).toEqual({
      ...{ lines: ['stripe~=12.0'], lockFile: 'functions/pay/requirements.lock', file },
    })
  })

  test('those of the manifest come on top, with a lock of the function', () => {
    expect(read(shared, FILE, ['boto3'])).toEqual({
      ...{ lines: [...lines, 'boto3'], lockFile: 'functions/pay.lock', file: 'functions/requirements.txt' },
    })
    expect(read({}, FOLDER, ['boto3'])).toEqual({
      ...{ lines: ['boto3'], lockFile: 'functions/pay/requirements.lock', file: 'functions/pay/main.py' },
    })
  })

  test.each([
    '-e .',
    'git+https://example.com/x',
    './local',
    '--index-url=http://evil.example',
    'a @ file:///x',
    '-r more.txt',
  ])('a line is a package of the index: not %s', (line) => {
    expect(read({ 'functions/requirements.txt': `httpx\n${line}\n` }, FILE)).toEqual([
      `functions/requirements.txt:2:1 '${line}' is not a package of the index: write a name and versions, like pillow>=10. The index is the setting functions.registries.python`,
    ])
  })

  test('a pyproject.toml that is none', () => {
    expect(read({ 'functions/pyproject.toml': '[project' }, FILE)).toEqual([
      expect.stringMatching(/^functions\/pyproject\.toml is not TOML: /),
    ])
    expect(read({ 'functions/pyproject.toml': '[project]\ndependencies = "httpx"\n' }, FILE)).toEqual([
      "functions/pyproject.toml 'project.dependencies' must be a list of packages",
    ])
  })
})
