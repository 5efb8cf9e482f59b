import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { expectError, expectStatus, until, useServer } from '@koyalite/testkit'

const hasPython =
  Bun.which('python3') !== null &&
  Bun.spawnSync(['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).success

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, minLength: 1 }
      at: { type: timestamp, default: now }
    rules: { create: "true", read: "true", update: "doc.title != 'locked'" }
`

const HELLO = `import logging, os, sys, urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, List, Optional

from _shared.shout import shout
from koyalite_functions import Bounds, Ctx, KoyaError, function


@dataclass
class Input:
    name: Annotated[str, Bounds(max_length=20)]
    since: Optional[datetime] = None
    tags: List[str] = field(default_factory=list)


@dataclass
class Output:
    said: str
    tags: List[str]
    data: bytes
    since: Optional[datetime] = None


@function(access="true", env={"TOKEN": "\${SECRET_TOKEN}"})
def hello(ctx: Ctx, data: Input) -> Output:
    print("greets", data.name)
    if data.name == "refuse":
        raise KoyaError("NO_SUCH_NAME", "nobody is called that", status=409, details={"name": data.name})
    if data.name == "throw":
        raise ValueError("a secret of the code")
    if data.name == "exit":
        print("ends here")
        os._exit(3)
    if data.name == "wrong":
        return {"said": 1}
    if data.name == "network":
        urllib.request.urlopen("http://example.com/", timeout=5)
    if data.name == "read":
        return Output(open(data.tags[0]).read(), [], b"")
    if data.name == "logs":
        for at in range(100):
            logging.info("line", extra={"of": data.tags[0]})
    if data.name == "environment":
        return Output(ctx.env["TOKEN"], list(os.environ), b"")
    if data.name == "write":
        note = ctx.db.notes.create(title=data.tags[0])
        return Output(ctx.db.notes.get(note.id).title, [], b"", note.at)
    if data.name == "locked":
        note = ctx.db.notes.create(title="locked")
        ctx.db.notes.update(note.id, title="open")
    if data.name == "rolled back":
        def work(tx):
            tx.notes.create(title="gone")
            raise KoyaError("ROLLED_BACK", "all of it")
        ctx.db.transaction(work)
    if data.name == "admin":
        ctx.admin.db.notes.list()
    return Output(shout(data.name), sorted({"site", "sitecustomize"} & set(sys.modules)), bytes([0, 255]), data.since)
`

const HOOK = `import hashlib

from koyalite_functions import Response, current_ctx

config = {"access": "true", "auth": "none", "route": "/hooks/python"}


def handler(request):
    if "raise" in request.query:
        raise RuntimeError("in a handler")
    text = f"{request.method} {request.path} {hashlib.sha256(request.body()).hexdigest()} {current_ctx().auth is None}"
    return Response(text, 202, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/"), ("Koyalite-Execution", "forged")])
`

const FILES = {
  'functions/_shared/shout.py': 'def shout(text):\n    return text.upper() + "!"\n',
  'functions/_shared/sitecustomize.py': 'raise SystemExit("sitecustomize has run")\n',
  'functions/hello.py': HELLO,
  'functions/hook.py': HOOK,
  'functions/broken.py': 'def broken(:\n    pass\n',
  'functions/raising.py': 'from koyalite_functions import function\n\nx = 1 / 0\n',
  'functions/untyped.py': `from koyalite_functions import function


@function()
def untyped(ctx, data: complex): ...
`,
  'functions/empty.py': '',
  '.env': 'SECRET_TOKEN=a-very-secret-token-indeed\nOTHER_SECRET=of-the-server\n',
}

describe.skipIf(!hasPython)('functions in Python', () => {
  const server = useServer({ schema: SCHEMA, files: FILES })
  const call = (name: string, input: unknown) => server.anonymous.post(`/api/functions/${name}`, input)
  const hello = (name: string, more: object = {}) => call('hello', { name, ...more })
  const listed = async (): Promise<readonly { name: string; problems: string[]; isolation: string }[]> =>
    expectStatus(await server.api.get('/api/admin/functions'), 200).body.functions
  const execution = async (response: { readonly headers: Headers }) =>
    (await server.api.get(`/api/admin/functions/executions/${response.headers.get('koyalite-execution')}`)).body

  test('are built when the server starts, and answer with their output', async () => {
    await until(async () => !JSON.stringify(await listed()).includes('is still being loaded'), { withinMs: 60_000 })
    const response = expectStatus(await hello('ada', { since: '2026-01-31T10:00:00Z' }), 200)
    expect(response.body).toEqual({ said: 'ADA!', tags: [], data: 'AP8=', since: '2026-01-31T10:00:00.000Z' })
    expect(await execution(response)).toMatchObject({ status: 'ok', logs: [{ level: 'info', message: 'greets ada' }] })
  })

  test('are not run for an input that is not as their types say; nor is such an output answered', async () => {
    const response = await hello('x'.repeat(21), { since: 'yesterday', more: 1 })
    expectError(response, 'VALIDATION_ERROR')
    const fields = response.body.error.details.map(({ field }: { field: string }) => field)
    expect(fields.sort()).toEqual(['more', 'name', 'since'])
    expectError(await hello('wrong'), 'FUNCTION_OUTPUT_INVALID')
  })

  test('their own errors are their caller’s; others have a place in the log', async () => {
    const refused = await hello('refuse')
    expect(refused.status).toBe(409)
    expect(refused.body.error).toMatchObject({ code: 'NO_SUCH_NAME', details: { name: 'refuse' } })
    const failed = await hello('throw')
    expectError(failed, 'FUNCTION_ERROR')
    expect(failed.text).not.toContain('a secret of the code')
    const line = HELLO.split('\n').findIndex((text) => text.includes('a secret of the code')) + 1
    const { error } = await execution(failed)
    expect(error.stack).toBe(
      `ValueError: a secret of the code\n  File "/functions/hello.py", line ${line}, in hello\n    raise ValueError("a secret of the code")`,
    )
  })

  test('a process that ends costs its call alone, and its last line is in the log', async () => {
    const ended = await hello('exit')
    expectError(ended, 'FUNCTION_CRASHED')
    expectStatus(await hello('bob'), 200)
  })

  test('lines of 20 calls at once are in the logs of their own', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `call-${at}`)
    const responses = await Promise.all(names.map((name) => hello('logs', { tags: [name] })))
    for (const [at, response] of responses.entries()) {
      const { logs } = await execution(expectStatus(response, 200))
      const lines = logs.filter(({ message }: { message: string }) => message === 'line')
      expect(lines.length).toBe(100)
      expect(new Set(lines.map(({ fields }: { fields: { of: string } }) => fields.of))).toEqual(new Set([names[at]]))
    }
  })

  test('see the environment of their manifest, and nothing of the server’s', async () => {
    const { body } = expectStatus(await hello('environment'), 200)
    expect(body.said).toBe('a-very-secret-token-indeed')
    for (const name of ['OTHER_SECRET', 'KOYALITE_INSTANCE']) expect(body.tags).not.toContain(name)
  })

  test('documents are read and written with the rights of the caller', async () => {
    const written = expectStatus(await hello('write', { tags: ['a note'] }), 200)
    expect(written.body).toMatchObject({ said: 'a note', since: expect.stringMatching(/^20\d\d-/) })
    expectError(await hello('write', { tags: [''] }), 'VALIDATION_ERROR')
    expectError(await hello('locked'), 'UNAUTHENTICATED')
    expectError(await hello('admin'), 'FUNCTION_ERROR')
    expect((await hello('rolled back')).body.error.code).toBe('ROLLED_BACK')
    const { body } = await server.api.get('/api/collections/notes?sort=title')
    expect(body.docs.map(({ title }: { title: string }) => title)).toEqual(['a note', 'locked'])
  })

  test('reach no host that their manifest does not name, and no file of the server', async () => {
    const refused = await hello('network')
    expectError(refused, 'FUNCTION_ERROR')
    const { logs } = await execution(refused)
    expect(JSON.stringify(logs)).toContain('add it to its manifest: network: [example.com:80]')
    const { isolation } = (await listed()).find(({ name }) => name === 'hello') ?? {}
    const read = await hello('read', { tags: [server.project.path('.env')] })
    if (isolation === 'sandbox') expectError(read, 'FUNCTION_ERROR')
  })

  test('a raw function sees the bytes as they were sent, and answers by itself', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const path of ['/hooks/python', '/hooks/python/sub']) {
      const response = await server.anonymous.request('POST', path, { raw: bytes })
      const sum = createHash('sha256').update(bytes).digest('hex')
      expect([response.status, response.text]).toEqual([202, `POST ${path} ${sum} True`])
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/'])
      expect(response.headers.get('koyalite-execution')).not.toBe('forged')
    }
    const head = await server.anonymous.head('/hooks/python')
    expect([head.status, head.text]).toEqual([202, ''])
    expectError(await server.anonymous.get('/hooks/python?raise'), 'FUNCTION_ERROR')
  })

  test('what cannot be built or described says where and why', async () => {
    const functions = await listed()
    const problemsOf = (name: string) => functions.find((one) => one.name === name)?.problems.join('\n') ?? 'not listed'
    expect(problemsOf('broken')).toBe('functions/broken.py:1:12 invalid syntax')
    expect(problemsOf('raising')).toContain('/functions/raising.py", line 3')
    expect(problemsOf('untyped')).toContain('untyped: data: complex has no JSON Schema')
    expect(problemsOf('empty')).toContain('write @function() above `def empty(ctx: Ctx, data: …)`')
    expect(problemsOf('hello')).toBe('')
  })

  test('a change of what is shared is served when it is built', async () => {
    writeFileSync(server.project.path('functions/_shared/shout.py'), 'def shout(text):\n    return "second"\n')
    await server.restart()
    await until(async () => (await hello('a')).body.said === 'second', { withinMs: 60_000 })
  })
})
