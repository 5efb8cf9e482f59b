import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { arbitrarySchema } from '@koyalite/schema/testing'
import { hasPython } from '@koyalite/testkit'
import fc from 'fast-check'
import { generateClients } from '../generate-clients'
import { TROUBLESOME_FUNCTIONS } from '../testing/troublesome-functions'
import { schemaOf, troublesomeSchema } from '../testing/troublesome-schema'
import { isortOrder } from './imports'
import { EXPORTED_NAMES } from './init-file'
import { RUNTIME_FILES } from './runtime-files'
import { type PythonProject, pythonProject } from './testing/python-project'
import { RUNTIME, syncRuntime } from './testing/sync-runtime'

// The first run on a machine installs packages.
setDefaultTimeout(300_000)

const projects: PythonProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

function projectOf(files: ReadonlyMap<string, string>): PythonProject {
  const project = pythonProject(files)
  projects.push(project)
  return project
}

const ID = 'id: { type: uuid, primary: true, default: auto }'
const filesOf = (collections: string) =>
  generateClients(schemaOf(`version: 1\ncollections: { ${collections} }`), ['python'])

/** Each line is right, or is marked as an error: one that is not there is an error too. */
const PROGRAM = `from datetime import datetime
from typing import Any, assert_type

from koyalite import Koyalite, Node, NodeFields, User

koya = Koyalite("http://127.0.0.1:8090")
node = koya.nodes.get("x")
assert_type(node, Node)
assert_type(node.at, datetime)
assert_type(node.bytes, bytes | None)
assert_type(node.tags, list[str])
assert_type(node.mine, str | None)
assert_type(node.theirs, str | None)
assert_type(node.ours, str)
assert_type(node.anything, Any)
assert_type(node.create["a"], str)
assert_type(node.author_id_expanded, User | None)
assert_type(node.nodes_by_parent_id, list[Node])
field: NodeFields = "odd"
koya.words.create(class_="x", import_=None, str="s", self="x")
koya.words.create({"class_": "x", "list": "y"})
koya.words.filter({"$or": [{"class_": "x"}, {"list": {"$like": "x%"}}]}, self="x")
koya.nodes.update("x", {"level": {"$inc": 1}, "tags": {"$push": "x"}})
assert_type(koya.words.filter(type="x").fields("type").first(), Any)  # type: ignore[assert-type] # pyright: ignore
koya.nodes.create()  # type: ignore[call-overload] # pyright: ignore
koya.nodes.filter(odd="b-a")  # type: ignore[arg-type] # pyright: ignore
koya.nodes.filter({"level": {"$gt": "3"}})  # type: ignore[arg-type] # pyright: ignore
koya.nodes.filter({"choices": {"$contains": "beta", "$ne": None}}, tags=["x"]).filter(choices=None, tree={})
koya.nodes.filter(tags={"$contains": 3})  # type: ignore[arg-type] # pyright: ignore
koya.nodes.filter(tags={"$contanis": "x"})  # type: ignore[arg-type] # pyright: ignore
koya.nodes.filter({"choices": {"$contains": "nope"}})  # type: ignore[arg-type] # pyright: ignore
koya.nodes.filter(nope=1)  # type: ignore[call-arg] # pyright: ignore
koya.nodes.update("x", id="y")  # type: ignore[call-arg] # pyright: ignore
koya.nodes.update("x", {"tags": {"$push": 1}})  # type: ignore[arg-type] # pyright: ignore
koya.auth.register("a@example.com", "secret", metadata={})
assert_type(koya.auth.anonymous(), User)
koya.auth.register("a@example.com", "secret", naem="Ann")  # type: ignore[call-arg] # pyright: ignore
koya.auth.anonymous(email="a@example.com")  # type: ignore[call-arg] # pyright: ignore
koya.auth.update(metadta=1)  # type: ignore[call-arg] # pyright: ignore
koya.nodes.fields("nope")  # type: ignore[arg-type] # pyright: ignore
node.secret  # type: ignore[attr-defined] # pyright: ignore
`

