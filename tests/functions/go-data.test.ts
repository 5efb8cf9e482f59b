import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  goCache,
  hasGo,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, maxLength: 20 }
      at: { type: timestamp, nullable: true }
      owner_id: { type: uuid, references: users.id, nullable: true, default: auth.id }
    rules: { create: "auth.id != null", read: "doc.owner_id == auth.id", update: "doc.owner_id == auth.id", delete: "doc.owner_id == auth.id" }
  counters:
    fields:
      id: { type: string, primary: true }
      n: { type: int, default: 0 }
    rules: { create: "auth.id != null", read: "auth.id != null", update: "auth.id != null" }
`

const DATA = `package main

import (
	"errors"
	"time"

	db "koyalite.dev/db"
	"koyalite.dev/koyalite"
)

type Input struct {
	Do    string \`json:"do"\`
	Title string \`json:"title,omitempty"\`
}

type Output struct {
	Titles []string \`json:"titles"\`
	Tries  int      \`json:"tries"\`
	Code   string   \`json:"code"\`
}

func main() {
	koyalite.Serve(Data, koyalite.Config{Access: "auth.id != null", Calls: []string{"data"}})
}

func Data(ctx koyalite.Ctx, in Input) (out Output, err error) {
	koya := db.With(ctx.DB())
	switch in.Do {
	case "create":
		at := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
		_, err = koya.Notes.Create(ctx, db.NoteCreate{Title: in.Title, At: db.Value(at)})
	case "list":
		var notes []*db.Note
		notes, err = koya.Notes.Query().Sort(db.NoteFields.Title.Asc()).List(ctx)
		for _, note := range notes {
			out.Titles = append(out.Titles, note.Title)
		}
	case "untyped":
		var notes []struct{ Title string }
		err = ctx.DB().Collection("notes").List(ctx, koyalite.Query{Filter: "title:eq:" + in.Title, Limit: 1}, &notes)
		for _, note := range notes {
			out.Titles = append(out.Titles, note.Title)
		}
	case "missing":
		var note map[string]any
		err = ctx.DB().Collection("notes").Get(ctx, "01234567-89ab-7cde-8123-456789abcdef", &note)
	case "caught":
		_, err = koya.Notes.Create(ctx, db.NoteCreate{Title: "longer than twenty characters"})
		var known *koyalite.Error
		if errors.As(err, &known) && errors.Is(err, db.ErrValidation) {
			out.Code, err = known.Code, nil
		}
	case "admin":
		_, err = db.With(ctx.Admin()).Notes.Query().List(ctx)
	case "both", "half", "panic":
		err = koyalite.Transaction(ctx, func(tx koyalite.Tx) error {
			for _, title := range []string{in.Title + " 1", in.Title + " 2"} {
				if _, err := db.With(tx).Notes.Create(ctx, db.NoteCreate{Title: title}); err != nil {
					return err
				}
			}
			if in.Do == "panic" {
				panic("in a transaction")
			}
			if in.Do == "half" {
				return koyalite.Err("NO", "rolled back")
			}
			return nil
		})
	case "outer":
		err = koyalite.Transaction(ctx, func(tx koyalite.Tx) error {
			_, err := koya.Notes.Query().List(ctx)
			return err
		})
	case "count", "exclusive":
		var options []koyalite.TransactionOption
		if in.Do == "exclusive" {
			options = append(options, koyalite.Exclusive())
		}
		err = koyalite.Transaction(ctx, func(tx koyalite.Tx) error {
			out.Tries++
			counter, err := db.With(tx).Counters.Get(ctx, "c")
			if err != nil {
				return err
			}
			_, err = db.With(tx).Counters.Update(ctx, "c", db.CounterFields.N.Set(counter.N + 1))
			return err
		}, options...)
	case "call":
		err = ctx.Call("data", Input{Do: "list"}, &out)
	case "forbidden":
		err = ctx.Call("other", nil, nil)
	}
	return out, err
}
`

describe.skipIf(!hasGo)('documents in functions in Go', () => {
  let project: TempProject
  let server: ServerProcess
  let admin: Api
  let ada: Api
  const call = (api: Api, what: string, title?: string) =>
    api.post('/api/functions/data', { do: what, ...(title !== undefined && { title }) })
  const titles = async () => expectStatus(await call(ada, 'list'), 200).body.titles as readonly string[]

  beforeAll(async () => {
    project = createProject({
      schema: SCHEMA,
      files: { 'functions/data.go': DATA },
      settings: 'auth: { rate_limit: { register: 1000/minute } }\n',
    })
    server = await startServer(project, { env: { KOYALITE_ENV: 'staging', GOCACHE: goCache() } })
    admin = createApi(server.url, await createKey(project))
    ada = await signUp('ada@example.com')
    const problems = async (): Promise<string> =>
      (await admin.get('/api/admin/functions')).body.functions[0].problems.join('\n')
    await until(async () => !(await problems()).includes('is still being loaded'), { withinMs: 60_000 })
    expect(await problems()).toBe('')
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })
  async function signUp(email: string): Promise<Api> {
    const credentials = { email, password: 'correct horse battery' }
    const { body } = expectStatus(await createApi(server.url).post('/api/auth/register', credentials), 201)
    return createApi(server.url, body.access_token)
  }

  test('have the types of the project’s schema, and the rights of the caller', async () => {
    const bob = await signUp('bob@example.com')
    expectStatus(await call(ada, 'create', 'of ada'), 200)
    expect(await titles()).toEqual(['of ada'])
    expect((await call(ada, 'untyped', 'of ada')).body.titles).toEqual(['of ada'])
    expect((await call(bob, 'list')).body.titles).toEqual([])
    expect((await call(ada, 'call')).body.titles).toEqual(['of ada'])
    const { body } = await admin.list('notes')
    expect(body.docs[0].at).toBe('2026-01-31T10:00:00.000Z')
  })

  test('what the server refuses is the caller’s to see, unless it was caught', async () => {
    expectError(await call(ada, 'missing'), 'NOT_FOUND')
    expectError(await call(ada, 'create', 'longer than twenty characters'), 'VALIDATION_ERROR')
    expect((await call(ada, 'caught')).body.code).toBe('VALIDATION_ERROR')
    for (const what of ['admin', 'forbidden']) expectError(await call(ada, what), 'FUNCTION_ERROR')
  })

  test('a transaction is all or nothing, whatever ends it', async () => {
    const before = await titles()
    const half = await call(ada, 'half', 'half')
    expect([half.status, half.body.error.code]).toEqual([400, 'NO'])
    expectError(await call(ada, 'panic', 'panic'), 'FUNCTION_ERROR')
    const outer = await call(ada, 'outer')
    expect([outer.status, outer.body.error.code]).toEqual([409, 'TRANSACTION_OPEN'])
    expect(await titles()).toEqual(before)
    expectStatus(await call(ada, 'both', 'both'), 200)
    expect(await titles()).toEqual(['both 1', 'both 2', ...before])
  })

  test('20 at once on one counter: all commit, some of them after another try', async () => {
    expectStatus(await admin.post('/api/collections/counters', { id: 'c', n: 0 }), 201)
    const responses = await Promise.all(Array.from({ length: 20 }, () => call(ada, 'count')))
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(responses.some(({ body }) => body.tries > 1)).toBe(true)
    expect((await call(ada, 'exclusive')).body.tries).toBe(1)
    expect((await admin.get('/api/collections/counters/c')).body.n).toBe(21)
  })
})
