import { afterEach, describe, expect, test } from 'bun:test'
import { renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { createProject, type TempProject } from '@koyalite/testkit'
import { fingerprintFunctions } from './fingerprint'

const projects: TempProject[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function project(): TempProject {
  const files = { 'functions/a.ts': 'one', 'functions/_shared/b.ts': 'two', 'package.json': '{}', 'lib/c.ts': '' }
  const made = createProject({ files })
  projects.push(made)
  return made
}

describe('the fingerprint of functions', () => {
  test('stays where nothing changes', () => {
    const { dir, path } = project()
    expect(fingerprintFunctions(dir)).toBe(fingerprintFunctions(dir))
    expect(fingerprintFunctions(dir, [path('lib/c.ts')])).toBe(fingerprintFunctions(dir, [path('lib/c.ts')]))
    expect(fingerprintFunctions('/nowhere')).toBe(fingerprintFunctions('/nowhere/else'))
  })

  test.each<[string, (project: TempProject) => void]>([
    ['a write', ({ write }) => write('functions/a.ts', 'eno')],
    ['a write to a shared file', ({ write }) => write('functions/_shared/b.ts', 'TWO')],
    ['a new file', ({ write }) => write('functions/c.yaml', '')],
    ['a new file in a folder', ({ write }) => write('functions/_shared/d/e.ts', '')],
    ['a file that is gone', ({ path }) => rmSync(path('functions/a.ts'))],
    ['another name', ({ path }) => renameSync(path('functions/a.ts'), path('functions/z.ts'))],
    ['other packages', ({ write }) => write('package.json', '[]')],
    ['a write elsewhere that the last build read', ({ write }) => write('lib/c.ts', 'x')],
    ['another link', ({ path }) => symlinkSync('a.ts', path('functions/l.ts'))],
    [
      'an atomic replacement of the same size and time',
      ({ path, write }) => {
        write('functions/.a.ts.swp', 'eno')
        utimesSync(path('functions/a.ts'), 1, 1)
        utimesSync(path('functions/.a.ts.swp'), 1, 1)
        renameSync(path('functions/.a.ts.swp'), path('functions/a.ts'))
      },
    ],
  ])('changes with %s', (_, change) => {
    const made = project()
    const also = [made.path('lib/c.ts')]
    const before = fingerprintFunctions(made.dir, also)
    change(made)
    expect(fingerprintFunctions(made.dir, also)).not.toBe(before)
  })

  test('does not change with files that nobody wrote', () => {
    const { dir, write } = project()
    const before = fingerprintFunctions(dir)
    write('functions/__pycache__/a.pyc', 'x')
    write('data/koyalite.db', 'x')
    expect(fingerprintFunctions(dir)).toBe(before)
  })
})
