import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { arbitrarySchema } from '@koyalite/schema/testing'
import fc from 'fast-check'
import { type ClientField, clientModel } from '../client-model'
import { generateClients } from '../generate-clients'
import { TROUBLESOME_FUNCTIONS } from '../testing/troublesome-functions'
import { schemaOf, troublesomeSchema } from '../testing/troublesome-schema'
import { EXPORTED_NAMES, RUNTIME_FILES } from './runtime-files'
import { type GoModule, goModule, hasGo } from './testing/go-module'

// The first run on a machine compiles the linter.
setDefaultTimeout(300_000)

const modules: GoModule[] = []
afterAll(() => {
  for (const module of modules) module.remove()
})

function moduleOf(files: ReadonlyMap<string, string>): GoModule {
  const module = goModule(files)
  modules.push(module)
  return module
}

const ID = 'id: { type: uuid, primary: true, default: auto }'
const filesOf = (collections: string, types = '') =>
  generateClients(schemaOf(`version: 1\n${types}collections: { ${collections} }`), ['go'])

/** Linters say less of generated code: here, all that they have to say. */
function asIfWritten(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].map(([path, text]) => [path, text.replace(/^\/\/ Code generated.*\n\n/, '')]))
}

/** Where a comment says ✗, and nowhere else, there is an error. */
const MISTAKES = `package main

import "example.com/generated/go/koyalite"

var f, to = koyalite.PostFields, koyalite.PostReferences

func use(koya *koyalite.Client) {
	posts := koya.Posts.Query()
	_ = posts.Filter(f.Title.Eq("x"), f.Status.Eq("draft"), f.Views.Gt(3), to.Author.Where(koyalite.UserFields.Email.Eq("x")))
	_ = posts.Filter(f.Title.Eq(3))                              // ✗
	_ = posts.Filter(f.Views.Gt("3"))                            // ✗
	_ = posts.Filter(f.Titel.Eq("x"))                            // ✗
	_ = posts.Filter(f.Status.Eq(koyalite.StatusPublishd))       // ✗
	_ = posts.Filter(koyalite.UserFields.Email.Eq("x"))          // ✗
	_ = posts.Filter(to.Author.Where(f.Title.Eq("x")))           // ✗
	_ = posts.Filter(f.Title)                                    // ✗
	_ = posts.Filter(f.Picture.Eq(nil))                          // ✗
	_, _ = koya.Posts.Update(nil, "x", f.Views.Inc(1), f.Status.Set(koyalite.StatusDraft), f.AuthorID.SetNull(), koyalite.IfMatch("x"))
	_, _ = koya.Posts.Update(nil, "x", f.ID.Set("y"))            // ✗
	_, _ = koya.Posts.Update(nil, "x", f.Title.SetNull())        // ✗
	_, _ = koya.Posts.Update(nil, "x", f.Title.Inc(1))           // ✗
	_, _ = koya.Posts.Update(nil, "x", f.Tags.Push(1))           // ✗
	_, _ = koya.Posts.Update(nil, "x", koyalite.UserFields.Email.Set("x")) // ✗
	_, _ = koya.Posts.Update(nil, 1, f.Title.Set("x"))           // ✗
	_, _ = koya.Posts.Create(nil, koyalite.PostCreate{Title: "x", Views: koyalite.Int(5), Ratio: koyalite.Float(2)})
	_, _ = koya.Posts.Create(nil, koyalite.PostCreate{Views: 5}) // ✗
	_, _ = koya.Batch(nil, func(b *koyalite.BatchBuilder) {
		user := b.Users.Create(koyalite.UserCreate{Email: "x"})
		post := b.Posts.With(to.Author.To(user)).Create(koyalite.PostCreate{Title: "x"})
		b.Posts.Of(post).Assert(f.Title.Eq("x"), f.AuthorID.IsNotNull())
		b.Posts.With(to.Author.To(user)).Of(post).Update(f.Views.Inc(1))
		b.Posts.Of(user).Delete()                                 // ✗
		b.Posts.With(to.Author.To(post))                          // ✗
		b.Users.With(to.Author.To(user))                          // ✗
		b.Posts.Assert("x", koyalite.UserFields.Email.Eq("x"))    // ✗
	})
	_, _ = koya.Posts.Create(nil, koyalite.PostCreate{Title: koyalite.Null[string]()}) // ✗
	_ = koya.Posts.Delete(nil, "x", koyalite.Expand("author"))   // ✗
}
`

