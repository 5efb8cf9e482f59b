import { afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync } from 'node:fs'
import { createProject, type TempProject } from '@koyalite/testkit'
import { createFileTimes } from './file-times'

describe('the times of files', () => {
  let project: TempProject
  const watched = (files: Readonly<Record<string, string>> = {}) => {
    project = createProject({ schema: 'version: 1\ncollections: {}\n', files })
    return createFileTimes(project.dir)
  }
  afterEach(() => project.remove())

  test('say what has changed once nobody else has, and only once', () => {
    const times = watched({ 'functions/a/index.ts': '1' })
    expect([times.look(), times.look()]).toEqual([[], []])
    project.write('schema.yaml', 'version: 1\n')
    project.write('functions/a/index.ts', '22')
    project.write('migrations/001_a.yaml', '')
    project.write('seeds/dev/posts.yaml', '')
    expect(times.look()).toEqual([])
    const changed = ['functions/a/index.ts', 'migrations/001_a.yaml', 'schema.yaml', 'seeds/dev/posts.yaml']
    expect([[...times.look()].sort(), times.look()]).toEqual([changed, []])
  })

  test('say nothing of what somebody has reacted to, and wait for a file that is still being written', () => {
    const times = watched()
    project.write('functions/a.ts', '1')
    expect(times.look()).toEqual([])
    times.seen(['functions/a.ts'])
    expect(times.look()).toEqual([])
    project.write('functions/a.ts', '12')
    expect(times.look()).toEqual([])
    project.write('functions/a.ts', '123')
    expect([times.look(), times.look()]).toEqual([[], ['functions/a.ts']])
  })

  test('a file that is gone has changed; what tools write has not', () => {
    const times = watched({ 'functions/a.ts': '1', 'seeds/posts.yaml': '' })
    rmSync(project.path('functions/a.ts'))
    rmSync(project.path('seeds'), { recursive: true })
    project.write('functions/node_modules/b/index.js', '')
    project.write('functions/.b.ts.swp', '')
    project.write('data/koyalite.db', '')
    mkdirSync(project.path('migrations'))
    expect([times.look(), [...times.look()].sort(), times.look()]).toEqual([
      [],
      ['functions/a.ts', 'seeds/posts.yaml'],
      [],
    ])
  })
})
