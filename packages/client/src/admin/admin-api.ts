// Written by `npm run client` from the routes of the server: do not edit.
import type { AdminOperation, CallOptions, RawBody } from './operation'
export interface AdminClient {
  /**
   * Verify the hash chain of the audit log
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  verifyAuditLog(input?: VerifyAuditLogInput, options?: CallOptions): Promise<VerifyAuditLogResponse>
  /**
   * List audit log entries, newest first
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  listAuditEntries(input?: ListAuditEntriesInput, options?: CallOptions): Promise<ListAuditEntriesResponse>
  /**
   * List the latest requests, newest first; slow and failed ones are remembered longest
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  listRequests(input?: ListRequestsInput, options?: CallOptions): Promise<ListRequestsResponse>
  /**
   * List what lists have asked for since the start, by shape, with advice for slow ones
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  listQueries(input?: ListQueriesInput, options?: CallOptions): Promise<ListQueriesResponse>
  /**
   * List queued emails, newest first
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  listMails(input?: ListMailsInput, options?: CallOptions): Promise<ListMailsResponse>
  /**
   * Count the documents of a list, and get a cursor for every 1,000th of them
   * Callers whom the rules of the schema allow it.
   */
  mapPositions(input: MapPositionsInput, options?: CallOptions): Promise<MapPositionsResponse>
  /**
   * List the collections with their fields, indexes and rules
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  listCollections(input?: ListCollectionsInput, options?: CallOptions): Promise<ListCollectionsResponse>
  /**
   * Import the documents of an NDJSON body in one transaction
   * Callers whom the rules of the schema allow it.
   */
  importDocuments(input: ImportDocumentsInput, options?: CallOptions): Promise<ImportDocumentsResponse>
  /**
   * Run the operations of an NDJSON body, in batch format, in one transaction
   * Callers whom the rules of the schema allow it.
   */
  importOperations(input: ImportOperationsInput, options?: CallOptions): Promise<ImportOperationsResponse>
  /**
   * Read the second factors of the caller
   * Operators.
   */
  getOperatorFactors(input?: undefined, options?: CallOptions): Promise<GetOperatorFactorsResponse>
  /**
   * Enroll an authenticator app; needs a fresh sign-in
   * Operators.
   */
  enrollOperatorTotp(input?: undefined, options?: CallOptions): Promise<EnrollOperatorTotpResponse>
  /**
   * Activate the authenticator app; returns recovery codes
   * Operators.
   */
  activateOperatorTotp(input: ActivateOperatorTotpInput, options?: CallOptions): Promise<ActivateOperatorTotpResponse>
  /** Complete a sign-in with the second factor */
  verifyOperatorTotp(input: VerifyOperatorTotpInput, options?: CallOptions): Promise<VerifyOperatorTotpResponse>
  /**
   * Disable the authenticator app
   * Operators.
   */
  disableOperatorTotp(input: DisableOperatorTotpInput, options?: CallOptions): Promise<DisableOperatorTotpResponse>
  /**
   * Create new recovery codes
   * Operators.
   */
  renewOperatorRecoveryCodes(
    input: RenewOperatorRecoveryCodesInput,
    options?: CallOptions,
  ): Promise<RenewOperatorRecoveryCodesResponse>
  /** Sign in as an operator */
  loginOperator(input: LoginOperatorInput, options?: CallOptions): Promise<LoginOperatorResponse>
  /** Refresh the cookie session of an operator; returns the CSRF token */
  renewOperatorSession(input?: undefined, options?: CallOptions): Promise<RenewOperatorSessionResponse>
  /** End the cookie session of an operator */
  logoutOperator(input?: undefined, options?: CallOptions): Promise<undefined>
  /** Become the first operator */
  setUpFirstOperator(input: SetUpFirstOperatorInput, options?: CallOptions): Promise<SetUpFirstOperatorResponse>
  /** Set the password of an operator with the token of a link */
  setOperatorPassword(input: SetOperatorPasswordInput, options?: CallOptions): Promise<SetOperatorPasswordResponse>
  /**
   * Change your own password as an operator
   * Operators.
   */
  changeOperatorPassword(
    input: ChangeOperatorPasswordInput,
    options?: CallOptions,
  ): Promise<ChangeOperatorPasswordResponse>
  /**
   * Operators
   * Operators with the role owner or admin.
   */
  listOperators(input?: ListOperatorsInput, options?: CallOptions): Promise<ListOperatorsResponse>
  /**
   * Create an operator
   * Operators with the role owner.
   */
  createOperator(input: CreateOperatorInput, options?: CallOptions): Promise<CreateOperatorResponse>
  /**
   * Change the role of an operator, or disable one
   * Operators with the role owner.
   */
  updateOperator(input: UpdateOperatorInput, options?: CallOptions): Promise<UpdateOperatorResponse>
  /**
   * Delete an operator
   * Operators with the role owner.
   */
  deleteOperator(input: DeleteOperatorInput, options?: CallOptions): Promise<undefined>
  /**
   * Remove the second factor of an operator
   * Operators with the role owner.
   */
  removeOperatorMfa(input: RemoveOperatorMfaInput, options?: CallOptions): Promise<undefined>
  /**
   * Reset the password of an operator
   * Operators with the role owner.
   */
  resetOperatorPassword(
    input: ResetOperatorPasswordInput,
    options?: CallOptions,
  ): Promise<ResetOperatorPasswordResponse>
  /**
   * List users with their accounts; parameters as for lists of documents
   * Operators with the role owner, admin, editor or viewer; service keys with the scope auth or admin.
   */
  listUsers(input?: ListUsersInput, options?: CallOptions): Promise<ListUsersResponse>
  /**
   * Create a user
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  createUser(input: CreateUserInput, options?: CallOptions): Promise<CreateUserResponse>
  /**
   * Read a user with their account, by id or email address
   * Operators with the role owner, admin, editor or viewer; service keys with the scope auth or admin.
   */
  getUser(input: GetUserInput, options?: CallOptions): Promise<GetUserResponse>
  /**
   * Update a user, including role and verified
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  updateUser(input: UpdateUserInput, options?: CallOptions): Promise<UpdateUserResponse>
  /**
   * Delete a user
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  deleteUser(input: DeleteUserInput, options?: CallOptions): Promise<undefined>
  /**
   * Block a user
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  blockUser(input: BlockUserInput, options?: CallOptions): Promise<BlockUserResponse>
  /**
   * Unblock a user
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  unblockUser(input: UnblockUserInput, options?: CallOptions): Promise<UnblockUserResponse>
  /**
   * Set the password of a user, or email a link to choose one
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  resetUserPassword(input: ResetUserPasswordInput, options?: CallOptions): Promise<ResetUserPasswordResponse>
  /**
   * Remove the second factor of a user
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  removeUserMfa(input: RemoveUserMfaInput, options?: CallOptions): Promise<undefined>
  /**
   * Impersonate a user for 15 minutes
   * Operators with the role owner or admin.
   */
  impersonateUser(input: ImpersonateUserInput, options?: CallOptions): Promise<ImpersonateUserResponse>
  /**
   * End all sessions of a user
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  endUserSessions(input: EndUserSessionsInput, options?: CallOptions): Promise<EndUserSessionsResponse>
  /**
   * List open sessions, with ?user= those of one user
   * Operators with the role owner, admin, editor or viewer; service keys with the scope auth or admin.
   */
  listSessions(input?: ListSessionsInput, options?: CallOptions): Promise<ListSessionsResponse>
  /**
   * End a session
   * Operators with the role owner or admin; service keys with the scope auth or admin.
   */
  endSession(input: EndSessionInput, options?: CallOptions): Promise<undefined>
  /**
   * List roles and their permissions
   * Operators with the role owner, admin, editor or viewer; service keys with the scope auth or admin.
   */
  listRoles(input?: undefined, options?: CallOptions): Promise<ListRolesResponse>
  /**
   * List service keys, without their secrets
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  listKeys(input?: ListKeysInput, options?: CallOptions): Promise<ListKeysResponse>
  /**
   * Create a service key; the secret is shown only once
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  createKey(input?: CreateKeyInput, options?: CallOptions): Promise<CreateKeyResponse>
  /**
   * Revoke a service key
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  revokeKey(input: RevokeKeyInput, options?: CallOptions): Promise<undefined>
  /**
   * Rotate the key that signs access tokens
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  rotateSigningKey(input?: undefined, options?: CallOptions): Promise<RotateSigningKeyResponse>
  /**
   * Rotate the key that encrypts stored secrets
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  rotateSecretKey(input?: undefined, options?: CallOptions): Promise<RotateSecretKeyResponse>
  /**
   * Statistics of live queries: connections, subscriptions, lag
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  getRealtimeStats(input?: undefined, options?: CallOptions): Promise<GetRealtimeStatsResponse>
  /**
   * List background tasks with their schedules and last runs
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listTasks(input?: undefined, options?: CallOptions): Promise<ListTasksResponse>
  /**
   * Run a background task now and wait for it to finish
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  runTask(input: RunTaskInput, options?: CallOptions): Promise<RunTaskResponse>
  /**
   * List applied and pending migrations, and missing ones
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  getMigrations(input?: undefined, options?: CallOptions): Promise<GetMigrationsResponse>
  /**
   * The schema change that is running
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  getRunningMigration(input?: undefined, options?: CallOptions): Promise<GetRunningMigrationResponse>
  /**
   * Apply, roll back, draft or cancel migrations
   * Operators with the role owner or admin; service keys with the scope schema or admin.
   */
  migrate(input: MigrateInput, options?: CallOptions): Promise<MigrateResponse>
  /**
   * Read schema.yaml, and whether the tables match it
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  getSchema(input?: undefined, options?: CallOptions): Promise<GetSchemaResponse>
  /**
   * Replace schema.yaml and migrate, if no data can be lost
   * Operators with the role owner or admin; service keys with the scope schema or admin.
   */
  replaceSchema(input: ReplaceSchemaInput, options?: CallOptions): Promise<ReplaceSchemaResponse>
  /**
   * List backups, newest first, with the schedule
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  listBackups(input?: undefined, options?: CallOptions): Promise<ListBackupsResponse>
  /**
   * Create a backup now
   * Operators with the role owner; service keys with the scope admin.
   */
  createBackup(input?: CreateBackupInput, options?: CallOptions): Promise<CreateBackupResponse>
  /**
   * Set the backup schedule until the next start, which reads koyalite.yaml
   * Operators with the role owner; service keys with the scope admin.
   */
  setBackupSchedule(input: SetBackupScheduleInput, options?: CallOptions): Promise<SetBackupScheduleResponse>
  /**
   * Verify a backup: checksums, and every page of its database
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  verifyBackup(input: VerifyBackupInput, options?: CallOptions): Promise<VerifyBackupResponse>
  /**
   * Delete a backup
   * Operators with the role owner; service keys with the scope admin.
   */
  deleteBackup(input: DeleteBackupInput, options?: CallOptions): Promise<undefined>
  /**
   * Dump all data as SQL, NDJSON or CSV, from one snapshot
   * Operators with the role owner; service keys with the scope admin.
   */
  dumpDatabase(input?: DumpDatabaseInput, options?: CallOptions): Promise<Response>
  /**
   * Delete all documents and users; refused in production and under koyalite start
   * Operators with the role owner; service keys with the scope admin.
   */
  resetDatabase(input?: undefined, options?: CallOptions): Promise<ResetDatabaseResponse>
  /**
   * Check the project for problems
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  runDoctor(input?: undefined, options?: CallOptions): Promise<RunDoctorResponse>
  /**
   * Explain why an actor may or may not do something
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  explainRules(input: ExplainRulesInput, options?: CallOptions): Promise<ExplainRulesResponse>
  /**
   * Run rule tests against the current rules, on their own test documents
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  testRules(input: TestRulesInput, options?: CallOptions): Promise<TestRulesResponse>
  /**
   * List what the caller keeps in the studio, and what others share
   * Operators.
   */
  listStudioItems(input?: ListStudioItemsInput, options?: CallOptions): Promise<ListStudioItemsResponse>
  /**
   * Keep something in the studio under a name
   * Operators.
   */
  keepStudioItem(input: KeepStudioItemInput, options?: CallOptions): Promise<KeepStudioItemResponse>
  /**
   * Delete something that the caller keeps in the studio
   * Operators.
   */
  deleteStudioItem(input: DeleteStudioItemInput, options?: CallOptions): Promise<undefined>
}
export interface VerifyAuditLogInput {
  readonly query?: {
    /** `<number>:<hash>` of an earlier verification. */ readonly head?: string | undefined
  }
}
export type VerifyAuditLogResponse =
  | { readonly ok: true; readonly entries: number; readonly head: { readonly seq: number; readonly hash: string } }
  | { readonly ok: false; readonly entries: number; readonly seq: number; readonly reason: string }
