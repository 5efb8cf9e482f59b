/** One operation of an OpenAPI document, as far as a generator of requests needs it. */
export interface ApiOperation {
  readonly method: string
  readonly path: string
  readonly query: readonly string[]
  readonly headers: readonly string[]
  /** JSON Schema of the body, references resolved at its top; undefined where there is none. */
  readonly body: JsonSchema | undefined
}

export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

interface Parameter {
  readonly name: string
  readonly in: string
}

export class OpenApi {
  readonly #document: Record<string, unknown>

  constructor(document: Record<string, unknown>) {
    this.#document = document
  }

  operations(): readonly ApiOperation[] {
    const found: ApiOperation[] = []
    for (const [path, item] of Object.entries(asRecord(this.#document.paths))) {
      for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
        const operation = asRecord(item)[method]
        if (operation !== undefined)
          found.push(this.#operation(method.toUpperCase(), path, { ...asRecord(item), ...asRecord(operation) }))
      }
    }
    return found
  }

  /** The schema itself where it is a `$ref`. */
  resolve(schema: JsonSchema): JsonSchema {
    return schema.$ref === undefined ? schema : this.resolve(this.#at(schema.$ref) as JsonSchema)
  }

  #operation(method: string, path: string, operation: Record<string, unknown>): ApiOperation {
    const parameters = ((operation.parameters ?? []) as readonly (Parameter & { $ref?: string })[]).map((one) =>
      one.$ref === undefined ? one : (this.#at(one.$ref) as Parameter),
    )
    const named = (place: string) => parameters.filter((one) => one.in === place).map((one) => one.name)
    const request = operation.requestBody as
      | { $ref?: string; content?: Record<string, { schema?: JsonSchema }> }
      | undefined
    const resolved = request?.$ref === undefined ? request : (this.#at(request.$ref) as typeof request)
    const schema = Object.values(resolved?.content ?? {})[0]?.schema
    return { method, path, query: named('query'), headers: named('header'), body: schema && this.resolve(schema) }
  }

  #at(pointer: string): unknown {
    return pointer
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (value, part) => asRecord(value)[part.replaceAll('~1', '/').replaceAll('~0', '~')],
        this.#document,
      )
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`not an object: ${JSON.stringify(value)}`)
  return value as Record<string, unknown>
}