/** Reads a document of each of some types from lines of its input, and writes it again. */
const ECHO = `package main

import (
	"encoding/json"
	"os"

	"example.com/generated/go/koyalite"
)

func echo[D any](in *json.Decoder, out *json.Encoder) {
	var doc D
	if err := in.Decode(&doc); err != nil {
		panic(err)
	}
	if err := out.Encode(doc); err != nil {
		panic(err)
	}
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	echo[koyalite.Word](in, out)
	echo[koyalite.Wide](in, out)
	echo[koyalite.Node](in, out)
}
`

/** Each function with what it takes and returns. */
const CALLS = `package main

import (
	"context"
	"encoding/json"
	"time"

	"example.com/generated/go/koyalite"
)

// is compiles where the value has this type.
func is[T any](value T) T { return value }

func main() {
	koya, err := koyalite.New("http://127.0.0.1:8090")
	if err != nil {
		panic(err)
	}
	ctx, now := context.Background(), time.Now()
	input := koyalite.PublishInput{
		Title: "x",
		At:    koyalite.Value(now),
		Day:   koyalite.Value(koyalite.DateOf(now)),
		Note:  koyalite.Null[string](),
		Lines: koyalite.Value([]koyalite.PublishInputLinesItem{{Pieces: 1, At: koyalite.Value(now)}}),
	}
	out, err := koya.Functions.Publish(ctx, input, koyalite.IdempotencyKey("once"))
	if err != nil {
		panic(err)
	}
	madeAt := is[time.Time](out.MadeAt)
	endedAt := is[*time.Time](out.EndedAt)
	days := is[[]koyalite.Date](out.Days)
	versions := is[map[string][]time.Time](out.Versions)
	either := is[json.RawMessage](out.Either)
	at, err := koya.Functions.SendDigest(ctx)
	if err != nil || at.After(madeAt) {
		panic(err)
	}
	count, err := koya.Functions.Class(ctx, []time.Time{now})
	if err != nil || count == nil {
		panic(err)
	}
	if _, err = koya.Functions.CallFunction(ctx, 1); err != nil {
		panic(err)
	}
	url, err := koya.Functions.GetURLOfID(ctx, json.RawMessage("1"))
	if err != nil {
		panic(err)
	}
	println(url, out.Parts[0].MadeAt.String(), endedAt, days, versions, either)
}
`

/** A value that a field may have. */
function exampleOf({ type, values, json }: ClientField, index: number): unknown {
  if (values !== undefined) return values[index % values.length]
  if (json !== undefined) return null
  const byType = { int: index, float: index / 2, bool: true, timestamp: '2026-01-02T03:04:05.678Z', date: '2026-01-02' }
  return { ...byType, blob: 'AP8=', json: { [`k${index}`]: [1, 'x'] } }[type as never] ?? `value ${index}`
}