export interface ListAuditEntriesInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    readonly cursor?: string | undefined
    readonly event?: string | undefined
    readonly outcome?: 'success' | 'failure' | undefined
    readonly actor?: string | undefined
    readonly actor_kind?: 'anonymous' | 'user' | 'operator' | 'service_key' | 'system' | undefined
    readonly target?: string | undefined
    readonly target_kind?: string | undefined
    readonly collection?: string | undefined
    readonly ip?: string | undefined
    readonly since?: string | undefined
    readonly until?: string | undefined
  }
}
export type ListAuditEntriesResponse = {
  readonly entries: readonly {
    readonly seq: number
    readonly hash: string
    readonly at: string
    readonly event: string
    readonly outcome: 'success' | 'failure'
    readonly actor: {
      readonly kind: 'anonymous' | 'user' | 'operator' | 'service_key' | 'system'
      readonly id: string | null
      readonly name: string | null
    }
    readonly impersonator: {
      readonly kind: 'anonymous' | 'user' | 'operator' | 'service_key' | 'system'
      readonly id: string | null
      readonly name: string | null
    } | null
    readonly target: { readonly kind: string; readonly id: string | null; readonly name?: string | null } | null
    readonly ip: string | null
    readonly request_id: string | null
    readonly details: Readonly<Record<string, unknown>> | null
  }[]
  readonly next_cursor: string | null
}
export interface ListRequestsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    readonly id?: string | undefined
    readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS' | undefined
    /** A part of the path. */
    readonly path?: string | undefined
    /** `404`, or a class: `5xx`. */
    readonly status?: string | undefined
    /** The id of an actor, or a kind: `anonymous`, `user`, `service_key`, `operator`. */
    readonly actor?: string | undefined
    /** Only those that took at least as long. */
    readonly min_ms?: number | undefined
  }
}
export type ListRequestsResponse = {
  readonly requests: readonly {
    /** The X-Request-Id, under which the log has more. */ readonly id: string
    /** When it was answered. */
    readonly at: string
    readonly method: string
    readonly path: string
    /** What a list asked for, without values: `posts?filter=status:eq:?`. */
    readonly query: string | null
    readonly status: number
    /** Code of the error. */
    readonly code: string | null
    readonly ms: number
    /** Length of the body; null where it is streamed. */
    readonly bytes: number | null
    readonly actor: { readonly kind: string; readonly id: string | null }
    readonly ip: string
  }[]
  readonly next_cursor: string | null
}
export interface ListQueriesInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    readonly cursor?: string | undefined
    /** By the total, mean or maximum of their times, or by their number. */
    readonly sort?: 'total' | 'mean' | 'max' | 'count' | undefined
  }
}
export type ListQueriesResponse = {
  readonly queries: readonly {
    /** What lists asked for, without values. */ readonly shape: string
    readonly collection: string
    readonly count: number
    /** How many took more than 100 ms. */
    readonly slow: number
    readonly mean_ms: number
    readonly max_ms: number
    readonly total_ms: number
    readonly last_at: string
    /** For lists that were slow. */
    readonly advice: {
      /** The plan in sentences. */ readonly plan: readonly string[]
      readonly indexes: readonly {
        readonly collection: string
        readonly fields: readonly string[]
        readonly place: string
        readonly line: string
      }[]
      /** Why an index does not help. */
      readonly obstacles: readonly string[]
    } | null
  }[]
  readonly next_cursor: string | null
}
export interface ListMailsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
  }
}
export type ListMailsResponse = {
  readonly mails: readonly {
    readonly id: string
    readonly template: string
    readonly to: string
    readonly subject: string
    readonly status: 'queued' | 'held' | 'sent' | 'failed'
    readonly attempts: number
    readonly error: string | null
    readonly created_at: string
    readonly next_attempt_at: string | null
    readonly sent_at: string | null
  }[]
  readonly next_cursor: string | null
}
export interface MapPositionsInput {
  readonly params: { readonly collection: string }
  readonly query?: {
    readonly filter?: readonly string[] | undefined
    readonly where?: string | undefined
    readonly params?: string | undefined
    readonly sort?: string | undefined
  }
}
export type MapPositionsResponse = {
  readonly total: number
  readonly step: number
  readonly cursors: readonly string[]
  /** The state of the database that it is of, as in Koyalite-Seq. */
  readonly seq: string
}
export interface ListCollectionsInput {
  readonly query?: {
    /** Whether to count documents. */ readonly counts?: boolean | undefined
  }
}
export type ListCollectionsResponse = {
  readonly collections: readonly {
    readonly name: string
    readonly table: string
    readonly description: string | null
    /** The name of the primary key. */
    readonly key: string
    /** The field that says best to people which document it is. */
    readonly label: string | null
    readonly audited: boolean
    /** A table of another program: any column may hold values of any type. */
    readonly adopted: boolean
    readonly fields: readonly {
      readonly name: string
      readonly type: 'uuid' | 'string' | 'text' | 'int' | 'float' | 'bool' | 'timestamp' | 'date' | 'json' | 'blob'
      readonly description: string | null
      readonly primary: boolean
      readonly nullable: boolean
      readonly unique: boolean
      /** Whether an index begins with it. */
      readonly indexed: boolean
      /** It never leaves the server: documents do not show it. */
      readonly internal: boolean
      readonly enum: { readonly name: string | null; readonly values: readonly (string | number)[] } | null
      /** `value` is that of a literal. */
      readonly default: {
        readonly kind: 'literal' | 'auto' | 'now' | 'today' | 'auth.id'
        readonly value: unknown
      } | null
      /** Whether each write sets it to the time. */
      readonly updates: boolean
      readonly references: {
        readonly collection: string
        readonly field: string
        readonly on_delete: 'cascade' | 'set null' | 'restrict'
      } | null
      readonly min_length: number | null
      readonly max_length: number | null
      readonly min: number | string | null
      readonly max: number | string | null
      readonly format: ('email' | 'url' | 'uuid') | null
      readonly pattern: string | null
      /** JSON Schema of a json field; null where there is none. */
      readonly json_schema: unknown
      readonly rules: {
        /** The CEL expression; null where there is none. */ readonly read: string | null
        /** The CEL expression; null where there is none. */
        readonly write: string | null
      }
    }[]
    readonly indexes: readonly {
      readonly name: string
      readonly fields: readonly string[]
      readonly order: 'asc' | 'desc'
      readonly unique: boolean
    }[]
    readonly rules: {
      /** The CEL expression; null where there is none. */ readonly create: string | null
      /** The CEL expression; null where there is none. */
      readonly read: string | null
      /** The CEL expression; null where there is none. */
      readonly update: string | null
      /** The CEL expression; null where there is none. */
      readonly delete: string | null
    }
    readonly policies: readonly {
      readonly name: string
      readonly on: readonly ('create' | 'read' | 'update' | 'delete')[]
      readonly effect: 'permit' | 'restrict'
      /** The CEL expression; null where there is none. */
      readonly using: string | null
      /** The CEL expression; null where there is none. */
      readonly check: string | null
    }[]
    /** How many there are; null where not asked for, or where counting takes too long. */
    readonly documents: number | null
  }[]
}
export interface ImportDocumentsInput {
  readonly params: { readonly collection: string }
  readonly query?: { readonly mode?: 'insert' | 'upsert' | undefined }
  readonly body: RawBody
}
export type ImportDocumentsResponse = { readonly imported: number }
export interface ImportOperationsInput {
  readonly body: RawBody
}
export type ImportOperationsResponse = { readonly imported: number }
export type GetOperatorFactorsResponse = { readonly totp: boolean; readonly recovery_codes_left: number }
export type EnrollOperatorTotpResponse = { readonly secret: string; readonly otpauth_url: string }
export interface ActivateOperatorTotpInput {
  readonly body: { readonly code: string }
}
export type ActivateOperatorTotpResponse = { readonly recovery_codes: readonly string[] }
export interface VerifyOperatorTotpInput {
  readonly query?: {
    /** Sets cookies instead of returning tokens. */ readonly cookies?: boolean | undefined
  }
  readonly body: {
    readonly mfa_token: string
    readonly code?: string | undefined
    readonly recovery_code?: string | undefined
  }
}
export type VerifyOperatorTotpResponse =
  | {
      readonly user: Readonly<Record<string, unknown>> | null
      readonly access_token: string
      readonly token_type: 'Bearer'
      readonly expires_in: number
      readonly refresh_token: string
    }
  | {
      readonly user: Readonly<Record<string, unknown>> | null
      readonly csrf_token: string
      readonly expires_in: number
    }
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly access_token: string
      readonly token_type: 'Bearer'
      readonly expires_in: number
      readonly refresh_token: string
    }
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly csrf_token: string
      readonly expires_in: number
    }