const CALLS = `from datetime import UTC, date, datetime
from typing import Any, assert_type

from koyalite import AsyncKoyalite, Koyalite, PublishInput, PublishOutput

koya = Koyalite("http://127.0.0.1:8090")
now = datetime.now(UTC)
out = koya.functions.publish(title="x", must=None, at=now, day=now.date())
assert_type(out, PublishOutput)
assert_type(out["made_at"], datetime)
assert_type(out.get("versions"), dict[str, list[datetime]] | None)
assert_type(out.get("days"), list[date] | None)
given: PublishInput = {"title": "x", "must": "y", "class": "z", "odd name": "w"}
koya.with_options(idempotency_key="once").functions.publish(given)
koya.functions.publish(title="x")  # type: ignore[call-overload] # pyright: ignore
koya.functions.publish(title="x", must=None, at="now")  # type: ignore[call-overload] # pyright: ignore
assert_type(koya.functions.send_digest(), datetime)
assert_type(koya.functions.class_([now]), int | None)
assert_type(koya.functions.get_url_of_id(1), str)
assert_type(koya.functions.call("internal", {"a": 1}), Any)
koya.functions.call_(1)
koya.functions.internal()  # type: ignore[attr-defined] # pyright: ignore


async def main() -> None:
    aio = AsyncKoyalite("http://127.0.0.1:8090")
    assert_type(await aio.functions.publish(given), PublishOutput)
    assert_type(await aio.functions.send_digest(), datetime)
`

describe.skipIf(!hasPython)('checked by the tools of Python', () => {
  test('a schema made for trouble, and what its types allow', () => {
    const files = new Map(generateClients(troublesomeSchema(), ['python']))
    const project = projectOf(files.set('python/program.py', PROGRAM))
    expect([project.mypy(), project.pyright()]).toEqual(['', ''])
  })

  test('functions made for trouble, and what their types allow', () => {
    const functions = { all: TROUBLESOME_FUNCTIONS, areHere: false }
    const files = new Map(generateClients(troublesomeSchema(), ['python'], {}, functions))
    expect(files.get('python/koyalite/_functions.py')).not.toMatch(/secret|internal/)
    expect(projectOf(files).ruff()).toBe('')
    const project = projectOf(files.set('python/program.py', CALLS))
    expect([project.mypy(), project.pyright()]).toEqual(['', ''])
  })

  test('is formatted, and without a finding of ruff', () => {
    expect(projectOf(generateClients(troublesomeSchema(), ['python'])).ruff()).toBe('')
  })

  test('collections called as what the client exports', () => {
    const names = ['AsyncPost', 'PostQuery', 'Any', 'Literal', 'TypedDict', 'Sequence', 'Runtime', 'Property']
    const snake = [...EXPORTED_NAMES, ...names]
      .map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase())
      .concat('post')
    const collections = [...new Set(snake)].map((name) => `'${name}': { singular: '${name}', fields: { ${ID} } }`)
    const project = projectOf(filesOf(collections.join(', ')))
    expect([project.mypy(), project.ruff()]).toEqual(['', ''])
  })

  test('random schemas', () => {
    const files = new Map<string, string>()
    for (const [i, schema] of fc.sample(arbitrarySchema, 8).entries())
      for (const [path, text] of generateClients(schema, ['python']))
        files.set(path.replace('/koyalite/', `/s${i}/`), text)
    const project = projectOf(files)
    expect([project.mypy(), project.ruff()], project.dir).toEqual(['', ''])
  })

  test('the runtime without `await` is the one with it: npm run python', () => {
    for (const [path, text] of syncRuntime()) expect(readFileSync(join(RUNTIME, path), 'utf8'), path).toBe(text)
  })
})

test('names of an import are in the order of ruff, for which capitals come last', () => {
  const names = ['name', 'AUpdate', 'AsyncAQuery', 'a10', 'MAX_A', 'AQuery', 'a2']
  expect(names.sort(isortOrder)).toEqual(['MAX_A', 'AQuery', 'AsyncAQuery', 'AUpdate', 'a2', 'a10', 'name'])
})

test('the same on each of 20 runs', () => {
  const runs = Array.from({ length: 20 }, () => JSON.stringify([...generateClients(troublesomeSchema(), ['python'])]))
  expect(new Set(runs).size).toBe(1)
})

test('every file of the runtime is part of it', async () => {
  const names = await Array.fromAsync(new Bun.Glob('**/*.py').scan(RUNTIME))
  expect(names.sort()).toEqual(Object.keys(RUNTIME_FILES).sort())
})

test('the package has the name that the settings say', () => {
  const schema = schemaOf(`version: 1\ncollections: { posts: { fields: { ${ID} } } }`)
  const files = generateClients(schema, ['python'], { python: { package: 'shop_api' } })
  expect([...files.keys()]).toContain('python/shop_api/posts.py')
  expect([...files.keys()].filter((path) => path.includes('koyalite/'))).toEqual([])
})

test('a change of one field touches the file of its collection', () => {
  const before = filesOf(`posts: { fields: { ${ID}, title: { type: string } } }, tags: { fields: { ${ID} } }`)
  const after = filesOf(
    `posts: { fields: { ${ID}, title: { type: text, nullable: true } } }, tags: { fields: { ${ID} } }`,
  )
  const changed = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path)
  expect(changed.sort()).toEqual(['.koyalite.json', 'python/koyalite/posts.py'])
})
