/** What a new function is written in. */
export const NEW_RUNTIMES = ['bun', 'node', 'deno', 'python', 'go'] as const
export type NewRuntime = (typeof NEW_RUNTIMES)[number]

export const SOURCE_ENDS: Readonly<Record<NewRuntime, string>> = {
  bun: '.ts',
  node: '.ts',
  deno: '.ts',
  python: '.py',
  go: '.go',
}

export interface NewSource {
  readonly runtime: NewRuntime
  /** CEL. */
  readonly access: string
}

/** A function that greets: with an input, an output and an error of its own. */
export function typedSource(source: NewSource): string {
  return { bun: typedScript, node: typedScript, deno: typedScript, python: typedPython, go: typedGo }[source.runtime](
    source,
  )
}

/** One that takes requests as they come. */
export function rawSource(source: NewSource): string {
  return { bun: rawScript, node: rawScript, deno: rawScript, python: rawPython, go: rawGo }[source.runtime](source)
}

function typedScript({ runtime, access }: NewSource): string {
  const says = `access: ${JSON.stringify(access)}`
  // What runs it has to be known before its code runs: from a literal.
  const [before, inside] =
    runtime === 'bun'
      ? ['', `  config: { ${says} },\n`]
      : [`export const config = { ${says}, runtime: '${runtime}' }\n\n`, '']
  return `import { defineFunction, KoyaError } from '@koyalite/functions'

${before}export default defineFunction({
${inside}  input: { name: { type: 'string', maxLength: 100, default: 'world' } },
  output: { message: { type: 'string' } },
  async handler(input, ctx) {
    ctx.log.info('greets', { name: input.name })
    // What callers shall know of, with a status from 400 to 499:
    if (input.name === '') throw new KoyaError('NAME_MISSING', 'Whom shall I greet?')
    // Documents, with the rights of who calls: await ctx.db.posts.list()
    return { message: \`Hello \${input.name}\` }
  },
})
`
}

function rawScript({ runtime, access }: NewSource): string {
  const says = runtime === 'bun' ? '' : `, runtime: '${runtime}'`
  return `// Any request to /api/functions/<name>: bytes, headers and answers are this code's own. Check who sends it.
export const config = { access: ${JSON.stringify(access)}, auth: 'none', methods: ['POST']${says} }

export default {
  async fetch(request: Request): Promise<Response> {
    const body = await request.text()
    return Response.json({ received: body.length })
  },
}
`
}

function typedPython({ access }: NewSource): string {
  return `from dataclasses import dataclass

from koyalite_functions import Ctx, KoyaError, function


@dataclass
class GreetIn:
    name: str = "world"


@dataclass
class GreetOut:
    message: str


@function(access=${JSON.stringify(access)})
def greet(ctx: Ctx, data: GreetIn) -> GreetOut:
    print("greets", data.name)
    # What callers shall know of, with a status from 400 to 499:
    if data.name == "":
        raise KoyaError("NAME_MISSING", "Whom shall I greet?")
    # Documents, with the rights of who calls: ctx.db.posts.list()
    return GreetOut(message=f"Hello {data.name}")
`
}

function rawPython({ access }: NewSource): string {
  return `# Any request to /api/functions/<name>: bytes, headers and answers are this code's own. Check who sends it.
from koyalite_functions import Request, Response

config = {"access": ${JSON.stringify(access)}, "auth": "none", "methods": ["POST"]}


def handler(request: Request) -> Response:
    return Response.json({"received": len(request.body())})
`
}

function typedGo({ access }: NewSource): string {
  return `package main

import (
	"log"

	"koyalite.dev/koyalite"
)

type Input struct {
	Name string \`json:"name" koya:"max=100,default=world"\`
}

type Output struct {
	Message string \`json:"message"\`
}

func main() { koyalite.Serve(Greet, koyalite.Config{Access: ${JSON.stringify(access)}}) }

func Greet(ctx koyalite.Ctx, in Input) (Output, error) {
	log.Print("greets ", in.Name)
	// What callers shall know of, with a status from 400 to 499:
	if in.Name == "" {
		return Output{}, koyalite.Err("NAME_MISSING", "Whom shall I greet?")
	}
	// Documents, with the rights of who calls: db.With(ctx.DB()) of the package koyalite.dev/db
	return Output{Message: "Hello " + in.Name}, nil
}
`
}

function rawGo({ access }: NewSource): string {
  return `// Any request to /api/functions/<name>: bytes, headers and answers are this code's own. Check who sends it.
package main

import (
	"fmt"
	"io"
	"net/http"

	"koyalite.dev/koyalite"
)

func main() {
	koyalite.ServeHTTP(http.HandlerFunc(answer), koyalite.Config{Access: ${JSON.stringify(access)}, Auth: "none", Methods: []string{"POST"}})
}

func answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, \`{"received":%d}\`, len(body))
}
`
}