export interface DisableOperatorTotpInput {
  readonly body: { readonly code?: string | undefined; readonly recovery_code?: string | undefined }
}
export type DisableOperatorTotpResponse = { readonly ok: true }
export interface RenewOperatorRecoveryCodesInput {
  readonly body: { readonly code?: string | undefined; readonly recovery_code?: string | undefined }
}
export type RenewOperatorRecoveryCodesResponse = { readonly recovery_codes: readonly string[] }
export interface LoginOperatorInput {
  readonly query?: {
    /** Sets cookies instead of returning tokens. */ readonly cookies?: boolean | undefined
  }
  readonly body: { readonly email: string; readonly password: string }
}
export type LoginOperatorResponse =
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly access_token: string
      readonly token_type: 'Bearer'
      readonly expires_in: number
      readonly refresh_token: string
    }
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly csrf_token: string
      readonly expires_in: number
    }
  | { readonly mfa_required: true; readonly mfa_token: string; readonly methods: readonly string[] }
export type RenewOperatorSessionResponse =
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly access_token: string
      readonly token_type: 'Bearer'
      readonly expires_in: number
      readonly refresh_token: string
    }
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly csrf_token: string
      readonly expires_in: number
    }
export interface SetUpFirstOperatorInput {
  readonly query?: {
    /** Sets cookies instead of returning tokens. */ readonly cookies?: boolean | undefined
  }
  readonly body: { readonly token: string; readonly email: string; readonly password: string }
}
export type SetUpFirstOperatorResponse =
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly access_token: string
      readonly token_type: 'Bearer'
      readonly expires_in: number
      readonly refresh_token: string
    }
  | {
      readonly operator: {
        readonly id: string
        readonly email: string
        readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
        readonly permissions: readonly string[]
        readonly created_at: string
        readonly disabled_at: string | null
      } | null
      readonly csrf_token: string
      readonly expires_in: number
    }
