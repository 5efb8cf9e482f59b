import { describe, expect, test } from 'bun:test'
import { formatProblem, parseSchema, type Schema } from '@koyalite/schema'
import { checkRules, hasUsableRules, rulesOf, ruleWarnings } from './schema-rules'

/** Line 3 has the first definition, line 20 the read rule of rooms. */
function schemaOf(definitions: readonly string[], rules: Readonly<Record<string, string>> = {}): Schema {
  const lines = [
    ...definitions.map((line) => `  ${line}`),
    ...Array.from({ length: 6 - definitions.length }, () => '  '),
  ]
  const text = `version: 1
definitions:
${lines.join('\n')}
collections:
  members:
    fields: { id: { type: int, primary: true, default: auto }, workspace_id: { type: string }, user_id: { type: uuid }, level: { type: int } }
  rooms:
    fields:
      id: { type: string, primary: true }
      workspace_id: { type: string }
      status: { type: string, enum: [open, closed] }
      private: { type: bool, default: false }
      secret: { type: string, read: ${JSON.stringify(rules.secret ?? 'true')} }
    rules:
      read: ${JSON.stringify(rules.read ?? 'true')}
      update: ${JSON.stringify(rules.update ?? 'true')}
    policies:
      - { name: p, on: [delete], effect: permit, using: ${JSON.stringify(rules.delete ?? 'true')} }
`
  const parsed = parseSchema(text, { file: 's' })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.schema
}

function problems(definitions: readonly string[], rules: Readonly<Record<string, string>> = {}): readonly string[] {
  return checkRules(schemaOf(definitions, rules), { file: 's' }).map(formatProblem)
}

const MEMBER = `"is_member(workspace)": "members.exists(m, m.workspace_id == workspace && m.user_id == auth.id)"`

