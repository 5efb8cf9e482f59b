import type {
  Actor,
  Reads,
  Sql,
  Tx,
  UserDirectory,
  UserFacts,
  UserInput,
  UserListQuery,
  UserRequest,
} from '@koyalite/contracts'
import { accessOf, UNRULED } from '@koyalite/query'
import { type JsonValue, normalizeEmail, USERS } from '@koyalite/schema'
import { recordReads } from './audit/audited-read'
import { auditedWrite } from './audit/audited-write'
import { type Caller, createCaller } from './caller'
import { type DataContext, modelOf } from './data-context'
import { checkInput, type JsonObject } from './document-input'
import { createDocument as createHooked, lackedBy } from './hooks/hooked-create'
import { deleteDocument as deleteHooked } from './hooks/hooked-delete'
import { updateDocument as updateHooked } from './hooks/hooked-update'
import { hooksOf } from './hooks/hooks-of'
import { parseListRead } from './http/list-query'
import { pageText } from './http/page-text'
import { notFound } from './missing-document'
import { hookable } from './operations/create-document'
import { listDocuments } from './operations/list-documents'
import { refusalOf } from './refusal'
import { examineDocument } from './store/examine-document'
import type { Target } from './store/target'
import { updateDocument } from './store/update-document'
import { selectUser, selectUserDocument } from './store/user-rows'
import { fieldChecks, updateChecks, updateDecision } from './write-checks'

/** The documents of `users` for sign-in and registration: the same checks and rules as over REST, without a request. */
export function createUserDocuments(context: DataContext): UserDirectory {
  const model = modelOf(context, USERS)
  const { collection } = model
  const factsBy = (reads: Reads, by: 'id' | 'email', value: string) => selectUser(reads, collection, by, value)
  // Sign-in is not held up by what prepares writes: it has hooks of its own.
  const callerFor = (actor: Actor, time: number): Caller => ({
    ...createCaller(context, actor, { ...NO_REQUEST, time }),
    hooking: { isUnprepared: true },
  })
  const audited = <T>(request: UserRequest, run: (tx: Tx) => T) =>
    auditedWrite(context, request, { collection: USERS, run })
  const hasUpdateRules =
    collection.rules.update !== undefined || collection.policies.some(({ on }) => on.includes('update'))

  return {
    byId: (reads: Reads, id: string) => factsBy(reads, 'id', id),
    byEmail: (reads: Reads, email: string) => factsBy(reads, 'email', email),

    create({ fields, by, server, request }: UserInput): (tx: Tx) => string {
      const id = typeof server.id === 'string' ? server.id : Bun.randomUUIDv7()
      const address = server.email ?? fields.email
      // The checks below refuse everything but text.
      const email = typeof address === 'string' ? address : ''
      const caller = callerFor(by === 'own' ? newUser(id, email) : by, request.time)
      const given = fields as JsonObject
      const target: Target = { context, caller, model, input: given as JsonValue }
      const values = checkInput(target, 'create', given, {
        server: { ...(server as JsonObject), id },
        mayLack: lackedBy(target),
      })
      const ofFields = fieldChecks(target, 'create', fieldsNamed(target, given))
      const document = hookable({ target, values, checks: [] }, ofFields)
      return audited(request, (tx) => {
        createHooked(tx, document)
        return id
      })
    },

    update(id: string, { fields, by, server, request }: UserInput): (tx: Tx) => void {
      const self = by === 'own' ? factsBy(context.database, 'id', id) : null
      if (by === 'own' && !self) throw notFound(collection, id)
      const caller = callerFor(by === 'own' ? signedIn(self as UserFacts) : by, request.time)
      const given = fields as JsonObject
      const target: Target = { context, caller, model, id, input: given as JsonValue }
      const values = checkInput(target, 'update', given, { server: server as JsonObject })
      const isRuled = Object.keys(fields).length > 0 && (by !== 'own' || hasUpdateRules)
      const named = fieldsNamed(target, given)
      const decision = isRuled ? updateDecision(target) : updateDecision(target, UNRULED)
      const checks = updateChecks(target, decision, named)
      return audited(request, (tx) => {
        const examined = examineDocument(tx, target, { key: id, guards: checks.before, fields: [] })
        if (!examined) throw notFound(collection, id)
        if (decision.impossible) throw refusalOf(target, 'update')
        const after = checks.after(examined)
        const change = { key: id, values, named, ownRow: by === 'own' }
        const hooks = hooksOf(context, USERS, ['update'])
        if (hooks === null) updateDocument(tx, target, { ...change, ...after })
        else updateHooked(tx, target, { ...change, hooks, asSent: values, after })
      })
    },

    remove(id: string, request: UserRequest): (tx: Tx) => void {
      const target: Target = { context, caller: callerFor(request.actor, request.time), model, input: null }
      return audited(request, (tx) => {
        deleteHooked(tx, target, id)
      })
    },

    document(reads: Reads, id: string, viewer: Actor | 'own'): string | null {
      const facts = factsBy(reads, 'id', id)
      if (!facts) return null
      const access = accessOf(context.schema, viewer === 'own' ? signedIn(facts) : viewer, {
        ...NO_REQUEST,
        time: Date.now(),
      })
      const rule = viewer === 'own' ? { kind: 'all' as const } : access.read.rows(collection)
      if (rule.kind === 'none') return null
      const condition = rule.kind === 'where' ? rule.sql(collection.table) : EVERY_ROW
      return selectUserDocument(reads, collection, access, id, condition)
    },

    async list(viewer: Actor, query: UserListQuery, { actor, ip, requestId, time }: UserRequest): Promise<string> {
      // The list shows what `viewer` may see; the audit log names who asked.
      const caller = { ...callerFor(viewer, time), actor, ip, requestId }
      const read = parseListRead(context, caller, { collection: USERS, params: parametersOf(query) })
      return pageText(await listDocuments(context, caller, read))
    },

    async wasRead(id: string, request: UserRequest): Promise<void> {
      if (!collection.audit) return
      await recordReads(context, request, [{ how: 'read', collection: USERS, query: null, keys: [id], documents: 1 }])
    },
  }
}

const NO_REQUEST = { method: '', ip: '', headers: {} }

function parametersOf(query: UserListQuery): URLSearchParams {
  const parameters = Object.entries(query).flatMap(([name, given]) =>
    [given ?? []].flat().map((value) => [name, String(value)] as [string, string]),
  )
  return new URLSearchParams(parameters)
}

const EVERY_ROW: Sql = { text: '1', params: [] }

function signedIn({ id, email, role, verified, metadata, claims }: UserFacts): Actor {
  return { kind: 'user', id, email, role, verified, metadata, claims, sessionId: '' }
}

/** The user to be created, as field rules see them. */
function newUser(id: string, email: string): Actor {
  return signedIn({
    id,
    email: normalizeEmail(email),
    role: 'user',
    verified: false,
    metadata: null,
    claims: null,
  })
}

function fieldsNamed({ model }: Target, values: JsonObject) {
  return Object.keys(values).flatMap((name) => model.collection.fields.get(name) ?? [])
}