export interface SetOperatorPasswordInput {
  readonly body: { readonly token: string; readonly password: string }
}
export type SetOperatorPasswordResponse = { readonly ok: true }
export interface ChangeOperatorPasswordInput {
  readonly body: { readonly current_password: string; readonly new_password: string }
}
export type ChangeOperatorPasswordResponse = { readonly ok: true }
export interface ListOperatorsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
  }
}
export type ListOperatorsResponse = {
  readonly operators: readonly {
    readonly id: string
    readonly email: string
    readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
    readonly permissions: readonly string[]
    readonly created_at: string
    readonly disabled_at: string | null
  }[]
  readonly next_cursor: string | null
}
export interface CreateOperatorInput {
  readonly body: {
    readonly email: string
    readonly role?: 'owner' | 'admin' | 'editor' | 'viewer' | undefined
    readonly password?: string | undefined
  }
}
export type CreateOperatorResponse = {
  readonly id: string
  readonly email: string
  readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
  readonly permissions: readonly string[]
  readonly created_at: string
  readonly disabled_at: string | null
  readonly link: string | null
}
export interface UpdateOperatorInput {
  readonly params: { readonly id: string }
  readonly body?: {
    readonly role?: 'owner' | 'admin' | 'editor' | 'viewer' | undefined
    readonly disabled?: boolean | undefined
  }
}
export type UpdateOperatorResponse = {
  readonly id: string
  readonly email: string
  readonly role: 'owner' | 'admin' | 'editor' | 'viewer'
  readonly permissions: readonly string[]
  readonly created_at: string
  readonly disabled_at: string | null
}
export interface DeleteOperatorInput {
  readonly params: { readonly id: string }
}
export interface RemoveOperatorMfaInput {
  readonly params: { readonly id: string }
}
export interface ResetOperatorPasswordInput {
  readonly params: { readonly id: string }
  readonly body?: { readonly password?: string | undefined }
}
export type ResetOperatorPasswordResponse = { readonly link: string | null }
export interface ListUsersInput {
  readonly query?: {
    readonly filter?: readonly string[] | undefined
    readonly where?: string | undefined
    readonly params?: string | undefined
    readonly sort?: string | undefined
    readonly limit?: number | undefined
    readonly offset?: number | undefined
    readonly cursor?: string | undefined
    readonly count?: boolean | undefined
    readonly expand?: string | undefined
    readonly fields?: string | undefined
  }
}
export type ListUsersResponse = {
  readonly users: readonly ({
    readonly id: string
    readonly email: string
    readonly role: string
    readonly verified: boolean
    readonly created_at?: string
    readonly account: {
      readonly blocked_at: string | null
      readonly anonymous: boolean
      readonly has_password: boolean
      readonly mfa: boolean
    }
  } & Readonly<Record<string, unknown>>)[]
  readonly total?: number
  readonly next_cursor: string | null
}
export interface CreateUserInput {
  readonly body: { readonly email: string; readonly password?: string | undefined } & Readonly<Record<string, unknown>>
}
export type CreateUserResponse = {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly verified: boolean
  readonly created_at?: string
  readonly account: {
    readonly blocked_at: string | null
    readonly anonymous: boolean
    readonly has_password: boolean
    readonly mfa: boolean
    readonly providers: readonly string[]
    readonly passkeys: number
  }
} & Readonly<Record<string, unknown>>
export interface GetUserInput {
  readonly params: { readonly id: string }
}
export type GetUserResponse = {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly verified: boolean
  readonly created_at?: string
  readonly account: {
    readonly blocked_at: string | null
    readonly anonymous: boolean
    readonly has_password: boolean
    readonly mfa: boolean
    readonly providers: readonly string[]
    readonly passkeys: number
  }
} & Readonly<Record<string, unknown>>
export interface UpdateUserInput {
  readonly params: { readonly id: string }
  readonly body?: Readonly<Record<string, unknown>>
}
export type UpdateUserResponse = {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly verified: boolean
  readonly created_at?: string
  readonly account: {
    readonly blocked_at: string | null
    readonly anonymous: boolean
    readonly has_password: boolean
    readonly mfa: boolean
    readonly providers: readonly string[]
    readonly passkeys: number
  }
} & Readonly<Record<string, unknown>>
export interface DeleteUserInput {
  readonly params: { readonly id: string }
}
export interface BlockUserInput {
  readonly params: { readonly id: string }
}
export type BlockUserResponse = {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly verified: boolean
  readonly created_at?: string
  readonly account: {
    readonly blocked_at: string | null
    readonly anonymous: boolean
    readonly has_password: boolean
    readonly mfa: boolean
    readonly providers: readonly string[]
    readonly passkeys: number
  }
} & Readonly<Record<string, unknown>>
export interface UnblockUserInput {
  readonly params: { readonly id: string }
}
export type UnblockUserResponse = {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly verified: boolean
  readonly created_at?: string
  readonly account: {
    readonly blocked_at: string | null
    readonly anonymous: boolean
    readonly has_password: boolean
    readonly mfa: boolean
    readonly providers: readonly string[]
    readonly passkeys: number
  }
} & Readonly<Record<string, unknown>>
export interface ResetUserPasswordInput {
  readonly params: { readonly id: string }
  readonly body?: { readonly password?: string | undefined }
}
export type ResetUserPasswordResponse = { readonly ok: true }
export interface RemoveUserMfaInput {
  readonly params: { readonly id: string }
}
export interface ImpersonateUserInput {
  readonly params: { readonly id: string }
}
export type ImpersonateUserResponse = {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly user_id: string
}
export interface EndUserSessionsInput {
  readonly params: { readonly id: string }
}
export type EndUserSessionsResponse = { readonly ended: number }
export interface ListSessionsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    /** All of one user, by id or email address, in one page. */
    readonly user?: string | undefined
  }
}
export type ListSessionsResponse = {
  readonly sessions: readonly {
    readonly id: string
    readonly method: string
    readonly ip: string | null
    readonly user_agent: string | null
    readonly created_at: string
    readonly last_used_at: string
    readonly expires_at: string
    readonly current: boolean
    readonly kind: 'user' | 'operator'
    readonly subject: string
    readonly impersonator: string | null
  }[]
  readonly next_cursor: string | null
}
export interface EndSessionInput {
  readonly params: { readonly id: string }
}
export type ListRolesResponse = {
  readonly roles: readonly {
    readonly name: string
    readonly inherits: readonly string[]
    readonly permissions: readonly string[]
  }[]
  readonly operator_roles: readonly {
    readonly name: 'owner' | 'admin' | 'editor' | 'viewer'
    readonly permissions: readonly string[]
  }[]
}
export interface ListKeysInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
  }
}
export type ListKeysResponse = {
  readonly keys: readonly {
    readonly id: string
    readonly name: string | null
    readonly hint: string
    readonly scopes: readonly {
      readonly scope: 'admin' | 'data:read' | 'data:write' | 'auth' | 'files' | 'functions:invoke' | 'schema' | 'logs'
      readonly collections?: readonly string[]
    }[]
    readonly created_at: string
    readonly revoked_at: string | null
  }[]
  readonly next_cursor: string | null
}
export interface CreateKeyInput {
  readonly body?: {
    readonly name?: string | null | undefined
    readonly scopes?:
      | readonly {
          readonly scope:
            | 'admin'
            | 'data:read'
            | 'data:write'
            | 'auth'
            | 'files'
            | 'functions:invoke'
            | 'schema'
            | 'logs'
          readonly collections?: readonly string[] | undefined
        }[]
      | undefined
  }
}
export type CreateKeyResponse = {
  readonly id: string
  readonly name: string | null
  readonly hint: string
  readonly scopes: readonly {
    readonly scope: 'admin' | 'data:read' | 'data:write' | 'auth' | 'files' | 'functions:invoke' | 'schema' | 'logs'
    readonly collections?: readonly string[]
  }[]
  readonly created_at: string
  readonly revoked_at: string | null
  /** Shown only once. */
  readonly key: string
}
export interface RevokeKeyInput {
  readonly params: { readonly id: string }
}
export type RotateSigningKeyResponse = { readonly kid: string }
export type RotateSecretKeyResponse = { readonly ok: true }
export type GetRealtimeStatsResponse = {
  readonly connections: number
  readonly subscriptions: number
  readonly groups: number
  readonly delivered: number
  readonly lag: number
}
export type ListTasksResponse = {
  readonly tasks: readonly {
    readonly name: string
    readonly summary: string
    readonly schedule: string | null
    readonly running: boolean
    readonly next: string | null
    readonly last: {
      readonly at: string
      readonly ok: boolean
      readonly message: string | null
      readonly duration_ms: number
    } | null
    readonly last_failure: {
      readonly at: string
      readonly ok: boolean
      readonly message: string | null
      readonly duration_ms: number
    } | null
    readonly runs: number
    readonly failures: number
  }[]
}
export interface RunTaskInput {
  readonly params: { readonly name: string }
}
export type RunTaskResponse = {
  readonly name: string
  readonly summary: string
  readonly schedule: string | null
  readonly running: boolean
  readonly next: string | null
  readonly last: {
    readonly at: string
    readonly ok: boolean
    readonly message: string | null
    readonly duration_ms: number
  } | null
  readonly last_failure: {
    readonly at: string
    readonly ok: boolean
    readonly message: string | null
    readonly duration_ms: number
  } | null
  readonly runs: number
  readonly failures: number
}
export type GetMigrationsResponse = {
  readonly up_to_date: boolean
  readonly migrations: readonly {
    readonly version: number
    readonly name: string
    readonly description: string | null
    /** `draft`: it loses data, and waits until it is edited or confirmed. */
    readonly state: 'applied' | 'pending' | 'draft' | 'changed' | 'missing' | 'invalid'
    readonly file: string | null
    readonly applied_at: string | null
    readonly snapshot: string | null
    readonly destroys: boolean | null
    readonly reversible: boolean | null
    readonly remarks: readonly string[]
  }[]
  readonly changes: readonly {
    readonly change: string
    readonly automatic: boolean
    readonly reason: string | null
    readonly hint: string | null
  }[]
  readonly problems: readonly string[]
}
export type GetRunningMigrationResponse = { readonly running: { readonly since: string; readonly step: string } | null }
export interface MigrateInput {
  readonly body:
    | {
        readonly action: 'apply'
        /** Apply drafts that lose data, too: they wait until they are edited or confirmed. */
        readonly confirm?: boolean | undefined
      }
    | {
        readonly action: 'rollback'
        readonly steps?: number | undefined
        /** Only says what would be done. */
        readonly dry_run?: boolean | undefined
      }
    | { readonly action: 'cancel' }
    | {
        readonly action: 'draft'
        readonly name: string
        readonly answers?: Readonly<Record<string, 'rename' | 'drop'>> | undefined
      }
}
export type MigrateResponse =
  | {
      readonly applied: readonly {
        readonly version: number
        readonly name: string
        readonly file: string
        readonly snapshot: string | null
      }[]
      readonly changes: readonly string[]
    }
  | {
      readonly migrations: readonly (
        | {
            readonly version: number
            readonly name: string
            readonly possible: true
            readonly losses: readonly string[]
          }
        | {
            readonly version: number
            readonly name: string
            readonly possible: false
            readonly reasons: readonly string[]
          }
      )[]
    }
  | {
      readonly rolled_back: readonly {
        readonly version: number
        readonly name: string
        readonly losses: readonly string[]
      }[]
      readonly snapshot: string | null
    }
  | { readonly cancelled: boolean }
  | {
      readonly version: number
      readonly name: string
      /** Where it belongs: `migrations/002_rename_user_name.yaml`. */
      readonly file: string
      readonly text: string
      readonly questions: readonly string[]
      /** What applying it loses; such a draft waits until it is edited or confirmed. */
      readonly losses: readonly string[]
      readonly empty: boolean
    }
