import { expect, test } from 'bun:test'
import { BLOG_SCHEMA } from '../testing/blog-world'
import { NOBODY, userFacts } from '../testing/test-world'
import { ruleScope } from './cel-scope'
import { checkCondition } from './check-cel'
import { dependenciesOf } from './dependencies-of'
import { compileStaticDecision, isStaticByRequest } from './static-decision'

const posts = BLOG_SCHEMA.collections.get('posts')
if (posts === undefined) throw new Error('no posts')
const SCOPE = ruleScope(BLOG_SCHEMA, posts, { old: true, requestParts: ['time'] })

test('R18 dependencies are all that a result can hang on', () => {
  const source = `old.status == 'draft' && doc.author.role == auth.role && auth.can('x') && doc.published_at < request.time
    && members.filter(m, m.level > 1).exists(m, m.room == doc.room && m.user.email == auth.metadata.mail)
    && has(doc.room.owner)`
  const found = dependenciesOf(checkCondition(source, SCOPE))
  const lists = (map: ReadonlyMap<string, ReadonlySet<string>>) =>
    Object.fromEntries([...map].map(([name, fields]) => [name, [...fields].sort()]))
  expect(lists(found.rows)).toEqual({ old: ['status'], doc: ['author_id', 'published_at', 'room'] })
  expect([...found.auth].sort()).toEqual(['can', 'metadata', 'role'])
  expect([...found.request]).toEqual(['time'])
  expect([...found.collections]).toEqual(['members'])
  expect(lists(found.fields)).toEqual({
    users: ['email', 'role'],
    members: ['level', 'room', 'user'],
    rooms: ['owner_id'],
  })
  expect(found.references.map(({ from, field, to, key }) => `${from}.${field} → ${to}.${key}`).sort()).toEqual([
    'members.user → users.id',
    'posts.author_id → users.id',
    'posts.room → rooms.id',
    'rooms.owner_id → users.id',
  ])
})

test('R18 today() depends on what request.time does', () => {
  const checked = checkCondition('doc.id == null || doc.published_at > timestamp(today())', SCOPE)
  expect([...dependenciesOf(checked).request]).toEqual(['time'])
  expect(isStaticByRequest(checkCondition("today() < date('2027-01-01') || doc.id == null", SCOPE))).toBe(true)
})

test.each([
  ['true', 'always', 'always'],
  ['auth.id != null', 'never', 'always'],
  ['auth.id != null && doc.author_id == auth.id', 'never', 'depends'],
  ["auth.role == 'admin' || doc.status == 'published'", 'depends', 'depends'],
  ["auth.role == 'user' || doc.status == 'published'", 'depends', 'always'],
  ['auth.metadata.a.b == 1 && doc.views == 1', 'never', 'never'],
  ['!(auth.metadata.a.b == 1 && doc.views == 1)', 'depends', 'depends'],
  ['auth.verified ? doc.views == 1 : false', 'never', 'depends'],
])('R18 what is known early of %s', (source, anonymous, user) => {
  const decide = compileStaticDecision(checkCondition(source, SCOPE))
  expect([decide(NOBODY), decide(userFacts('ann', {}))]).toEqual([anonymous, user] as never)
})
