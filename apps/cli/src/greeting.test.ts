import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { emptySchema } from '@koyalite/schema'
import { greeting } from './greeting'

const PATHS = new Set(['/api', '/api/docs'])
const greeted = (dir: string, setupLink: string | null = null) =>
  greeting({
    name: 'blog',
    url: 'http://127.0.0.1:8090',
    studioUrl: 'http://127.0.0.1:8090/_/',
    dir,
    schema: emptySchema(),
    paths: PATHS,
    setupLink,
  }).join('\n')

test('files are named as one would type them here', () => {
  expect(greeted('examples/blog')).toContain(`Save ${join('examples', 'blog', 'schema.yaml')}, and`)
  expect(greeted(join(process.cwd(), 'app'))).toContain(`Save ${join('app', 'schema.yaml')}, and`)
  expect(greeted('.')).toContain('Save schema.yaml, and')
  expect(greeted('/srv/blog')).toContain('Save /srv/blog/schema.yaml, and')
})

test('places that are served are named, and no others', () => {
  expect(greeted('.')).toContain('  Docs     http://127.0.0.1:8090/api/docs')
  expect(greeted('.')).toContain('  Studio   http://127.0.0.1:8090/_/')
  expect(greeted('.')).not.toContain('OpenAPI')
})

test('whoever may become the first operator is told where', () => {
  expect(greeted('.', 'http://127.0.0.1:8090/_/auth/setup#token=x')).toContain('/_/auth/setup#token=x')
  expect(greeted('.')).not.toContain('Setup')
})
