import type { Actor } from '../actor'
import type { ErrorDetail } from '../errors'
import type { JsonValue } from '../json-value'
import type { Tx } from '../tx'
import type { JobChain } from './job-queue'

/** Code of the project that a write is done by, besides functions. */
export interface CodeCaller {
  /** Names it in messages, and is whose mails count together. */
  readonly name: string
  /** Whose request it runs in. */
  readonly actor: Actor
  readonly chain: JobChain
}

/** What code of the project asks for, as it is sent: the same forms as those of functions (PROTOCOL.md), which are checked here. */
export interface CodeEffects {
  /** `{ jobs: […] }` → `{ jobs: [{ id, created }] }`. @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, QUEUE_FULL, CHAIN_TOO_DEEP, FUNCTION_ERROR where nobody runs them */
  push(tx: Tx, caller: CodeCaller, sent: unknown): JsonValue
  /** `{ type, data }`. @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE */
  publish(tx: Tx, caller: CodeCaller, sent: unknown): JsonValue
  /** An email → `{ id, created }`. @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, QUEUE_FULL */
  send(tx: Tx, caller: CodeCaller, sent: unknown): JsonValue
}

/** Who reaches code of the project over HTTP, and what it takes: in the forms of functions. */
export interface CodeDoors {
  /** @param expression CEL over `auth` and `request`. An error in it denies */
  access(expression: string):
    | {
        readonly ok: true
        allows(actor: Actor, request: CodeDoorRequest, body: JsonValue): boolean
      }
    | { readonly ok: false; readonly problems: readonly string[] }
  /** @param written the short form or a JSON Schema, as code has it */
  schema(
    written: unknown,
    role: 'input' | 'output',
  ): { readonly ok: true; readonly schema: CodeSchema } | { readonly ok: false; readonly problems: readonly string[] }
}

/** Of a request, what `access` may look at. */
export interface CodeDoorRequest {
  readonly method: string
  readonly ip: string
  readonly time: number
  readonly headers: Readonly<Record<string, string>>
}

export interface CodeSchema {
  /** What is wrong with a value, which comes from the kernel's `parseJson`. Of an input, missing fields get their defaults. */
  violations(value: JsonValue): readonly ErrorDetail[]
  /** As a component of the reference. */
  component(name: string): { readonly [keyword: string]: JsonValue }
}

export interface CodeProblem {
  /** From the project's folder, with `/`. */
  readonly file: string
  readonly position: { readonly line: number; readonly column: number } | null
  /** With what to do about it. */
  readonly message: string
}

export type BundledCode =
  | {
      readonly ok: true
      /** One file of JavaScript, whose stacks name the files that it was made of. */
      readonly path: string
      readonly hash: string
      /** Absolute: what else of the project it was made of. */
      readonly sources: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly CodeProblem[] }

/** Makes one file of a file of the project and what it imports, for Bun. */
export interface CodeBundler {
  /** @param entry from the project's folder; it and the packages in node_modules may be used by it */
  bundle(entry: string): Promise<BundledCode>
}