describe('definitions', () => {
  test('are called in rules, policies and rules of fields, with fields, documents, collections and the caller', () => {
    expect(
      problems(
        [
          MEMBER,
          `"is_open(room)": "room.status == 'open' && !room.private"`,
          `"mine(rows)": "rows.filter(r, r.user_id == auth.id)"`,
          `"may(who)": "who.can('x') && who.id != null"`,
          `"workspace(room)": "room.workspace_id"`,
          `"unchanged()": "old.workspace_id == doc.workspace_id"`,
        ],
        {
          read: 'is_member(doc.workspace_id) && is_open(doc) || may(auth)',
          update: 'unchanged() && is_open(old) && mine(members).exists(m, m.workspace_id == workspace(old))',
          delete: 'is_member(workspace(doc)) && rooms.exists(r, is_open(r)) && size(mine(members)) > 1',
          secret: 'is_member(doc.workspace_id)',
        },
      ),
    ).toEqual([])
  })

  test('an error in one names it and every place that uses it, once', () => {
    const broken = MEMBER.replace('m.workspace_id', 'm.workspce_id')
    expect(
      problems([broken, `"is_in(room)": "is_member(room.workspace_id)"`], {
        read: 'is_member(doc.workspace_id)',
        update: 'true && is_member(old.workspace_id) || is_in(doc)',
        secret: 'is_in(doc)',
      }),
    ).toEqual([
      "s:3:48 in definition 'is_member', used at 4:19, 18:38, 20:14, 21:24: unknown field 'workspce_id' of members (did you mean 'workspace_id'?)",
    ])
    expect(problems([`"f(a)": "a =="`], { read: 'f(1)' })).toEqual([
      "s:3:16 in definition 'f', used at 20:14: unexpected token: the end",
    ])
  })

  test('what is wrong in one place only is said of that place', () => {
    expect(problems([MEMBER], { read: 'is_member(doc.workspace_id)', update: 'is_member(doc.private)' })).toEqual([
      "s:3:46 in definition 'is_member', used at 21:16: string == bool is not supported",
    ])
    expect(problems([MEMBER], { read: 'is_member(doc)', update: 'is_member(doc.id)' })).toEqual([
      "s:3:64 in definition 'is_member', used at 20:14: 'workspace' is a document of rooms in this call: pass one of its fields",
    ])
    expect(problems([`"is(status)": "doc.status == status"`], { read: "is('opne')" })).toEqual([
      "s:20:17 status is never 'opne' (did you mean 'open'?): it is one of open, closed",
    ])
    expect(problems([`"f()": "doc.workspace_id"`], { read: 'f()', update: '!f()' })).toEqual([
      's:20:14 the expression must be a bool, this is a string',
      's:21:17 ! takes bools, this is a string',
    ])
    expect(problems([`"f()": "old.private"`], { read: 'f()', update: 'f()' })).toEqual([
      "s:3:11 in definition 'f', used at 20:14: unknown name 'old' (only rules of update have the document before)",
    ])
    expect(problems([`"f()": "request.ip == 'x'"`], { read: 'f()', update: 'f()' })).toEqual([
      "s:3:11 in definition 'f', used at 20:14: request.ip cannot be used here, only request.time",
    ])
  })

  test('one that nothing uses is checked for syntax and names, not for types', () => {
    expect(
      problems([`"f(a)": "a.b.c == doc.x && old.y > a && a.can('x') && a.exists(b, b.c) && size(a) > 1"`]),
    ).toEqual([])
    expect(problems([`"f(a)": "g(a) && doc.x"`, `"g(a)": "doc.y == a"`])).toEqual([])
    expect(problems([`"f(a)": "a && b"`])).toEqual(["s:3:17 in definition 'f': unknown name 'b'"])
    expect(problems([`"f(a)": "a &&"`])).toEqual(["s:3:16 in definition 'f': unexpected token: the end"])
    expect(problems([`"f(a)": "member.exists(m, m.level == a)"`])).toEqual([
      "s:3:12 in definition 'f': unknown name 'member' (did you mean 'members'?)",
    ])
    expect(problems([`"f(a)": "members.exists(m, m.levl == a)"`])).toEqual([
      "s:3:32 in definition 'f': unknown field 'levl' of members (did you mean 'level'?)",
    ])
    expect(problems([`"f(a)": "a.startWith('x')"`])).toEqual([
      "s:3:12 in definition 'f': unknown function 'startWith' (did you mean 'startsWith'?)",
    ])
    expect(hasUsableRules(schemaOf([`"f(a)": "a &&"`]))).toBe(true)
    expect(hasUsableRules(schemaOf([`"f(a)": "a &&"`], { read: 'f(true)' }))).toBe(false)
  })

  test('none calls itself, by whatever way', () => {
    expect(problems([`"f(a)": "f(a)"`])).toEqual([
      "s:3:12 in definition 'f': recursive definitions are not allowed (f → f)",
    ])
    const circle = problems([`"f()": "!g()"`, `"g()": "h()"`, `"h()": "f()"`], { read: 'f()' })
    expect(circle).toHaveLength(3)
    expect(circle[2]).toBe(
      "s:5:11 in definition 'h', used at 3:12, 20:14: recursive definitions are not allowed (f → g → h → f)",
    )
    // An argument is an expression of the place: this is no recursion.
    expect(problems([`"f(a)": "!a"`], { read: 'f(f(f(doc.private)))' })).toEqual([])
  })

  test.each([
    ['members', 'a collection'],
    ['size', 'a function'],
    ['can', 'a function'],
    ['exists', 'a macro'],
    ['has', 'a macro'],
    ['doc', 'a name that rules begin with'],
    ['auth', 'a name that rules begin with'],
    ['string', 'a function'],
    ['list', 'a type'],
    ['in', 'a reserved word'],
    ['if', 'a reserved word'],
  ])('none is named %s', (name, meaning) => {
    expect(problems([`"${name}(a)": "true"`])).toEqual([
      `s:3:3 a definition cannot be named '${name}': that is ${meaning}`,
    ])
  })

  test.each(['auth', 'request', 'in', 'null', 'for'])('no parameter is named %s', (name) => {
    expect(problems([`"f(${name})": "true"`])).toEqual([
      `s:3:3 a parameter cannot be named '${name}': that has a meaning in every rule`,
    ])
  })

  test('a call that is none says what would be one', () => {
    expect(problems([MEMBER], { read: 'isMember(doc.workspace_id)' })).toEqual([
      "s:20:14 unknown function 'isMember' (did you mean 'is_member'?)",
    ])
    expect(problems([MEMBER], { read: 'is_member()' })).toEqual([
      's:20:14 is_member(workspace) takes 1 argument, not 0',
    ])
    expect(problems([MEMBER], { read: 'doc.is_member()' })).toEqual([
      's:20:14 a definition is called by its name alone: is_member(workspace)',
    ])
    expect(problems([MEMBER], { read: 'doc.workspace_id.is_member()' })).toEqual([
      's:20:14 a definition is called by its name alone: is_member(workspace)',
    ])
    expect(problems([], { read: 'isOwner(doc)' })).toEqual([
      `s:20:14 unknown function 'isOwner': define it at the top of schema.yaml, like definitions: { "isOwner(doc)": "…" }`,
    ])
    expect(problems([], { read: "hasRole(doc.workspace_id, 'editor')" })).toEqual([
      `s:20:14 unknown function 'hasRole': define it at the top of schema.yaml, like definitions: { "hasRole(workspace_id, p2)": "…" }`,
    ])
    expect(problems([], { read: "f(auth, doc.id, r.id, 'x')" })[0]).toContain('"f(p1, id, p3, p4)"')
    expect(problems([MEMBER], { read: 'is_member && doc.private' })).toEqual([
      "s:20:14 unknown name 'is_member': it is a definition, which is called: is_member(workspace)",
    ])
    expect(problems([], { read: "doc.status = 'open'" })).toEqual([
      "s:20:25 unexpected character: = (did you mean '=='?)",
    ])
    expect(problems([], { read: 'doc.private and doc.private' })).toEqual([
      "s:20:26 unexpected token: 'and' (did you mean '&&'?)",
    ])
  })

  test('limits hold for the whole, with its definitions', () => {
    const doubling = Array.from({ length: 5 }, (_, i) => `"d${i + 1}(a)": "d${i}(a) || d${i}(!a)"`)
    expect(problems([`"d0(a)": "a || !a"`, ...doubling], { read: 'd5(doc.private)' })).toEqual([])
    const body = Array.from({ length: 8 }, () => 'd2(a)').join(' || ')
    expect(
      problems(
        [
          `"d0(a)": "${body}"`.replaceAll('d2(a)', 'a'),
          `"d1(a)": "${body.replaceAll('d2', 'd0')}"`,
          `"d2(a)": "${body.replaceAll('d2', 'd1')}"`,
          `"d3(a)": "${body}"`,
        ],
        { read: 'd3(doc.private)' },
      ),
    ).toEqual([
      "s:5:13 in definition 'd2': with its definitions, the expression has more than 1500 parts",
      "s:6:13 in definition 'd3': with its definitions, the expression has more than 1500 parts",
      's:20:14 with its definitions, the expression has more than 1500 parts',
    ])
    const deep = `"f(a)": "${'!('.repeat(20)}a${')'.repeat(20)}"`
    expect(problems([deep], { read: 'f(f(doc.private))' })).toEqual([])
    expect(problems([deep], { read: 'f(f(f(doc.private)))' })).toEqual([
      's:20:14 with its definitions, the expression is nested more than 48 levels deep',
    ])
  })

  test('a chain of them that would grow without end is refused at once', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `  "d${i + 1}(a)": "d${i}(d${i}(a))"`)
    const text = `version: 1\ndefinitions:\n  "d0(a)": "a"\n${lines.join('\n')}\ncollections: { users: { rules: { read: "d40(true)" } } }\n`
    const parsed = parseSchema(text, { file: 's' })
    if (!parsed.ok) throw new Error('the schema is valid')
    const found = checkRules(parsed.schema, { file: 's' }).map(({ message }) => message)
    expect(found.at(-1)).toBe('with its definitions, the expression has more than 1500 parts')
  })

  test('circles and chains are refused at once, however long', () => {
    for (const closing of ['c0()', 'true']) {
      const lines = Array.from({ length: 400 }, (_, i) => `  "c${i}()": "${i < 399 ? `c${i + 1}()` : closing}"`)
      const text = `version: 1\ndefinitions:\n${lines.join('\n')}\ncollections: { users: { rules: { read: "c0()" } } }\n`
      const parsed = parseSchema(text, { file: 's' })
      if (!parsed.ok) throw new Error('the schema is valid')
      const found = checkRules(parsed.schema, { file: 's' }).map(({ message }) => message)
      expect(found[0]).toMatch(/: definitions may call one another at most 48 levels deep$/)
    }
  })

  test('warnings are about the place where something can be done', () => {
    const schema = schemaOf(
      [
        `"blocked(id)": "members.exists(m, m.user_id == auth.id && m.workspace_id == id)"`,
        `"red()": "auth.metadata.red && doc.private"`,
      ],
      { read: '!blocked(doc.workspace_id)', update: 'red()' },
    )
    expect(ruleWarnings(schema, { file: 's' }).map(formatProblem)).toEqual([
      "s:4:13 in definition 'red', used at 21:16: users can write auth.metadata themselves, so it must not grant access: use auth.claims",
      expect.stringMatching(/^s:20:15 'blocked\(doc\.workspace_id\)' compares an identity/),
    ])
  })

  test('a rule depends on what its definitions look at, and says which they are', () => {
    const schema = schemaOf([`"f(room)": "is_member(room.workspace_id) && auth.verified"`, MEMBER], { read: 'f(doc)' })
    const rooms = schema.collections.get('rooms')
    const rule = rooms && rulesOf(schema).get(rooms)?.operations.read.permits[0]?.using
    expect([...(rule?.dependencies.rows.get('doc') ?? [])]).toEqual(['workspace_id'])
    expect([...(rule?.dependencies.auth ?? [])].sort()).toEqual(['id', 'verified'])
    expect([...(rule?.readsCollections ?? [])]).toEqual(['members'])
    expect(rule?.checked.definitions.map(({ name }) => name)).toEqual(['f', 'is_member'])
  })
})