export type GetSchemaResponse = {
  readonly up_to_date: boolean
  readonly changes: readonly {
    readonly change: string
    readonly automatic: boolean
    readonly reason: string | null
    readonly hint: string | null
  }[]
  readonly problems: readonly string[]
  readonly source: string
  readonly served: string
  readonly warnings: readonly string[]
}
export interface ReplaceSchemaInput {
  readonly body: {
    readonly source: string
    /** Only says what would be done. */
    readonly dry_run?: boolean | undefined
  }
}
export type ReplaceSchemaResponse =
  | {
      readonly applied: readonly {
        readonly version: number
        readonly name: string
        readonly file: string
        readonly snapshot: string | null
      }[]
      readonly changes: readonly string[]
    }
  | {
      readonly up_to_date: boolean
      readonly migrations: readonly {
        readonly version: number
        readonly name: string
        readonly description: string | null
        /** `draft`: it loses data, and waits until it is edited or confirmed. */
        readonly state: 'applied' | 'pending' | 'draft' | 'changed' | 'missing' | 'invalid'
        readonly file: string | null
        readonly applied_at: string | null
        readonly snapshot: string | null
        readonly destroys: boolean | null
        readonly reversible: boolean | null
        readonly remarks: readonly string[]
      }[]
      readonly changes: readonly {
        readonly change: string
        readonly automatic: boolean
        readonly reason: string | null
        readonly hint: string | null
      }[]
      readonly problems: readonly string[]
    }
