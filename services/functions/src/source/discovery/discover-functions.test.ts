import { afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createProject, type TempProject } from '@koyalite/testkit'
import { discoverFunctions } from './discover-functions'
import type { FoundEntry } from './found-entry'

const projects: TempProject[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function projectOf(...files: readonly string[]): TempProject {
  const project = createProject({ files: Object.fromEntries(files.map((file) => [`functions/${file}`, ''])) })
  projects.push(project)
  return project
}

function line(entry: FoundEntry): string {
  switch (entry.kind) {
    case 'function':
      return `${entry.path} = ${entry.name} (${entry.language}, ${entry.entry}, ${entry.manifest})`
    case 'other':
      return `${entry.path} ${entry.reason}`
    case 'fault':
      return `${entry.path} ! ${entry.message}`
  }
}

function found(...files: readonly string[]): readonly string[] {
  return discoverFunctions(projectOf(...files).dir).map(line)
}

describe('the folder of functions', () => {
  test('may be missing, empty, or a file', () => {
    const project = projectOf()
    expect(discoverFunctions(project.dir)).toEqual([])
    mkdirSync(project.path('functions'))
    expect(discoverFunctions(project.dir)).toEqual([])
    const other = projectOf()
    writeFileSync(other.path('functions'), '')
    expect(discoverFunctions(other.dir)).toEqual([])
  })

  test('has functions of each form, with their manifests', () => {
    expect(
      found(
        'createPost.ts',
        'createPost.yaml',
        'old.js',
        'm.mjs',
        'image.py',
        'report.go',
        'shop/index.ts',
        'shop/cart.ts',
        'ml/main.py',
        'ml.yml',
        'send-digest/main.go',
      ),
    ).toEqual([
      'functions/createPost.ts = createPost (javascript, functions/createPost.ts, functions/createPost.yaml)',
      'functions/createPost.yaml is the manifest of createPost',
      'functions/image.py = image (python, functions/image.py, null)',
      'functions/m.mjs = m (javascript, functions/m.mjs, null)',
      'functions/ml = ml (python, functions/ml/main.py, functions/ml.yml)',
      'functions/ml.yml is the manifest of ml',
      'functions/old.js = old (javascript, functions/old.js, null)',
      'functions/report.go = report (go, functions/report.go, null)',
      'functions/send-digest = send-digest (go, functions/send-digest/main.go, null)',
      'functions/shop = shop (javascript, functions/shop/index.ts, null)',
    ])
  })

  test('lists whatever else is in it, and why', () => {
    expect(
      found(
        '_shared/x.ts',
        '_draft.ts',
        'pay.test.ts',
        'pay_test.go',
        'types.d.ts',
        'page.tsx',
        'notes.txt',
        '.npmrc',
        '.env',
        'package.json',
        'node_modules/x/index.js',
        'go.mod',
        'lib/x.ts',
        'pnpm-lock.yaml',
        '_x.yaml',
        'README',
      ),
    ).toEqual([
      "functions/.env begins with '.'",
      "functions/.npmrc begins with '.'",
      'functions/README functions are written in .ts, .js, .mjs, .py, .go files',
      "functions/_draft.ts begins with '_': it is shared by functions",
      "functions/_shared begins with '_': it is shared by functions",
      "functions/_x.yaml begins with '_': it is shared by functions",
      'functions/go.mod belongs to tools and package managers',
      "functions/lib has none of index.ts, index.js, index.mjs, main.py, main.go (a folder that is shared begins with '_')",
      'functions/node_modules belongs to tools and package managers',
      'functions/notes.txt functions are written in .ts, .js, .mjs, .py, .go files',
      'functions/package.json belongs to tools and package managers',
      'functions/page.tsx functions are not written in .tsx files: use .ts',
      'functions/pay.test.ts is a test',
      'functions/pay_test.go is a test',
      'functions/pnpm-lock.yaml belongs to tools and package managers',
      'functions/types.d.ts has types only',
    ])
  })

  test('refuses names that cannot be served', () => {
    expect(
      found(
        'Pay.ts',
        'send mail.py',
        'then.js',
        'constructor.ts',
        'executions.ts',
        '9lives.go',
        'zahlung-ü.ts',
        'a.b.ts',
      ),
    ).toEqual([
      "functions/9lives.go ! '9lives' is not a name of a function: use letters, digits, '-' and '_', at most 63 characters, starting with a lower-case letter (for example 'lives')",
      "functions/Pay.ts ! 'Pay' is not a name of a function: use letters, digits, '-' and '_', at most 63 characters, starting with a lower-case letter (for example 'pay')",
      "functions/a.b.ts ! 'a.b' is not a name of a function: use letters, digits, '-' and '_', at most 63 characters, starting with a lower-case letter (for example 'a-b')",
      "functions/constructor.ts ! a function cannot be called 'constructor': it is a property of JavaScript objects",
      "functions/executions.ts ! a function cannot be called 'executions': /api/admin/functions/executions is an address of the server",
      "functions/send mail.py ! 'send mail' is not a name of a function: use letters, digits, '-' and '_', at most 63 characters, starting with a lower-case letter (for example 'send-mail')",
      "functions/then.js ! a function cannot be called 'then': it is a property of JavaScript objects",
      "functions/zahlung-ü.ts ! 'zahlung-ü' is not a name of a function: use letters, digits, '-' and '_', at most 63 characters, starting with a lower-case letter (for example 'zahlung')",
    ])
  })

  test('two files of one name are served neither, whatever their order', () => {
    expect(found('pay.ts', 'pay.py', 'pay/index.ts', 'pay.yaml', 'ok.ts')).toEqual([
      'functions/ok.ts = ok (javascript, functions/ok.ts, null)',
      'functions/pay ! has the same name as functions/pay.py and functions/pay.ts: rename or remove one',
      'functions/pay.py ! has the same name as functions/pay and functions/pay.ts: rename or remove one',
      'functions/pay.ts ! has the same name as functions/pay and functions/pay.py: rename or remove one',
      'functions/pay.yaml belongs to pay, which is not served',
    ])
    expect(found('shop/index.ts', 'shop/main.py')).toEqual([
      'functions/shop ! has index.ts and main.py: a function begins with one file',
    ])
  })

  test('a manifest of nothing is an error', () => {
    expect(found('publish.ts', 'publsh.yaml', 'publish.yaml', 'publish.yml')).toEqual([
      'functions/publish.ts = publish (javascript, functions/publish.ts, functions/publish.yaml)',
      'functions/publish.yaml is the manifest of publish',
      'functions/publish.yml ! is a second manifest of publish, beside publish.yaml',
      "functions/publsh.yaml ! is the manifest of no function: there is no publsh.ts, .js, .mjs, .py, .go or folder publsh/ (did you mean 'publish'?)",
    ])
  })

  test('links stay inside', () => {
    const project = projectOf('a.ts', '_shared/b.ts')
    project.write('lib/outside.ts', '')
    const link = (target: string, name: string) => symlinkSync(target, project.path(`functions/${name}`))
    link('a.ts', 'alias.ts')
    link('../lib/outside.ts', 'out.ts')
    link('/etc/passwd', 'passwd.ts')
    link('..', 'up')
    link('nowhere.ts', 'broken.ts')
    link('loop.ts', 'loop.ts')
    expect(discoverFunctions(project.dir).map(line)).toEqual([
      "functions/_shared begins with '_': it is shared by functions",
      'functions/a.ts = a (javascript, functions/a.ts, null)',
      'functions/alias.ts = alias (javascript, functions/alias.ts, null)',
      'functions/broken.ts ! is a link that leads nowhere',
      'functions/loop.ts ! is a link that leads nowhere',
      'functions/out.ts ! is a link that leads out of functions/: copy what it leads to',
      'functions/passwd.ts ! is a link that leads out of functions/: copy what it leads to',
      'functions/up ! is a link that leads out of functions/: copy what it leads to',
    ])
  })
})
