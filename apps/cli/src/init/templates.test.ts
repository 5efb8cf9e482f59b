import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Api,
  createApi,
  createProject,
  expectError,
  expectStatus,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { TEMPLATE_NAMES, TEMPLATES } from './templates'

setDefaultTimeout(60_000)

/** What anybody may read of each template's seeds. */
const PUBLIC = { basic: 'notes', blog: 'posts', saas: 'plans' } as const

describe.each([...TEMPLATE_NAMES])('a project made from the template %s', (template) => {
  let parent: TempProject
  let server: ServerProcess | undefined
  let anonymous: Api
  const hasRuleTests = Object.keys(TEMPLATES[template].files).some((file) => file.startsWith('rules/'))
  const dir = () => join(parent.dir, 'made')
  beforeAll(async () => {
    parent = createProject()
    for (const args of [
      ['init', dir(), '--template', template],
      ['db', 'seed', '--dir', dir()],
      ...(hasRuleTests ? [['rules', 'test', '--dir', dir()]] : []),
    ]) {
      const { code, stdout, stderr } = await runKoyalite(args)
      expect({ args, code, output: code === 0 ? '' : stdout + stderr }).toEqual({ args, code: 0, output: '' })
    }
    server = await startServer({ ...parent, dir: dir() })
    anonymous = createApi(server.url)
  })
  afterAll(async () => {
    await server?.kill('SIGTERM')
    parent.remove()
  })

  test('loads, takes its seeds, passes its rule tests where it has some, and answers', async () => {
    expect(expectStatus(await anonymous.list(PUBLIC[template]), 200).body.docs.length).toBeGreaterThan(0)
  })

  if (template !== 'blog') return

  test('has users with roles that matter', async () => {
    const posts = (await anonymous.list('posts', { expand: 'author,comments' })).body.docs
    expect(posts).toMatchObject([{ published: true, author: { name: 'Mara Lindqvist' }, comments: [{}] }])
    expect(posts[0].author).not.toHaveProperty('email')
    const account = { email: 'you@example.com', password: 'correct horse battery', name: 'You' }
    const { user, access_token } = expectStatus(await anonymous.post('/api/auth/register', account), 201).body
    const you = createApi(anonymous.url, access_token)
    const comment = { post_id: posts[0].id, author_id: user.id, content: 'Overnight.' }
    expectStatus(await you.post('/api/collections/comments', comment), 201)
    expectError(await you.post('/api/collections/comments', { ...comment, author_id: posts[0].author_id }), 'FORBIDDEN')
    expectError(await you.patch('/api/auth/me', { role: 'admin' }), 'VALIDATION_ERROR')
    expectError(await you.delete(`/api/collections/comments/${posts[0].comments[0].id}`), 'FORBIDDEN')
    const made = await runKoyalite(
      ['users', 'create', 'mod@example.com', '--role', 'moderator', '--password-stdin', '--dir', dir()],
      { stdin: account.password },
    )
    expect(made.code).toBe(0)
    const login = { email: 'mod@example.com', password: account.password }
    const moderator = createApi(anonymous.url, (await anonymous.post('/api/auth/login', login)).body.access_token)
    expectStatus(await moderator.delete(`/api/collections/comments/${posts[0].comments[0].id}`), 204)
  })
})

test('the blog of the template and the one of the examples have the same rules', () => {
  const example = (path: string) => readFileSync(join(import.meta.dir, '../../../../examples/blog', path), 'utf8')
  const { files } = TEMPLATES.blog
  expect(files['schema.yaml']).toBe(example('schema.yaml'))
  const cases = (text = '') => text.slice(text.indexOf('\n'))
  expect(cases(files['rules/blog.test.yaml'])).toBe(cases(example('rules/blog.test.yaml')))
})