export type ListBackupsResponse = {
  readonly backups: readonly {
    readonly name: string
    readonly path: string
    readonly form: 'folder' | 'tar' | 'database'
    readonly created_at: string | null
    readonly epoch: string | null
    readonly seq: number | null
    readonly encrypted: boolean | null
    readonly version: string | null
    readonly files: number
    readonly bytes: number | null
  }[]
  readonly schedule: {
    /** A cron line, in local time; null: never. */ readonly schedule: string | null
    readonly keep: { readonly count: number } | { readonly ageMs: number }
    readonly next: string | null
    readonly last: { readonly at: string; readonly ok: boolean; readonly message: string } | null
  }
}
export interface CreateBackupInput {
  readonly body?: {
    readonly to?: string | undefined
    readonly keep?: { readonly count: number } | { readonly ageMs: number } | undefined
  }
}
export type CreateBackupResponse = {
  readonly name: string
  readonly path: string
  readonly form: 'folder' | 'tar' | 'database'
  readonly created_at: string | null
  readonly epoch: string | null
  readonly seq: number | null
  readonly encrypted: boolean | null
  readonly version: string | null
  readonly files: number
  readonly bytes: number | null
  readonly removed: readonly string[]
}
export interface SetBackupScheduleInput {
  readonly body: {
    readonly schedule: string | null
    readonly keep?: { readonly count: number } | { readonly ageMs: number } | undefined
  }
}
export type SetBackupScheduleResponse = {
  /** A cron line, in local time; null: never. */ readonly schedule: string | null
  readonly keep: { readonly count: number } | { readonly ageMs: number }
  readonly next: string | null
  readonly last: { readonly at: string; readonly ok: boolean; readonly message: string } | null
}
export interface VerifyBackupInput {
  readonly params: { readonly name: string }
}
export type VerifyBackupResponse = {
  readonly name: string
  readonly path: string
  readonly form: 'folder' | 'tar' | 'database'
  readonly created_at: string | null
  readonly epoch: string | null
  readonly seq: number | null
  readonly encrypted: boolean | null
  readonly version: string | null
  readonly files: number
  readonly bytes: number | null
  readonly ok: boolean
  readonly problems: readonly string[]
}
export interface DeleteBackupInput {
  readonly params: { readonly name: string }
}
export interface DumpDatabaseInput {
  readonly query?: {
    readonly format?: 'sql' | 'ndjson' | 'csv' | undefined
    /** The collections to dump; all, where absent. */
    readonly collection?: readonly string[] | undefined
    /** Which documents of one collection, as in a list. */
    readonly filter?: readonly string[] | undefined
    readonly where?: string | undefined
    /** The values of `$1`, `$2` … in `where`, as JSON. */
    readonly params?: string | undefined
    /** Lines `{"collection","text"}` instead of the text itself. */
    readonly frames?: boolean | undefined
  }
}
export type ResetDatabaseResponse = {
  readonly documents: number
  readonly backup: string | null
  readonly epoch: string
}
export type RunDoctorResponse = {
  readonly findings: readonly {
    readonly check: string
    readonly level: 'ok' | 'note' | 'problem'
    readonly message: string
    readonly advice?: string
  }[]
}
export interface ExplainRulesInput {
  readonly body: {
    readonly collection: string
    readonly operation: 'create' | 'read' | 'update' | 'delete'
    /** `anonymous`, `user:<id or address>`, `key`, `key:<scope>`, `operator:<role>`. */
    readonly as?: string | undefined
    readonly id?: string | number | undefined
    readonly data?: Readonly<Record<string, unknown>> | undefined
    /** Of `read`: what a list asks for, as its parameters. */
    readonly filter?: readonly string[] | undefined
    readonly where?: string | undefined
    /** What `$1`, `$2` … of `where` stand for. */
    readonly params?: readonly unknown[] | undefined
    readonly sort?: string | undefined
    readonly expand?: string | undefined
  }
}
export type ExplainRulesResponse = {
  readonly collection: string
  readonly operation: 'create' | 'read' | 'update' | 'delete'
  readonly actor: string
  readonly comes_to: 'always' | 'never' | 'depends' | 'bypassed'
  readonly summary: string
  readonly rules: readonly {
    readonly file: string
    readonly line: number
    readonly column: number
    readonly name: string | null
    readonly kind: 'permit' | 'restrict' | 'field'
    readonly about: 'stored' | 'resulting'
    readonly source: string
    readonly definitions: readonly {
      readonly signature: string
      readonly source: string
      readonly line: number
      readonly column: number
    }[]
    readonly comes_to: 'always' | 'never' | 'depends'
    readonly slow: readonly string[]
    readonly warnings: readonly string[]
    readonly outcome: ExplanationPart | null
  }[]
  readonly sql: {
    readonly text: string
    readonly params: readonly { readonly value: unknown; readonly meaning: string }[]
    readonly plan: readonly string[]
    readonly uses_index: boolean
    /** How much is read for a page: no more; documents in order until it is full; all that match; everything. */
    readonly reads: 'page' | 'until_full' | 'matches' | 'everything'
    /** The plan in sentences. */
    readonly words: readonly string[]
    /** Indexes that would make it read less: `line` belongs to `place` of schema.yaml. */
    readonly indexes: readonly {
      readonly collection: string
      readonly fields: readonly string[]
      readonly place: string
      readonly line: string
    }[]
    /** The plan with these indexes, in sentences. */
    readonly after: readonly string[]
    /** Why an index does not help, or not enough. */
    readonly obstacles: readonly string[]
  } | null
  readonly document: {
    readonly id: string | null
    readonly answer: { readonly status: number; readonly code: string | null; readonly message: string | null }
    readonly allowed: boolean
    readonly reasons: readonly string[]
  } | null
}
export interface TestRulesInput {
  readonly body: { readonly files: readonly { readonly name: string; readonly source: string }[] }
}
export type TestRulesResponse = {
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
  readonly files: readonly {
    readonly file: string
    readonly problems: readonly string[]
    readonly cases: readonly {
      readonly title: string
      readonly line: number
      readonly column: number
      readonly ok: boolean
      readonly message: string | null
      readonly because: readonly string[]
      readonly status: number
    }[]
  }[]
}
export interface ListStudioItemsInput {
  readonly query?: { readonly prefix?: string | undefined }
}
export type ListStudioItemsResponse = {
  readonly items: readonly {
    readonly name: string
    readonly value: unknown
    readonly shared: boolean
    readonly own: boolean
    readonly updated_at: string
  }[]
}
export interface KeepStudioItemInput {
  readonly params: { readonly name: string }
  readonly body: { readonly value: unknown; readonly shared?: boolean | undefined }
}
export type KeepStudioItemResponse = {
  readonly name: string
  readonly value: unknown
  readonly shared: boolean
  readonly own: boolean
  readonly updated_at: string
}
export interface DeleteStudioItemInput {
  readonly params: { readonly name: string }
}
export interface ExplanationPart {
  readonly source: string
  /** The definition that this part is a call of. */
  readonly calls: string | null
  /** The definition in whose body it stands; null for the rule itself. */
  readonly definition: string | null
  readonly result: boolean | 'error'
  readonly operator: ('&&' | '||') | null
  readonly operands: readonly ExplanationPart[]
  /** What it looked at: `doc.author_id`, `auth.id`. */
  readonly values: Readonly<Record<string, unknown>>
}
export const ADMIN_OPERATIONS: Readonly<Record<keyof AdminClient, AdminOperation>> = {
  verifyAuditLog: { method: 'GET', path: '/api/admin/audit/verify', response: 'json' },
  listAuditEntries: { method: 'GET', path: '/api/admin/audit', response: 'json' },
  listRequests: { method: 'GET', path: '/api/admin/requests', response: 'json' },
  listQueries: { method: 'GET', path: '/api/admin/queries', response: 'json' },
  listMails: { method: 'GET', path: '/api/admin/mail', response: 'json' },
  mapPositions: { method: 'GET', path: '/api/admin/data/positions/{collection}', response: 'json' },
  listCollections: { method: 'GET', path: '/api/admin/collections', response: 'json' },
  importDocuments: {
    method: 'POST',
    path: '/api/admin/import/{collection}',
    bodyType: 'application/x-ndjson',
    response: 'json',
  },
  importOperations: { method: 'POST', path: '/api/admin/import', bodyType: 'application/x-ndjson', response: 'json' },
  getOperatorFactors: { method: 'GET', path: '/api/admin/mfa', response: 'json' },
  enrollOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/enroll', response: 'json' },
  activateOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/activate', response: 'json' },
  verifyOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/verify', response: 'json' },
  disableOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/disable', response: 'json' },
  renewOperatorRecoveryCodes: { method: 'POST', path: '/api/admin/mfa/recovery-codes', response: 'json' },
  loginOperator: { method: 'POST', path: '/api/admin/login', response: 'json' },
  renewOperatorSession: { method: 'POST', path: '/api/admin/session', response: 'json' },
  logoutOperator: { method: 'DELETE', path: '/api/admin/session', response: 'json' },
  setUpFirstOperator: { method: 'POST', path: '/api/admin/setup', response: 'json' },
  setOperatorPassword: { method: 'POST', path: '/api/admin/password', response: 'json' },
  changeOperatorPassword: { method: 'POST', path: '/api/admin/password/change', response: 'json' },
  listOperators: { method: 'GET', path: '/api/admin/operators', response: 'json' },
  createOperator: { method: 'POST', path: '/api/admin/operators', response: 'json' },
  updateOperator: { method: 'PATCH', path: '/api/admin/operators/{id}', response: 'json' },
  deleteOperator: { method: 'DELETE', path: '/api/admin/operators/{id}', response: 'json' },
  removeOperatorMfa: { method: 'DELETE', path: '/api/admin/operators/{id}/mfa', response: 'json' },
  resetOperatorPassword: { method: 'POST', path: '/api/admin/operators/{id}/reset-password', response: 'json' },
  listUsers: { method: 'GET', path: '/api/admin/users', response: 'json' },
  createUser: { method: 'POST', path: '/api/admin/users', response: 'json' },
  getUser: { method: 'GET', path: '/api/admin/users/{id}', response: 'json' },
  updateUser: { method: 'PATCH', path: '/api/admin/users/{id}', response: 'json' },
  deleteUser: { method: 'DELETE', path: '/api/admin/users/{id}', response: 'json' },
  blockUser: { method: 'POST', path: '/api/admin/users/{id}/block', response: 'json' },
  unblockUser: { method: 'POST', path: '/api/admin/users/{id}/unblock', response: 'json' },
  resetUserPassword: { method: 'POST', path: '/api/admin/users/{id}/reset-password', response: 'json' },
  removeUserMfa: { method: 'DELETE', path: '/api/admin/users/{id}/mfa', response: 'json' },
  impersonateUser: { method: 'POST', path: '/api/admin/users/{id}/impersonate', response: 'json' },
  endUserSessions: { method: 'DELETE', path: '/api/admin/users/{id}/sessions', response: 'json' },
  listSessions: { method: 'GET', path: '/api/admin/sessions', response: 'json' },
  endSession: { method: 'DELETE', path: '/api/admin/sessions/{id}', response: 'json' },
  listRoles: { method: 'GET', path: '/api/admin/roles', response: 'json' },
  listKeys: { method: 'GET', path: '/api/admin/keys', response: 'json' },
  createKey: { method: 'POST', path: '/api/admin/keys', response: 'json' },
  revokeKey: { method: 'DELETE', path: '/api/admin/keys/{id}', response: 'json' },
  rotateSigningKey: { method: 'POST', path: '/api/admin/signing-keys/rotate', response: 'json' },
  rotateSecretKey: { method: 'POST', path: '/api/admin/secret-keys/rotate', response: 'json' },
  getRealtimeStats: { method: 'GET', path: '/api/admin/realtime', response: 'json' },
  listTasks: { method: 'GET', path: '/api/admin/tasks', response: 'json' },
  runTask: { method: 'POST', path: '/api/admin/tasks/{name}/run', response: 'json' },
  getMigrations: { method: 'GET', path: '/api/admin/migrations', response: 'json' },
  getRunningMigration: { method: 'GET', path: '/api/admin/migrate', response: 'json' },
  migrate: { method: 'POST', path: '/api/admin/migrate', response: 'json' },
  getSchema: { method: 'GET', path: '/api/admin/schema', response: 'json' },
  replaceSchema: { method: 'POST', path: '/api/admin/schema', response: 'json' },
  listBackups: { method: 'GET', path: '/api/admin/backups', response: 'json' },
  createBackup: { method: 'POST', path: '/api/admin/backups', response: 'json' },
  setBackupSchedule: { method: 'PUT', path: '/api/admin/backups/schedule', response: 'json' },
  verifyBackup: { method: 'POST', path: '/api/admin/backups/{name}/verify', response: 'json' },
  deleteBackup: { method: 'DELETE', path: '/api/admin/backups/{name}', response: 'json' },
  dumpDatabase: { method: 'GET', path: '/api/admin/dump', response: 'raw' },
  resetDatabase: { method: 'POST', path: '/api/admin/reset', response: 'json' },
  runDoctor: { method: 'GET', path: '/api/admin/doctor', response: 'json' },
  explainRules: { method: 'POST', path: '/api/admin/rules/explain', response: 'json' },
  testRules: { method: 'POST', path: '/api/admin/rules/test', response: 'json' },
  listStudioItems: { method: 'GET', path: '/api/admin/studio/items', response: 'json' },
  keepStudioItem: { method: 'PUT', path: '/api/admin/studio/items/{name}', response: 'json' },
  deleteStudioItem: { method: 'DELETE', path: '/api/admin/studio/items/{name}', response: 'json' },
}
