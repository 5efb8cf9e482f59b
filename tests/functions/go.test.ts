import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { expectError, expectStatus, goCache, hasGo, until, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
    rules: { create: "true", read: "true" }
`

const HELLO = `package main

import (
	"fmt"
	"log"
	"log/slog"
	"os"
	"sync"
	"time"

	"functions/_shared/shout"
	"koyalite.dev/koyalite"
)

type Input struct {
	Name  string     \`json:"name" koya:"max=20"\`
	Since *time.Time \`json:"since"\`
	Tags  []string   \`json:"tags,omitempty"\`
}

type Output struct {
	Said string   \`json:"said"\`
	Tags []string \`json:"tags"\`
	Data []byte   \`json:"data"\`
}

func main() { koyalite.Serve(Hello, koyalite.Config{Access: "true", Env: map[string]string{"TOKEN": "\${SECRET_TOKEN}"}}) }

func Hello(ctx koyalite.Ctx, in Input) (Output, error) {
	log.Print("greets ", in.Name)
	switch in.Name {
	case "refuse":
		return Output{}, koyalite.Err("NO_SUCH_NAME", "nobody is called that", koyalite.Status(409),
			koyalite.Details(map[string]string{"name": in.Name}))
	case "throw":
		return Output{}, fmt.Errorf("a secret of the code")
	case "panic":
		var none map[string]int
		none["a"] = 1
	case "exit":
		log.Fatal("ends here")
	case "wait":
		<-ctx.Done()
		return Output{}, ctx.Err()
	case "logs":
		var all sync.WaitGroup
		for at := range 100 {
			all.Go(func() { slog.Info("line", "at", at, "of", in.Tags[0]) })
		}
		all.Wait()
	case "environment":
		return Output{Said: ctx.Env()["TOKEN"], Tags: os.Environ()}, nil
	}
	return Output{Said: shout.Shout(in.Name), Data: []byte{0, 255}}, nil
}
`

const HOOK = `package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"

	"koyalite.dev/koyalite"
)

func main() {
	koyalite.ServeHTTP(http.HandlerFunc(hook), koyalite.Config{Access: "true", Auth: "none", Route: "/hooks/go"})
}

func hook(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("panic") {
		panic("in a handler")
	}
	hash := sha256.New()
	_, _ = io.Copy(hash, r.Body)
	w.Header().Add("Set-Cookie", "a=1")
	w.Header().Add("Set-Cookie", "b=2; Path=/")
	w.Header().Set("Koyalite-Execution", "forged")
	w.WriteHeader(202)
	fmt.Fprintf(w, "%s %s %x %v", r.Method, r.URL.Path, hash.Sum(nil), koyalite.FromRequest(r).Auth() == nil)
}
`

const FILES = {
  'functions/_shared/shout/shout.go': `// Package shout is shared.
package shout

import "strings"

// Shout says it louder.
func Shout(text string) string { return strings.ToUpper(text) + "!" }
`,
  'functions/hello/main.go': HELLO,
  'functions/hook.go': HOOK,
  'functions/broken.go': 'package main\n\nfunc main() {\n\tfmt.Println(1)\n}\n',
  'functions/untyped.go': `package main

import "koyalite.dev/koyalite"

func main() {
	koyalite.Serve(func(ctx koyalite.Ctx, in struct{ Done chan int }) (any, error) { return nil, nil })
}
`,
  '.env': 'SECRET_TOKEN=a-very-secret-token-indeed\nOTHER_SECRET=of-the-server\n',
}

describe.skipIf(!hasGo)('functions in Go', () => {
  const server = useServer({ schema: SCHEMA, files: FILES, env: hasGo ? { GOCACHE: goCache() } : {} })
  const call = (name: string, input: unknown) => server.anonymous.post(`/api/functions/${name}`, input)
  const hello = (name: string, more: object = {}) => call('hello', { name, ...more })
  const listed = async (): Promise<readonly { name: string; problems: string[] }[]> =>
    expectStatus(await server.api.get('/api/admin/functions'), 200).body.functions
  const lastExecution = async () => {
    const { body } = await server.api.get('/api/admin/functions/executions?function=hello')
    return body.executions[0]
  }

  test('are built when the server starts, and answer with their output', async () => {
    await until(async () => !JSON.stringify(await listed()).includes('is still being loaded'), { withinMs: 60_000 })
    const response = expectStatus(await hello('ada', { since: '2026-01-31T10:00:00Z', tags: ['a'] }), 200)
    expect(response.body).toEqual({ said: 'ADA!', tags: [], data: 'AP8=' })
    const { body } = await server.api.get(
      `/api/admin/functions/executions/${response.headers.get('koyalite-execution')}`,
    )
    expect(body).toMatchObject({ status: 'ok', logs: [{ level: 'info', message: 'greets ada' }] })
  })

  test('are not run for an input that is not as their types say', async () => {
    const response = await hello('x'.repeat(21), { since: 'yesterday', more: 1 })
    expectError(response, 'VALIDATION_ERROR')
    const fields = response.body.error.details.map(({ field }: { field: string }) => field)
    expect(fields.sort()).toEqual(['more', 'name', 'since'])
  })

  test('their own errors are their caller’s; others have a place in the log', async () => {
    const refused = await hello('refuse')
    expect(refused.status).toBe(409)
    expect(refused.body.error).toMatchObject({ code: 'NO_SUCH_NAME', details: { name: 'refuse' } })
    const failed = await hello('throw')
    expectError(failed, 'FUNCTION_ERROR')
    expect(failed.text).not.toContain('a secret of the code')
    const returned = await lastExecution()
    expect(returned.error.stack).toMatch(
      /a secret of the code\n {4}returned by main\.Hello \(functions\/hello\/main\.go:\d+\)/,
    )
    expectError(await hello('panic'), 'FUNCTION_ERROR')
    const panicked = await lastExecution()
    const line = HELLO.split('\n').findIndex((text) => text.includes('none["a"]')) + 1
    expect(panicked.error.stack).toBe(
      `panic: assignment to entry in nil map\n    at main.Hello (functions/hello/main.go:${line})`,
    )
  })

  test('a process that ends costs its call alone, and its last line is in the log', async () => {
    expectError(await hello('exit'), 'FUNCTION_CRASHED')
    const { logs } = await lastExecution()
    expect(logs.map(({ message }: { message: string }) => message)).toContain('ends here')
    expectStatus(await hello('bob'), 200)
  })

  test('lines of 20 calls at once are in the logs of their own', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `call-${at}`)
    const responses = await Promise.all(names.map((name) => hello('logs', { tags: [name] })))
    for (const [at, response] of responses.entries()) {
      const id = expectStatus(response, 200).headers.get('koyalite-execution')
      const { logs } = (await server.api.get(`/api/admin/functions/executions/${id}`)).body
      const lines = logs.filter(({ message }: { message: string }) => message === 'line')
      expect(lines.length).toBe(100)
      expect(new Set(lines.map(({ fields }: { fields: { of: string } }) => fields.of))).toEqual(new Set([names[at]]))
    }
  })

  test('see the environment of their manifest, and nothing of the server’s', async () => {
    const { body } = expectStatus(await hello('environment'), 200)
    expect(body.said).toBe('a-very-secret-token-indeed')
    const names = body.tags.map((text: string) => text.split('=')[0])
    expect(names).not.toContain('OTHER_SECRET')
    expect(names).not.toContain('KOYALITE_INSTANCE')
  })

  test('an http.Handler sees the bytes as they were sent, and answers by itself', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const path of ['/hooks/go', '/hooks/go/sub']) {
      const response = await server.anonymous.request('POST', path, { raw: bytes })
      const sum = createHash('sha256').update(bytes).digest('hex')
      expect([response.status, response.text]).toEqual([202, `POST ${path} ${sum} true`])
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/'])
      expect(response.headers.get('koyalite-execution')).not.toBe('forged')
    }
    const head = await server.anonymous.head('/hooks/go')
    expect([head.status, head.text]).toEqual([202, ''])
    expectError(await server.anonymous.get('/hooks/go?panic'), 'FUNCTION_ERROR')
  })

  test('what cannot be built or described says where and why', async () => {
    const functions = await listed()
    const problemsOf = (name: string) => functions.find((one) => one.name === name)?.problems.join('\n')
    expect(problemsOf('broken')).toBe('functions/broken.go:4:2 undefined: fmt')
    expect(problemsOf('untyped')).toContain('input.Done: JSON has nothing for a chan int')
    expect(problemsOf('hello')).toBe('')
  })

  test('a change is served when it is built; until then the old version is', async () => {
    writeFileSync(server.project.path('functions/hello/main.go'), HELLO.replace('Shout(in.Name)', 'Shout("second")'))
    await server.restart()
    await until(async () => (await hello('a')).body.said === 'SECOND!', { withinMs: 60_000 })
  })
})