describe.skipIf(!hasGo)('compiled', () => {
  test('every field of a schema made for trouble is read and written under its name', () => {
    const schema = troublesomeSchema()
    const module = moduleOf(new Map([...generateClients(schema, ['go']), ['main.go', ECHO]]))
    const collections = new Map(clientModel(schema).map((collection) => [collection.name, collection]))
    const documents = ['words', 'wide', 'nodes'].map((name) => {
      const fields = collections.get(name)?.fields ?? []
      return Object.fromEntries(fields.map((field, i) => [field.name, exampleOf(field, i)]))
    })
    const run = Bun.spawnSync(['go', 'run', '.'], {
      cwd: module.dir,
      stdin: Buffer.from(documents.map((document) => JSON.stringify(document)).join('\n')),
    })
    expect(run.stderr.toString()).toBe('')
    const written = run.stdout.toString().trim().split('\n')
    expect(written.map((line) => JSON.parse(line))).toEqual(documents)
  })

  test('a mistake does not compile', () => {
    const types = 'types: { status: { enum: [draft, published] } }\n'
    const json = '{ type: json, schema: { type: array, items: { type: string } } }'
    const fields = `${ID}, title: { type: string }, status: { type: status, default: draft }, views: { type: int, default: 0 }, ratio: { type: float, default: 0 }, tags: ${json}, picture: { type: blob }, author_id: { type: uuid, references: users.id, nullable: true }`
    const module = moduleOf(new Map([...filesOf(`posts: { fields: { ${fields} } }`, types), ['main.go', MISTAKES]]))
    const errors = module.run('go', 'build', '-gcflags=-e', '.').matchAll(/^\.\/main\.go:(\d+):/gm)
    const lines = MISTAKES.split('\n').flatMap((line, i) => (line.endsWith('✗') ? [i + 1] : []))
    expect([...new Set(Array.from(errors, ([, line]) => Number(line)))]).toEqual(lines)
  })

  test('a schema made for trouble is formatted, and without a finding of vet and staticcheck', () => {
    const module = moduleOf(asIfWritten(generateClients(troublesomeSchema(), ['go'])))
    expect(module.formatProblems()).toBe('')
    expect(module.run('go', 'vet', './...')).toBe('')
    expect(module.staticcheck()).toBe('')
  })

  test('functions made for trouble are formatted, without a finding of vet and staticcheck, and typed', () => {
    const functions = { all: TROUBLESOME_FUNCTIONS, areHere: false }
    const generated = generateClients(troublesomeSchema(), ['go'], {}, functions)
    expect(generated.get('go/koyalite/functions.go')).not.toMatch(/secret|Internal/)
    const module = moduleOf(new Map([...asIfWritten(generated), ['main.go', CALLS]]))
    expect(module.formatProblems()).toBe('')
    expect(module.run('go', 'vet', './...')).toBe('')
    expect(module.staticcheck()).toBe('')
  })

  test('collections called as what the client declares, and as what it declares for others', () => {
    const names = [
      ...EXPORTED_NAMES,
      'Client',
      'New',
      'BatchBuilder',
      'PostCreate',
      'PostChange',
      'PostFields',
      'Posts',
    ]
    const snake = names.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase())
    const collections = [...new Set([...snake, 'posts', 'x_linux', 'x_test'])]
      .filter((name) => name !== 'auth')
      .map((name) => `'${name}': { singular: '${name}', clients: { name: '${name}_all' }, fields: { ${ID} } }`)
    const module = moduleOf(filesOf(collections.join(', ')))
    expect(module.run('go', 'vet', './...')).toBe('')
  })

  test('random schemas', () => {
    const files = new Map<string, string>()
    for (const [i, schema] of fc.sample(arbitrarySchema, 8).entries())
      for (const [path, text] of generateClients(schema, ['go'])) files.set(`s${i}/${path}`, text)
    const module = moduleOf(files)
    expect(module.formatProblems(), module.dir).toBe('')
    expect(module.run('go', 'vet', './...'), module.dir).toBe('')
  })

  test('what is the same for every schema is tested as a package of Go', () => {
    const run = Bun.spawnSync(['go', 'test', './...'], { cwd: `${import.meta.dir}/runtime` })
    expect(run.success ? '' : `${run.stdout}${run.stderr}`).toBe('')
  })
})

test('a module of its own has a go.mod', () => {
  const schema = schemaOf(`version: 1\ncollections: { posts: { fields: { ${ID} } } }`)
  expect(generateClients(schema, ['go'], { go: { module: null } }).has('go/koyalite/go.mod')).toBe(false)
  const files = generateClients(schema, ['go'], { go: { module: 'example.com/shop/koyalite' } })
  expect(files.get('go/koyalite/go.mod')).toBe(
    '// Code generated by koyalite. DO NOT EDIT.\n\nmodule example.com/shop/koyalite\n\ngo 1.24\n',
  )
})

test('the same on each of 20 runs', () => {
  const runs = Array.from({ length: 20 }, () => JSON.stringify([...generateClients(troublesomeSchema(), ['go'])]))
  expect(new Set(runs).size).toBe(1)
})

test('every file of the runtime is part of it', async () => {
  const glob = new Bun.Glob('*.go').scan(`${import.meta.dir}/runtime`)
  const names = (await Array.fromAsync(glob)).filter((name) => !name.endsWith('_test.go'))
  expect(names.map((name) => name.replace('.go', '')).sort()).toEqual(Object.keys(RUNTIME_FILES).sort())
})

test('a change of one field touches the file of its collection; an enum with a name has a file for all', () => {
  const before = filesOf(`posts: { fields: { ${ID}, title: { type: string } } }, tags: { fields: { ${ID} } }`)
  const after = filesOf(
    `posts: { fields: { ${ID}, title: { type: text, nullable: true } } }, tags: { fields: { ${ID} } }`,
  )
  const changed = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path)
  expect(changed.sort()).toEqual(['.koyalite.json', 'go/koyalite/posts.go'])
  const types = 'types: { status: { enum: [draft, published] } }\n'
  const named = filesOf(`posts: { fields: { ${ID}, status: { type: status } } }`, types)
  expect(named.get('go/koyalite/enums.go')).toContain('\tStatusDraft     Status = "draft"\n')
  expect(named.get('go/koyalite/posts.go')).toContain('\tStatus Status `json:"status"`\n')
})
