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
   * One of the latest requests: what it asked for, what was logged of it, and what would make it faster
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  getRequest(input: GetRequestInput, options?: CallOptions): Promise<GetRequestResponse>
  /**
   * List what lists have asked for since the start, by shape, with advice for slow ones
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  listQueries(input?: ListQueriesInput, options?: CallOptions): Promise<ListQueriesResponse>
  /**
   * Requests, latencies, writes and load over time, for the last day by the minute and the last week by ten minutes
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  getLoadStats(input?: GetLoadStatsInput, options?: CallOptions): Promise<GetLoadStatsResponse>
  /**
   * List the latest lines of the log, newest first; older ones are in its files
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  listLogEntries(input?: ListLogEntriesInput, options?: CallOptions): Promise<ListLogEntriesResponse>
  /**
   * List addresses that get no emails
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  listMailSuppressions(input?: ListMailSuppressionsInput, options?: CallOptions): Promise<ListMailSuppressionsResponse>
  /**
   * Stop sending emails to an address
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  addMailSuppression(input: AddMailSuppressionInput, options?: CallOptions): Promise<AddMailSuppressionResponse>
  /**
   * Send emails to an address again
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  removeMailSuppression(input: RemoveMailSuppressionInput, options?: CallOptions): Promise<undefined>
  /**
   * List templates of emails
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  listMailTemplates(input?: undefined, options?: CallOptions): Promise<ListMailTemplatesResponse>
  /**
   * Render a template of emails, with its PreviewProps or others
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  previewMailTemplate(input: PreviewMailTemplateInput, options?: CallOptions): Promise<PreviewMailTemplateResponse>
  /**
   * Show how a template of emails looks, for a frame of the studio
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  showMailTemplate(input: ShowMailTemplateInput, options?: CallOptions): Promise<Response>
  /**
   * List emails, newest first
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  listMails(input?: ListMailsInput, options?: CallOptions): Promise<ListMailsResponse>
  /**
   * Send the emails that are held since this project was copied or restored
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  releaseMails(input?: undefined, options?: CallOptions): Promise<ReleaseMailsResponse>
  /**
   * Get an email, without its text
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  getMail(input: GetMailInput, options?: CallOptions): Promise<GetMailResponse>
  /**
   * Send an email now that failed, waits or is held
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  resendMail(input: ResendMailInput, options?: CallOptions): Promise<ResendMailResponse>
  /**
   * Send a mail at once, by settings that need not be saved
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  sendTestMail(input: SendTestMailInput, options?: CallOptions): Promise<SendTestMailResponse>
  /**
   * Count the documents of a list, and get a cursor for every 1,000th of them
   * Callers whom the rules of the schema allow it.
   */
  mapPositions(input: MapPositionsInput, options?: CallOptions): Promise<MapPositionsResponse>
  /**
   * List the collections with their fields, indexes and rules, and what rules are made of
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
   * List what operators did to documents, newest first
   * Operators with the role owner, admin, editor or viewer.
   */
  listChanges(input?: ListChangesInput, options?: CallOptions): Promise<ListChangesResponse>
  /**
   * Undo what an operator did, all of it or nothing; undoing an undo is "redo"
   * Operators with the role owner, admin or editor.
   */
  undoChange(input: UndoChangeInput, options?: CallOptions): Promise<UndoChangeResponse>
  /**
   * Change or delete many documents, by their keys or all that match, as one action
   * Callers whom the rules of the schema allow it.
   */
  bulkWrite(input: BulkWriteInput, options?: CallOptions): Promise<BulkWriteResponse>
  /**
   * Import the rows of an NDJSON body as one action, and say of each row that is refused why
   * Callers whom the rules of the schema allow it.
   */
  importRows(input: ImportRowsInput, options?: CallOptions): Promise<ImportRowsResponse>
  /**
   * Export the documents of a list as a file
   * Callers whom the rules of the schema allow it.
   */
  exportDocuments(input: ExportDocumentsInput, options?: CallOptions): Promise<Response>
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
  /**
   * Confirm that it is still you, with a code of your second factor, or your password where you have none
   * Operators.
   */
  proveOperator(input: ProveOperatorInput, options?: CallOptions): Promise<ProveOperatorResponse>
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
   * End all sessions of an operator
   * Operators with the role owner.
   */
  endOperatorSessions(input: EndOperatorSessionsInput, options?: CallOptions): Promise<EndOperatorSessionsResponse>
  /**
   * Reset the password of an operator
   * Operators with the role owner.
   */
  resetOperatorPassword(
    input: ResetOperatorPasswordInput,
    options?: CallOptions,
  ): Promise<ResetOperatorPasswordResponse>
  /**
   * Read whether the session of the caller may change documents in production
   * Operators.
   */
  getEditingLock(input?: undefined, options?: CallOptions): Promise<GetEditingLockResponse>
  /**
   * Unlock documents of production for 15 minutes, for the session of the caller
   * Operators.
   */
  unlockEditing(input?: undefined, options?: CallOptions): Promise<UnlockEditingResponse>
  /**
   * Lock documents of production again
   * Operators.
   */
  lockEditing(input?: undefined, options?: CallOptions): Promise<LockEditingResponse>
  /**
   * List providers of sign-ins with what is set up and what is missing
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listProviders(input?: undefined, options?: CallOptions): Promise<ListProvidersResponse>
  /**
   * Ask a provider whether it would begin a sign-in
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  testProvider(input: TestProviderInput, options?: CallOptions): Promise<TestProviderResponse>
  /**
   * List users with their accounts; parameters as for lists of documents, and sort=-last_sign_in_at for who has signed in last
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
   * Block a user, with a reason and an end where they are given
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
   * Create a one-time ticket for a connection of an operator, as whom `Koyalite-As` says
   * Anyone; what a connection may follow is decided by the rules of the schema.
   */
  createOperatorsTicket(input?: undefined, options?: CallOptions): Promise<CreateOperatorsTicketResponse>
  /**
   * Statistics of live queries: connections, subscriptions, lag
   * Operators with the role owner, admin, editor or viewer; service keys with the scope logs or admin.
   */
  getRealtimeStats(input?: undefined, options?: CallOptions): Promise<GetRealtimeStatsResponse>
  /**
   * List queues with what waits in them
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listJobQueues(input?: undefined, options?: CallOptions): Promise<ListJobQueuesResponse>
  /**
   * Run the jobs that are held since this project was copied or restored
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  releaseJobs(input?: undefined, options?: CallOptions): Promise<ReleaseJobsResponse>
  /**
   * Pause a queue: what runs ends, and nothing begins
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  pauseJobQueue(input: PauseJobQueueInput, options?: CallOptions): Promise<undefined>
  /**
   * Resume a queue
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  resumeJobQueue(input: ResumeJobQueueInput, options?: CallOptions): Promise<undefined>
  /**
   * List jobs, newest first
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listJobs(input?: ListJobsInput, options?: CallOptions): Promise<ListJobsResponse>
  /**
   * Push a job
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  pushJob(input: PushJobInput, options?: CallOptions): Promise<PushJobResponse>
  /**
   * Get a job with its payload
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  getJobDetail(input: GetJobDetailInput, options?: CallOptions): Promise<GetJobDetailResponse>
  /**
   * Delete a job that does not run
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  deleteJob(input: DeleteJobInput, options?: CallOptions): Promise<undefined>
  /**
   * Run a job again that failed or was cancelled, or one that waits for its time now
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  retryJob(input: RetryJobInput, options?: CallOptions): Promise<RetryJobResponse>
  /**
   * Cancel a job; one that is running is asked to stop
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  cancelJob(input: CancelJobInput, options?: CallOptions): Promise<CancelJobResponse>
  /**
   * List schedules by name
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listSchedules(input?: ListSchedulesInput, options?: CallOptions): Promise<ListSchedulesResponse>
  /**
   * Run a function by a schedule
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  createSchedule(input: CreateScheduleInput, options?: CallOptions): Promise<CreateScheduleResponse>
  /**
   * Get a schedule
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  getSchedule(input: GetScheduleInput, options?: CallOptions): Promise<GetScheduleResponse>
  /**
   * Change a schedule that was made with the admin API
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  changeSchedule(input: ChangeScheduleInput, options?: CallOptions): Promise<ChangeScheduleResponse>
  /**
   * Delete a schedule that was made with the admin API
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  deleteSchedule(input: DeleteScheduleInput, options?: CallOptions): Promise<undefined>
  /**
   * Pause a schedule: it fires nothing until it is resumed
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  pauseSchedule(input: PauseScheduleInput, options?: CallOptions): Promise<PauseScheduleResponse>
  /**
   * Resume a schedule: what was due while it was paused was missed
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  resumeSchedule(input: ResumeScheduleInput, options?: CallOptions): Promise<ResumeScheduleResponse>
  /**
   * Run the function of a schedule now
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  runSchedule(input: RunScheduleInput, options?: CallOptions): Promise<RunScheduleResponse>
  /**
   * List the next times at which a schedule is due
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  nextScheduleFirings(input: NextScheduleFiringsInput, options?: CallOptions): Promise<NextScheduleFiringsResponse>
  /**
   * List what the last firings of a schedule came to, newest first
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listScheduleFirings(input: ListScheduleFiringsInput, options?: CallOptions): Promise<ListScheduleFiringsResponse>
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
   * Read one migration, with the text of its file
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  getMigration(input: GetMigrationInput, options?: CallOptions): Promise<GetMigrationResponse>
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
   * Say what edits of schema.yaml would do, and to how many documents; edits take schema:write
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  planSchema(input?: PlanSchemaInput, options?: CallOptions): Promise<PlanSchemaResponse>
  /**
   * Write edits to schema.yaml, with a migration file where one is needed, and migrate
   * Operators with the role owner or admin; service keys with the scope schema or admin.
   */
  applySchema(input: ApplySchemaInput, options?: CallOptions): Promise<ApplySchemaResponse>
  /**
   * Wait until schema.yaml, the migrations or the served schema change
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  getSchemaVersion(input?: GetSchemaVersionInput, options?: CallOptions): Promise<GetSchemaVersionResponse>
  /**
   * Sizes of collections, use of their indexes, and indexes that slow lists miss
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  getSchemaUsage(input?: undefined, options?: CallOptions): Promise<GetSchemaUsageResponse>
  /**
   * List who is given events, and how far they are
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listEventSubscribers(input?: undefined, options?: CallOptions): Promise<ListEventSubscribersResponse>
  /**
   * List deliveries to an endpoint, newest first
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listWebhookDeliveries(
    input: ListWebhookDeliveriesInput,
    options?: CallOptions,
  ): Promise<ListWebhookDeliveriesResponse>
  /**
   * List deliveries to all endpoints, newest first
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listAllWebhookDeliveries(
    input?: ListAllWebhookDeliveriesInput,
    options?: CallOptions,
  ): Promise<ListAllWebhookDeliveriesResponse>
  /**
   * Follow deliveries to an endpoint as server-sent events, one after each attempt
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  followWebhookDeliveries(input: FollowWebhookDeliveriesInput, options?: CallOptions): Promise<Response>
  /**
   * Get a delivery with what is sent, and what waits behind it
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  getWebhookDelivery(input: GetWebhookDeliveryInput, options?: CallOptions): Promise<GetWebhookDeliveryResponse>
  /**
   * Send a delivery once more, with the same bytes
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  replayWebhookDelivery(
    input: ReplayWebhookDeliveryInput,
    options?: CallOptions,
  ): Promise<ReplayWebhookDeliveryResponse>
  /**
   * Give up a delivery that waits, so that those behind it go
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  skipWebhookDelivery(input: SkipWebhookDeliveryInput, options?: CallOptions): Promise<SkipWebhookDeliveryResponse>
  /**
   * List endpoints of webhooks, with how sending to them goes
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listWebhooks(input?: undefined, options?: CallOptions): Promise<ListWebhooksResponse>
  /**
   * Create an endpoint of webhooks; its secret is shown only once
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  createWebhook(input: CreateWebhookInput, options?: CallOptions): Promise<CreateWebhookResponse>
  /**
   * Get an endpoint of webhooks
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  getWebhook(input: GetWebhookInput, options?: CallOptions): Promise<GetWebhookResponse>
  /**
   * Change an endpoint of webhooks
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  updateWebhook(input: UpdateWebhookInput, options?: CallOptions): Promise<UpdateWebhookResponse>
  /**
   * Delete an endpoint of webhooks, with its deliveries
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  deleteWebhook(input: DeleteWebhookInput, options?: CallOptions): Promise<undefined>
  /**
   * Make another secret; the one before it signs too for 24 hours, unless it is revoked
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  rotateWebhookSecret(input: RotateWebhookSecretInput, options?: CallOptions): Promise<RotateWebhookSecretResponse>
  /**
   * Send an event of the type webhook.test once, and say what came of it
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  testWebhook(input: TestWebhookInput, options?: CallOptions): Promise<TestWebhookResponse>
  /**
   * Take and send events again; one without a secret gets one
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  enableWebhook(input: EnableWebhookInput, options?: CallOptions): Promise<EnableWebhookResponse>
  /**
   * Take and send no events
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  disableWebhook(input: DisableWebhookInput, options?: CallOptions): Promise<DisableWebhookResponse>
  /**
   * Deliver again what happened since a time, as far back as the change log reaches
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  replayWebhook(input: ReplayWebhookInput, options?: CallOptions): Promise<ReplayWebhookResponse>
  /**
   * Call a function as an operator, or as whom `Koyalite-As` says
   * Owners and admins; as a user or an anonymous caller, whom its `access` allows it, and nothing is written.
   */
  invokeFunction(input: InvokeFunctionInput, options?: CallOptions): Promise<InvokeFunctionResponse>
  /**
   * List functions, and what else is in their folder
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listFunctions(input?: undefined, options?: CallOptions): Promise<ListFunctionsResponse>
  /**
   * List what functions take and return, besides those that answer requests themselves
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  listFunctionSchemas(input?: undefined, options?: CallOptions): Promise<ListFunctionSchemasResponse>
  /**
   * List calls of functions, newest first
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listExecutions(input?: ListExecutionsInput, options?: CallOptions): Promise<ListExecutionsResponse>
  /**
   * Follow calls of functions as server-sent events
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  followExecutions(input?: FollowExecutionsInput, options?: CallOptions): Promise<Response>
  /**
   * Get a call of a function with its log
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  getExecution(input: GetExecutionInput, options?: CallOptions): Promise<GetExecutionResponse>
  /**
   * Get a function with its versions
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  getFunction(input: GetFunctionInput, options?: CallOptions): Promise<GetFunctionResponse>
  /**
   * Call a function again for what happened since a time, as far back as the change log reaches
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  replayFunctionEvents(input: ReplayFunctionEventsInput, options?: CallOptions): Promise<ReplayFunctionEventsResponse>
  /**
   * Let a version of a function serve, or a share of its calls, until its files change again
   * Operators with the role owner or admin; service keys with the scope admin.
   */
  serveFunctionVersion(input: ServeFunctionVersionInput, options?: CallOptions): Promise<ServeFunctionVersionResponse>
  /**
   * List the hooks of the project, and how their runs went
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listHooks(input?: undefined, options?: CallOptions): Promise<ListHooksResponse>
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
   * Begin to upload a backup: a .tar file as it is downloaded
   * Operators with the role owner; service keys with the scope admin.
   */
  beginBackupUpload(input: BeginBackupUploadInput, options?: CallOptions): Promise<BeginBackupUploadResponse>
  /**
   * How much of an upload has arrived
   * Operators with the role owner; service keys with the scope admin.
   */
  getBackupUpload(input: GetBackupUploadInput, options?: CallOptions): Promise<GetBackupUploadResponse>
  /**
   * Send the next piece of an upload
   * Operators with the role owner; service keys with the scope admin.
   */
  sendBackupPiece(input: SendBackupPieceInput, options?: CallOptions): Promise<SendBackupPieceResponse>
  /**
   * Cancel an upload
   * Operators with the role owner; service keys with the scope admin.
   */
  cancelBackupUpload(input: CancelBackupUploadInput, options?: CallOptions): Promise<undefined>
  /**
   * Verify an uploaded backup, and list it with the others
   * Operators with the role owner; service keys with the scope admin.
   */
  finishBackupUpload(input: FinishBackupUploadInput, options?: CallOptions): Promise<FinishBackupUploadResponse>
  /**
   * Download a backup as a .tar file. It holds the keys of the server too: keep it safe
   * Operators with the role owner; service keys with the scope admin.
   */
  downloadBackup(input: DownloadBackupInput, options?: CallOptions): Promise<Response>
  /**
   * What restoring a backup would mean
   * Operators with the role owner; service keys with the scope admin.
   */
  previewRestore(input: PreviewRestoreInput, options?: CallOptions): Promise<PreviewRestoreResponse>
  /**
   * Replace all data by a backup: what is there now is backed up first, then the server starts again
   * Operators with the role owner; service keys with the scope admin.
   */
  restoreBackup(input: RestoreBackupInput, options?: CallOptions): Promise<RestoreBackupResponse>
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
   * List the commands of the command line that changed this project, newest first
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listCommands(input?: ListCommandsInput, options?: CallOptions): Promise<ListCommandsResponse>
  /**
   * Record a command of the command line, which does so itself
   * Operators with the role owner; service keys with the scope admin.
   */
  recordCommand(input: RecordCommandInput, options?: CallOptions): Promise<undefined>
  /**
   * List all settings, with their values and where these were set
   * Operators with the role owner, admin, editor or viewer; service keys with the scope admin.
   */
  listSettings(input?: undefined, options?: CallOptions): Promise<ListSettingsResponse>
  /**
   * Change settings in koyalite.yaml, and secrets in .env; comments and order stay
   * Operators with the role owner; service keys with the scope admin.
   */
  changeSettings(input: ChangeSettingsInput, options?: CallOptions): Promise<ChangeSettingsResponse>
  /**
   * Explain why an actor may or may not do something
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  explainRules(input: ExplainRulesInput, options?: CallOptions): Promise<ExplainRulesResponse>
  /**
   * Run rule tests against the current rules, on their own test documents
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  testRules(input?: TestRulesInput, options?: CallOptions): Promise<TestRulesResponse>
  /**
   * Tell who may do what: by collection, operation and field, for classes of callers
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  readRuleMatrix(input?: ReadRuleMatrixInput, options?: CallOptions): Promise<ReadRuleMatrixResponse>
  /**
   * Count what the read rule of a collection hides of a list from an actor
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  countHidden(input: CountHiddenInput, options?: CallOptions): Promise<CountHiddenResponse>
  /**
   * Check an expression as a rule of the current schema, and say how it may go on
   * Operators with the role owner, admin, editor or viewer; service keys with the scope schema or admin.
   */
  checkRule(input: CheckRuleInput, options?: CallOptions): Promise<CheckRuleResponse>
  /**
   * Run SQL: lines of JSON with columns, rows and what changes
   * Operators with the role owner, admin, editor or viewer; service keys with the scope sql or admin.
   */
  runSql(input: RunSqlInput, options?: CallOptions): Promise<Response>
  /**
   * List the SQL that runs now
   * Operators with the role owner, admin, editor or viewer; service keys with the scope sql or admin.
   */
  listSql(input?: undefined, options?: CallOptions): Promise<ListSqlResponse>
  /**
   * Stop SQL that runs
   * Operators with the role owner, admin, editor or viewer; service keys with the scope sql or admin.
   */
  stopSql(input: StopSqlInput, options?: CallOptions): Promise<undefined>
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
    /** `GET /api/collections/posts` */
    readonly route?: string | undefined
    /** Answered then or later. */
    readonly since?: string | undefined
    /** Answered before. */
    readonly until?: string | undefined
    /** False: those of operators, of the command line, of health checks and of pages of the server are left out. */
    readonly own?: 'true' | 'false' | undefined
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
    /** As it is declared, with its collection: `GET /api/collections/posts`. */
    readonly route: string
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
export interface GetRequestInput {
  readonly params: { readonly id: string }
}
export type GetRequestResponse = {
  readonly request: {
    /** The X-Request-Id, under which the log has more. */ readonly id: string
    /** When it was answered. */
    readonly at: string
    readonly method: string
    readonly path: string
    /** As it is declared, with its collection: `GET /api/collections/posts`. */
    readonly route: string
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
  }
  /** What was logged of it, the newest first. */
  readonly log: readonly {
    /** Its place in the order of all. */ readonly id: string
    readonly at: string
    readonly level: 'debug' | 'info' | 'warn' | 'error'
    readonly message: string
    readonly request_id: string | null
    /** What else the line has; what is secret by its name is masked. */
    readonly fields: Readonly<Record<string, unknown>>
  }[]
  /** Of all requests for the same list. */
  readonly query: {
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
      /** The plan with these indexes. */
      readonly after?: readonly string[]
      /** The statement, with values as parameters. */
      readonly sql?: string
      readonly indexes: readonly {
        readonly collection: string
        readonly fields: readonly string[]
        readonly place: string
        readonly line: string
      }[]
      /** Why an index does not help. */
      readonly obstacles: readonly string[]
    } | null
  } | null
  /** What it did in the database. Null, unless somebody was looking at the requests when it came. */
  readonly statements: {
    readonly count: number
    /** Of all of them. */
    readonly ms: number
    /** The first 50, in the order in which they ended. */
    readonly list: readonly {
      /** With parameters in place of values. */ readonly sql: string
      readonly ms: number
      /** That it returned or changed. */
      readonly rows: number
    }[]
  } | null
}
export interface ListQueriesInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    readonly cursor?: string | undefined
    /** By the total, mean or maximum of their times, or by their number. */
    readonly sort?: 'total' | 'mean' | 'max' | 'count' | undefined
    /** Only this one, with advice whether it was slow or not. */
    readonly shape?: string | undefined
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
      /** The plan with these indexes. */
      readonly after?: readonly string[]
      /** The statement, with values as parameters. */
      readonly sql?: string
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
export interface GetLoadStatsInput {
  readonly query?: {
    /** By default an hour before `to`. */ readonly from?: string | undefined
    /** By default now. */
    readonly to?: string | undefined
    /** Seconds of a point: a multiple of 60. By default what makes up to 180 points. */
    readonly step?: number | undefined
    /** Latencies of the points are those of this route. */
    readonly route?: string | undefined
    /** Latencies of the points are those of this shape of a list. */
    readonly query?: string | undefined
  }
}
export type GetLoadStatsResponse = {
  readonly from: string
  readonly to: string
  readonly step_seconds: number
  /** Of all points together. */
  readonly total: {
    readonly requests: number
    /** How many were answered so: `2xx`, `4xx`. */
    readonly status: Readonly<Record<string, number>>
    /** Half of them took no longer; null of none. */
    readonly p50_ms: number | null
    readonly p95_ms: number | null
    readonly p99_ms: number | null
    readonly max_ms: number | null
    readonly queries: number
    readonly writes: number
  }
  /** In order. Of times in which nobody asked for anything there are none. */
  readonly points: readonly {
    /** When it begins. */ readonly at: string
    readonly requests: number
    /** How many were answered so: `2xx`, `4xx`. */
    readonly status: Readonly<Record<string, number>>
    /** Half of them took no longer; null of none. */
    readonly p50_ms: number | null
    readonly p95_ms: number | null
    readonly p99_ms: number | null
    readonly max_ms: number | null
    /** Lists and aggregates that were read. */
    readonly queries: number
    readonly writes: number
    readonly failed_writes: number
    /** 95 % of the batches of writes did not wait longer for their turn. */
    readonly write_wait_ms: number | null
    /** 95 % of them did not wait longer for the disk. */
    readonly sync_ms: number | null
    /** The highest values that were seen. */
    readonly gauges: {
      /** Of all processes of the server. */ readonly memory_bytes?: number
      /** How long the event loop was busy, of the process where it was longest. */
      readonly loop_delay_ms?: number
      /** Open WebSockets and event streams. */
      readonly sockets?: number
      readonly subscriptions?: number
      readonly live_memory_bytes?: number
      /** Changes that were committed and not yet delivered. */
      readonly live_lag?: number
      readonly wal_bytes?: number
      readonly database_bytes?: number
      readonly writes_waiting?: number
      /** Processes for statements that may take long. */
      readonly readers?: number
      readonly reads_waiting?: number
    }
  }[]
  /** Those that took most in all first. */
  readonly routes: readonly {
    /** `GET /api/collections/posts`; beyond 20 of a time the others are together `others`. */ readonly route: string
    readonly requests: number
    /** Answered with a status from 400 on. */
    readonly refused: number
    /** From 500 on. */
    readonly failed: number
    readonly total_ms: number
    /** Half of them took no longer; null of none. */
    readonly p50_ms: number | null
    readonly p95_ms: number | null
    readonly p99_ms: number | null
    readonly max_ms: number | null
  }[]
  /** Lists and aggregates by what they asked for, without values. */
  readonly queries: readonly {
    readonly shape: string
    readonly collection: string
    readonly count: number
    readonly total_ms: number
    /** Half of them took no longer; null of none. */
    readonly p50_ms: number | null
    readonly p95_ms: number | null
    readonly p99_ms: number | null
    readonly max_ms: number | null
  }[]
  /** By cause: status, code and route; the most frequent first. */
  readonly errors: readonly {
    readonly status: number
    readonly code: string | null
    readonly route: string
    readonly count: number
    readonly first_at: string
    readonly last_at: string
    /** Of the last one. */
    readonly request_id: string
  }[]
}
export interface ListLogEntriesInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    /** This level and those above it. */
    readonly level?: 'debug' | 'info' | 'warn' | 'error' | undefined
    /** A part of the line; upper and lower case are the same. */
    readonly q?: string | undefined
    readonly request_id?: string | undefined
    /** Whether requests are among them. */
    readonly requests?: 'true' | 'false' | undefined
  }
}
export type ListLogEntriesResponse = {
  readonly entries: readonly {
    /** Its place in the order of all. */ readonly id: string
    readonly at: string
    readonly level: 'debug' | 'info' | 'warn' | 'error'
    readonly message: string
    readonly request_id: string | null
    /** What else the line has; what is secret by its name is masked. */
    readonly fields: Readonly<Record<string, unknown>>
  }[]
  readonly next_cursor: string | null
}
export interface ListMailSuppressionsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
  }
}
export type ListMailSuppressionsResponse = {
  readonly suppressions: readonly {
    readonly address: string
    /** The template or function whose emails it gets no more; null: all. */
    readonly list: string | null
    readonly reason: 'bounce' | 'complaint' | 'unsubscribe' | 'manual'
    /** What the other server said, or the operator. */
    readonly note: string | null
    readonly created_at: string
  }[]
  readonly next_cursor: string | null
}
export interface AddMailSuppressionInput {
  readonly body: { readonly address: string; readonly note?: string | undefined }
}
export type AddMailSuppressionResponse = {
  readonly address: string
  /** The template or function whose emails it gets no more; null: all. */
  readonly list: string | null
  readonly reason: 'bounce' | 'complaint' | 'unsubscribe' | 'manual'
  /** What the other server said, or the operator. */
  readonly note: string | null
  readonly created_at: string
}
export interface RemoveMailSuppressionInput {
  readonly query: {
    readonly address: string
    /** Where it has unsubscribed: the template or function. */
    readonly list?: string | undefined
    /** Why; needed after a complaint. */
    readonly note?: string | undefined
  }
}
export type ListMailTemplatesResponse = {
  readonly default_locale: string
  readonly templates: readonly {
    readonly name: string
    /** `sign_in`: the server sends it by itself. */
    readonly kind: 'sign_in' | 'project'
    /** From the project's folder; null: ours is used. */
    readonly file: string | null
    /** Languages that it has texts in. */
    readonly locales: readonly string[]
  }[]
}
export interface PreviewMailTemplateInput {
  readonly params: { readonly name: string }
  readonly query?: {
    /** By default email.locale. */ readonly locale?: string | undefined
    /** A JSON object; by default `PreviewProps` of the template. */
    readonly props?: string | undefined
  }
}
export type PreviewMailTemplateResponse = {
  readonly name: string
  /** Null where it could not be rendered. */
  readonly email: {
    readonly subject: string
    /** Written by others: show it in a frame without scripts. */
    readonly html: string
    readonly text: string
    /** Whose texts it has. */
    readonly locale: string
    readonly props: Readonly<Record<string, unknown>>
    /** Texts that it asks for and no language has. */
    readonly missing: readonly string[]
    /** Texts that it has in another language than its own. */
    readonly untranslated: readonly string[]
  } | null
  readonly error: {
    readonly message: string
    /** Of its code. */
    readonly trace: string | null
  } | null
}
export interface ShowMailTemplateInput {
  readonly params: { readonly name: string }
  readonly query?: {
    /** By default email.locale. */ readonly locale?: string | undefined
    /** A JSON object; by default `PreviewProps` of the template. */
    readonly props?: string | undefined
    /** By default that of the browser. */
    readonly scheme?: 'light' | 'dark' | undefined
  }
}
export interface ListMailsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    readonly state?: 'queued' | 'held' | 'sent' | 'delivered' | 'bounced' | 'complained' | 'failed' | undefined
  }
}
export type ListMailsResponse = {
  readonly mails: readonly {
    readonly id: string
    /** What it was made from; null where code has written it. */
    readonly template: string | null
    /** The function that has sent it. */
    readonly function: string | null
    /** One address, or several with commas between them. */
    readonly to: string
    /** Empty until a template of the project is rendered. */
    readonly subject: string
    readonly status: 'queued' | 'held' | 'sent' | 'delivered' | 'bounced' | 'complained' | 'failed'
    readonly attempts: number
    readonly error: string | null
    readonly created_at: string
    readonly next_attempt_at: string | null
    readonly sent_at: string | null
  }[]
  readonly next_cursor: string | null
}
export type ReleaseMailsResponse = { readonly released: number }
export interface GetMailInput {
  readonly params: { readonly id: string }
}
export type GetMailResponse = {
  readonly id: string
  /** What it was made from; null where code has written it. */
  readonly template: string | null
  /** The function that has sent it. */
  readonly function: string | null
  /** One address, or several with commas between them. */
  readonly to: string
  /** Empty until a template of the project is rendered. */
  readonly subject: string
  readonly status: 'queued' | 'held' | 'sent' | 'delivered' | 'bounced' | 'complained' | 'failed'
  readonly attempts: number
  readonly error: string | null
  readonly created_at: string
  readonly next_attempt_at: string | null
  readonly sent_at: string | null
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly reply_to: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly { readonly filename: string; readonly content_type: string; readonly bytes: number }[]
  /** Who is still to get it; null: everybody, or nobody left. */
  readonly pending: readonly string[] | null
  readonly key: string | null
  readonly delivery: 'at_least_once' | 'at_most_once'
  /** Whether its text is still there. */
  readonly can_resend: boolean
  /** What happened to it, the oldest first. `delayed`: Resend is still trying. */
  readonly history: readonly {
    readonly state: 'queued' | 'sent' | 'failed' | 'delayed' | 'delivered' | 'bounced' | 'complained'
    readonly at: string
    /** Why, where somebody has said so. */
    readonly note: string | null
  }[]
}
export interface ResendMailInput {
  readonly params: { readonly id: string }
}
export type ResendMailResponse = {
  readonly id: string
  /** What it was made from; null where code has written it. */
  readonly template: string | null
  /** The function that has sent it. */
  readonly function: string | null
  /** One address, or several with commas between them. */
  readonly to: string
  /** Empty until a template of the project is rendered. */
  readonly subject: string
  readonly status: 'queued' | 'held' | 'sent' | 'delivered' | 'bounced' | 'complained' | 'failed'
  readonly attempts: number
  readonly error: string | null
  readonly created_at: string
  readonly next_attempt_at: string | null
  readonly sent_at: string | null
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly reply_to: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly { readonly filename: string; readonly content_type: string; readonly bytes: number }[]
  /** Who is still to get it; null: everybody, or nobody left. */
  readonly pending: readonly string[] | null
  readonly key: string | null
  readonly delivery: 'at_least_once' | 'at_most_once'
  /** Whether its text is still there. */
  readonly can_resend: boolean
  /** What happened to it, the oldest first. `delayed`: Resend is still trying. */
  readonly history: readonly {
    readonly state: 'queued' | 'sent' | 'failed' | 'delayed' | 'delivered' | 'bounced' | 'complained'
    readonly at: string
    /** Why, where somebody has said so. */
    readonly note: string | null
  }[]
}
export interface SendTestMailInput {
  readonly body: {
    readonly to: string
    /** Instead of what the settings say; `url` and `api_key` take settings:write. */
    readonly email?:
      | {
          readonly from?: string | null | undefined
          readonly transport?: 'log' | 'smtp' | 'resend' | undefined
          readonly url?: string | null | undefined
          readonly api_key?: string | null | undefined
        }
      | undefined
  }
}
export type SendTestMailResponse = {
  readonly ok: boolean
  /** What was refused. */
  readonly message: string | null
  /** Of SMTP, without what signs in. */
  readonly dialogue: readonly string[]
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
  readonly definitions: readonly { readonly signature: string; readonly expression: string }[]
  /** Those of schema.yaml. */
  readonly roles: readonly string[]
  /** By collection: what it, and one document, is called in generated clients: `koya.posts`, `Post`. */
  readonly client_names: Readonly<Record<string, { readonly collection: string; readonly document: string }>>
}
export interface ImportDocumentsInput {
  readonly params: { readonly collection: string }
  readonly query?: {
    readonly mode?: 'insert' | 'upsert' | undefined
    /** `false`: nothing that is imported counts as an event for webhooks and functions. Live queries follow it all the same. */
    readonly events?: boolean | undefined
  }
  readonly body: RawBody
}
export type ImportDocumentsResponse = { readonly imported: number }
export interface ImportOperationsInput {
  readonly query?: {
    /** `false`: nothing that is imported counts as an event for webhooks and functions. Live queries follow it all the same. */
    readonly events?: boolean | undefined
  }
  readonly body: RawBody
}
export type ImportOperationsResponse = { readonly imported: number }
export interface ListChangesInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    readonly cursor?: string | undefined
    /** What all operators did: for owners and admins. */
    readonly all?: boolean | undefined
    /** With `key`: what anybody did to this document. */
    readonly collection?: string | undefined
    readonly key?: string | undefined
  }
}
export type ListChangesResponse = {
  readonly actions: readonly {
    readonly id: string
    readonly at: string
    /** Null: the server itself, from its command line. */
    readonly operator: { readonly id: string; readonly email: string } | null
    /** Method and path of the request. */
    readonly route: string
    /** What became of documents, with those that a deletion took along. */
    readonly changes: readonly {
      readonly collection: string
      readonly inserted: number
      readonly updated: number
      readonly deleted: number
    }[]
    /** The action that this one took back. */
    readonly undoes: string | null
    readonly undone_by: string | null
    /** Why it cannot be undone; null where nothing is in the way so far. */
    readonly impossible: {
      readonly code: 'undone' | 'too_many' | 'other_history' | 'schema_changed' | 'columns' | 'forbidden'
      readonly message: string
    } | null
  }[]
  readonly next_cursor: string | null
}
export interface UndoChangeInput {
  readonly params: { readonly id: string }
  readonly body?: {
    /** Says what would happen, and does nothing. */ readonly dry_run?: boolean | undefined
    /** Documents that stay as they are: those that others have changed since, as a dry run names them. */
    readonly leave_out?: readonly { readonly collection: string; readonly key: string | number }[] | undefined
  }
}
export type UndoChangeResponse = {
  /** The undo as an action: undoing that one is "redo". Null of a dry run. */ readonly action: string | null
  readonly changes: readonly {
    readonly collection: string
    readonly inserted: number
    readonly updated: number
    readonly deleted: number
  }[]
  readonly conflicts: readonly {
    readonly collection: string
    readonly key: string | number
    readonly reason: 'changed' | 'deleted' | 'exists' | 'others' | 'refused'
    readonly message: string
    readonly fields: readonly { readonly field: string; readonly made: unknown; readonly now: unknown }[]
  }[]
  /** Users who come back: without password, sessions, second factors and identities. */
  readonly users_without_credentials: number
}
export interface BulkWriteInput {
  readonly params: { readonly collection: string }
  readonly body: {
    readonly operation: 'update' | 'delete'
    /** The documents by their keys. Those that do not exist are left out. */
    readonly keys?: readonly (string | number)[] | undefined
    /** Or those that match, by the parameters of a list; `{}`: all. */
    readonly match?:
      | {
          readonly filter?: readonly string[] | undefined
          readonly where?: string | undefined
          readonly params?: string | undefined
        }
      | undefined
    /** Of an update: the fields and their values. */
    readonly data?: Readonly<Record<string, unknown>> | undefined
    /** Says what would happen, and does nothing. */
    readonly dry_run?: boolean | undefined
    /** More documents than these are refused. */
    readonly expected?: number | undefined
    /** Allows more than 10,000: in several transactions, and without undo. */
    readonly in_steps?: boolean | undefined
  }
}
export type BulkWriteResponse = {
  /** Without those that a deletion takes along. */ readonly documents: number
  readonly changes: readonly {
    readonly collection: string
    readonly inserted: number
    readonly updated: number
    readonly deleted: number
  }[]
  /** Of a dry run: documents that refer to those to be deleted, and keep them from it. */
  readonly blocked: readonly { readonly collection: string; readonly documents: number }[]
  readonly undoable: boolean
  /** By it the write can be undone; null of a dry run, and of service keys. */
  readonly action: string | null
  /** What ended a write in steps before its end. What was written until then stays. */
  readonly stopped: { readonly code: string; readonly message: string } | null
}
export interface ImportRowsInput {
  readonly params: { readonly collection: string }
  readonly query?: {
    /** `upsert` replaces documents with the same key. */ readonly mode?: 'insert' | 'upsert' | undefined
    /** Stores the rows that can be stored; otherwise all or none. */
    readonly skip_refused?: boolean | undefined
    /** Says what would happen, and does nothing. */
    readonly dry_run?: boolean | undefined
  }
  readonly body: RawBody
}
export type ImportRowsResponse = {
  readonly read: number
  readonly inserted: number
  readonly updated: number
  /** Rows that equal their documents. */
  readonly unchanged: number
  readonly refused: number
  /** The first 10,000 of those that were refused, and why. */
  readonly rows: readonly {
    /** Its number among those that were sent, from 0 on. */ readonly row: number
    readonly errors: readonly { readonly field: string; readonly code: string; readonly message: string }[]
  }[]
  readonly changes: readonly {
    readonly collection: string
    readonly inserted: number
    readonly updated: number
    readonly deleted: number
  }[]
  /** By it the import can be undone; null of a dry run, and of service keys. */
  readonly action: string | null
}
export interface ExportDocumentsInput {
  readonly params: { readonly collection: string }
  readonly query?: {
    readonly format?: 'csv' | 'tsv' | 'json' | 'ndjson' | undefined
    readonly fields?: string | undefined
    readonly filter?: readonly string[] | undefined
    readonly where?: string | undefined
    readonly params?: string | undefined
    readonly sort?: string | undefined
    /** In CSV and TSV: a quote before texts that spreadsheets would run as formulas. */
    readonly escape_formulas?: boolean | undefined
  }
}
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
export interface ProveOperatorInput {
  readonly body: { readonly code: string } | { readonly recovery_code: string } | { readonly password: string }
}
export type ProveOperatorResponse = {
  /** Until when the session may write by SQL. */ readonly proved_until: string
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
    /** Whether a second factor is set up. */
    readonly mfa: boolean
    /** How many are open. */
    readonly sessions: number
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
export interface EndOperatorSessionsInput {
  readonly params: { readonly id: string }
}
export type EndOperatorSessionsResponse = { readonly ended: number }
export interface ResetOperatorPasswordInput {
  readonly params: { readonly id: string }
  readonly body?: { readonly password?: string | undefined }
}
export type ResetOperatorPasswordResponse = { readonly link: string | null }
export type GetEditingLockResponse = {
  /** Whether documents are locked until somebody unlocks them: in production. */ readonly required: boolean
  /** Until when this session may change them. */
  readonly unlocked_until: string | null
}
export type UnlockEditingResponse = {
  /** Whether documents are locked until somebody unlocks them: in production. */ readonly required: boolean
  /** Until when this session may change them. */
  readonly unlocked_until: string | null
}
export type LockEditingResponse = {
  /** Whether documents are locked until somebody unlocks them: in production. */ readonly required: boolean
  /** Until when this session may change them. */
  readonly unlocked_until: string | null
}
export type ListProvidersResponse = {
  readonly providers: readonly {
    readonly name: string
    readonly label: string
    /** Whether users can sign in with it. */
    readonly configured: boolean
    /** Settings that it needs and does not have. */
    readonly missing: readonly string[]
    /** To be registered at the provider. */
    readonly callback_url: string
    readonly issuer: string | null
    readonly scopes: readonly string[]
  }[]
}
export interface TestProviderInput {
  readonly params: { readonly name: string }
}
export type TestProviderResponse = {
  readonly steps: readonly {
    readonly step: 'settings' | 'discovery' | 'authorize'
    readonly ok: boolean
    readonly message: string
  }[]
}
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
      readonly block_reason: string | null
      readonly blocked_until: string | null
      readonly last_sign_in_at: string | null
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
    readonly block_reason: string | null
    readonly blocked_until: string | null
    readonly last_sign_in_at: string | null
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
    readonly block_reason: string | null
    readonly blocked_until: string | null
    readonly last_sign_in_at: string | null
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
    readonly block_reason: string | null
    readonly blocked_until: string | null
    readonly last_sign_in_at: string | null
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
  readonly body?: {
    /** For operators; the user is not told. */ readonly reason?: string | undefined
    /** When the block ends by itself. */
    readonly until?: string | undefined
  }
}
export type BlockUserResponse = {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly verified: boolean
  readonly created_at?: string
  readonly account: {
    readonly blocked_at: string | null
    readonly block_reason: string | null
    readonly blocked_until: string | null
    readonly last_sign_in_at: string | null
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
    readonly block_reason: string | null
    readonly blocked_until: string | null
    readonly last_sign_in_at: string | null
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
      readonly scope:
        | 'admin'
        | 'data:read'
        | 'data:write'
        | 'auth'
        | 'files'
        | 'functions:invoke'
        | 'schema'
        | 'logs'
        | 'sql'
      readonly collections?: readonly string[]
      readonly functions?: readonly string[]
    }[]
    readonly created_at: string
    readonly revoked_at: string | null
    /** To the minute; null where it is not known that it was used. */
    readonly last_used_at: string | null
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
            | 'sql'
          readonly collections?: readonly string[] | undefined
          /** Of functions:invoke. */
          readonly functions?: readonly string[] | undefined
        }[]
      | undefined
  }
}
export type CreateKeyResponse = {
  readonly id: string
  readonly name: string | null
  readonly hint: string
  readonly scopes: readonly {
    readonly scope:
      | 'admin'
      | 'data:read'
      | 'data:write'
      | 'auth'
      | 'files'
      | 'functions:invoke'
      | 'schema'
      | 'logs'
      | 'sql'
    readonly collections?: readonly string[]
    readonly functions?: readonly string[]
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
export type CreateOperatorsTicketResponse = { readonly ticket: string; readonly expires_in: number }
export type GetRealtimeStatsResponse = {
  readonly connections: number
  readonly subscriptions: number
  readonly groups: number
  readonly delivered: number
  readonly lag: number
}
export type ListJobQueuesResponse = {
  readonly queues: readonly {
    readonly name: string
    readonly waiting: number
    readonly retrying: number
    readonly running: number
    /** Since when the first job that waits could run. */
    readonly oldest_at: string | null
    readonly concurrency: number
    readonly rate: string | null
    readonly paused_at: string | null
  }[]
  /** Jobs that are held since the project was copied or restored. */
  readonly held: number
}
export type ReleaseJobsResponse = { readonly released: number }
export interface PauseJobQueueInput {
  readonly params: { readonly name: string }
}
export interface ResumeJobQueueInput {
  readonly params: { readonly name: string }
}
export interface ListJobsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    /** Of this function. */
    readonly name?: string | undefined
    readonly state?: 'waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled' | undefined
  }
}
export type ListJobsResponse = {
  readonly jobs: readonly {
    readonly id: string
    readonly name: string
    readonly queue: string
    readonly state: 'waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled'
    /** Why it waits; null where it does not. */
    readonly why: string | null
    readonly priority: number
    readonly run_at: string
    readonly attempt: number
    readonly errors: number
    readonly crashes: number
    readonly progress: number | null
    readonly key: string | null
    readonly group: string | null
    /** Who pushed it: `user:<id>`; null: nobody. */
    readonly actor: string | null
    readonly chain: { readonly root: string; readonly depth: number } | null
    readonly error: { readonly code: string; readonly message: string } | null
    readonly created_at: string
    readonly started_at: string | null
    readonly finished_at: string | null
  }[]
  readonly next_cursor: string | null
}
export interface PushJobInput {
  readonly body: {
    readonly name: string
    readonly payload?: unknown | undefined
    /** Milliseconds, or a duration like `10m`. */
    readonly delay?: number | string | undefined
    readonly run_at?: string | undefined
    readonly priority?: number | undefined
    readonly key?: string | undefined
    readonly on_conflict?: 'keep' | 'replace' | 'rerun' | undefined
    /** Milliseconds, or a duration like `10m`. */
    readonly key_for?: number | string | undefined
    readonly group?: string | undefined
  }
}
export type PushJobResponse = { readonly id: string; readonly created: boolean }
export interface GetJobDetailInput {
  readonly params: { readonly id: string }
}
export type GetJobDetailResponse = {
  readonly id: string
  readonly name: string
  readonly queue: string
  readonly state: 'waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled'
  /** Why it waits; null where it does not. */
  readonly why: string | null
  readonly priority: number
  readonly run_at: string
  readonly attempt: number
  readonly errors: number
  readonly crashes: number
  readonly progress: number | null
  readonly key: string | null
  readonly group: string | null
  /** Who pushed it: `user:<id>`; null: nobody. */
  readonly actor: string | null
  readonly chain: { readonly root: string; readonly depth: number } | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
  /** Null where the manifest says `sensitive: true`. */
  readonly payload: unknown
  readonly result: unknown
  readonly sensitive: boolean
}
export interface DeleteJobInput {
  readonly params: { readonly id: string }
}
export interface RetryJobInput {
  readonly params: { readonly id: string }
}
export type RetryJobResponse = {
  readonly id: string
  readonly name: string
  readonly queue: string
  readonly state: 'waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled'
  /** Why it waits; null where it does not. */
  readonly why: string | null
  readonly priority: number
  readonly run_at: string
  readonly attempt: number
  readonly errors: number
  readonly crashes: number
  readonly progress: number | null
  readonly key: string | null
  readonly group: string | null
  /** Who pushed it: `user:<id>`; null: nobody. */
  readonly actor: string | null
  readonly chain: { readonly root: string; readonly depth: number } | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
  /** Null where the manifest says `sensitive: true`. */
  readonly payload: unknown
  readonly result: unknown
  readonly sensitive: boolean
}
export interface CancelJobInput {
  readonly params: { readonly id: string }
}
export type CancelJobResponse = {
  readonly id: string
  readonly name: string
  readonly queue: string
  readonly state: 'waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled'
  /** Why it waits; null where it does not. */
  readonly why: string | null
  readonly priority: number
  readonly run_at: string
  readonly attempt: number
  readonly errors: number
  readonly crashes: number
  readonly progress: number | null
  readonly key: string | null
  readonly group: string | null
  /** Who pushed it: `user:<id>`; null: nobody. */
  readonly actor: string | null
  readonly chain: { readonly root: string; readonly depth: number } | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
  /** Null where the manifest says `sensitive: true`. */
  readonly payload: unknown
  readonly result: unknown
  readonly sensitive: boolean
}
export interface ListSchedulesInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    /** Only those of this function. */
    readonly function?: string | undefined
  }
}
export type ListSchedulesResponse = {
  readonly schedules: readonly {
    readonly name: string
    /** function: stated by the manifest of the function. */
    readonly source: 'function' | 'api'
    readonly function: string
    readonly cron: string
    readonly timezone: string
    readonly overlap: 'skip' | 'allow'
    readonly missed: 'run_once' | 'skip'
    readonly jitter: string
    readonly payload: unknown
    /** overdue: by two periods; ended: there is no further time at which it fires. */
    readonly state: 'active' | 'paused' | 'overdue' | 'ended'
    readonly paused: {
      readonly at: string
      /** copy: this database is a copy of another project. */
      readonly reason: 'operator' | 'copy'
    } | null
    /** When it is due next; of one that is paused when it would have been. */
    readonly next_at: string | null
    /** What the last firing came to. */
    readonly last: {
      /** skipped: the job before was not done; missed: nobody was there; failed: there could be no job. */
      readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
      /** missed: it is made up for; manual: somebody asked for it. */
      readonly cause: 'due' | 'missed' | 'manual'
      readonly due_at: string
      readonly recorded_at: string
      /** From when it was due to when it happened, jitter included. */
      readonly late_ms: number
      /** How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000. */
      readonly count: number
      readonly job: {
        readonly id: string
        /** null: it is no longer kept. */
        readonly state: ('waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled') | null
      } | null
      /** Why there is no job. */
      readonly error: string | null
    } | null
    readonly created_at: string
    readonly updated_at: string
  }[]
  readonly next_cursor: string | null
}
export interface CreateScheduleInput {
  readonly body: {
    /** The function that runs; its manifest has queue: true, or a schedule of its own. */ readonly function: string
    /** minute, hour, day of the month, month, day of the week; with seconds before them, six fields. */
    readonly cron: string
    /** Of the IANA database, like Europe/Berlin; UTC by default. */
    readonly timezone?: string | undefined
    /** Where the job of the firing before is not done yet: skip this one (the default), or allow both. */
    readonly overlap?: 'skip' | 'allow' | undefined
    /** After firings that the server was not there for: run the last of them (the default), or none. */
    readonly missed?: 'run_once' | 'skip' | undefined
    /** Each firing is later by up to so much: a duration like 5m, or milliseconds. */
    readonly jitter?: number | string | undefined
    /** What the function is given; {} by default. */
    readonly payload?: unknown | undefined
    /** Unique in the project. */
    readonly name: string
  }
}
export type CreateScheduleResponse = {
  readonly name: string
  /** function: stated by the manifest of the function. */
  readonly source: 'function' | 'api'
  readonly function: string
  readonly cron: string
  readonly timezone: string
  readonly overlap: 'skip' | 'allow'
  readonly missed: 'run_once' | 'skip'
  readonly jitter: string
  readonly payload: unknown
  /** overdue: by two periods; ended: there is no further time at which it fires. */
  readonly state: 'active' | 'paused' | 'overdue' | 'ended'
  readonly paused: {
    readonly at: string
    /** copy: this database is a copy of another project. */
    readonly reason: 'operator' | 'copy'
  } | null
  /** When it is due next; of one that is paused when it would have been. */
  readonly next_at: string | null
  /** What the last firing came to. */
  readonly last: {
    /** skipped: the job before was not done; missed: nobody was there; failed: there could be no job. */
    readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
    /** missed: it is made up for; manual: somebody asked for it. */
    readonly cause: 'due' | 'missed' | 'manual'
    readonly due_at: string
    readonly recorded_at: string
    /** From when it was due to when it happened, jitter included. */
    readonly late_ms: number
    /** How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000. */
    readonly count: number
    readonly job: {
      readonly id: string
      /** null: it is no longer kept. */
      readonly state: ('waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled') | null
    } | null
    /** Why there is no job. */
    readonly error: string | null
  } | null
  readonly created_at: string
  readonly updated_at: string
}
export interface GetScheduleInput {
  readonly params: { readonly name: string }
}
export type GetScheduleResponse = {
  readonly name: string
  /** function: stated by the manifest of the function. */
  readonly source: 'function' | 'api'
  readonly function: string
  readonly cron: string
  readonly timezone: string
  readonly overlap: 'skip' | 'allow'
  readonly missed: 'run_once' | 'skip'
  readonly jitter: string
  readonly payload: unknown
  /** overdue: by two periods; ended: there is no further time at which it fires. */
  readonly state: 'active' | 'paused' | 'overdue' | 'ended'
  readonly paused: {
    readonly at: string
    /** copy: this database is a copy of another project. */
    readonly reason: 'operator' | 'copy'
  } | null
  /** When it is due next; of one that is paused when it would have been. */
  readonly next_at: string | null
  /** What the last firing came to. */
  readonly last: {
    /** skipped: the job before was not done; missed: nobody was there; failed: there could be no job. */
    readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
    /** missed: it is made up for; manual: somebody asked for it. */
    readonly cause: 'due' | 'missed' | 'manual'
    readonly due_at: string
    readonly recorded_at: string
    /** From when it was due to when it happened, jitter included. */
    readonly late_ms: number
    /** How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000. */
    readonly count: number
    readonly job: {
      readonly id: string
      /** null: it is no longer kept. */
      readonly state: ('waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled') | null
    } | null
    /** Why there is no job. */
    readonly error: string | null
  } | null
  readonly created_at: string
  readonly updated_at: string
}
export interface ChangeScheduleInput {
  readonly params: { readonly name: string }
  readonly body?: {
    /** The function that runs; its manifest has queue: true, or a schedule of its own. */
    readonly function?: string | undefined
    /** minute, hour, day of the month, month, day of the week; with seconds before them, six fields. */
    readonly cron?: string | undefined
    /** Of the IANA database, like Europe/Berlin; UTC by default. */
    readonly timezone?: string | undefined
    /** Where the job of the firing before is not done yet: skip this one (the default), or allow both. */
    readonly overlap?: 'skip' | 'allow' | undefined
    /** After firings that the server was not there for: run the last of them (the default), or none. */
    readonly missed?: 'run_once' | 'skip' | undefined
    /** Each firing is later by up to so much: a duration like 5m, or milliseconds. */
    readonly jitter?: number | string | undefined
    /** What the function is given; {} by default. */
    readonly payload?: unknown | undefined
  }
}
export type ChangeScheduleResponse = {
  readonly name: string
  /** function: stated by the manifest of the function. */
  readonly source: 'function' | 'api'
  readonly function: string
  readonly cron: string
  readonly timezone: string
  readonly overlap: 'skip' | 'allow'
  readonly missed: 'run_once' | 'skip'
  readonly jitter: string
  readonly payload: unknown
  /** overdue: by two periods; ended: there is no further time at which it fires. */
  readonly state: 'active' | 'paused' | 'overdue' | 'ended'
  readonly paused: {
    readonly at: string
    /** copy: this database is a copy of another project. */
    readonly reason: 'operator' | 'copy'
  } | null
  /** When it is due next; of one that is paused when it would have been. */
  readonly next_at: string | null
  /** What the last firing came to. */
  readonly last: {
    /** skipped: the job before was not done; missed: nobody was there; failed: there could be no job. */
    readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
    /** missed: it is made up for; manual: somebody asked for it. */
    readonly cause: 'due' | 'missed' | 'manual'
    readonly due_at: string
    readonly recorded_at: string
    /** From when it was due to when it happened, jitter included. */
    readonly late_ms: number
    /** How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000. */
    readonly count: number
    readonly job: {
      readonly id: string
      /** null: it is no longer kept. */
      readonly state: ('waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled') | null
    } | null
    /** Why there is no job. */
    readonly error: string | null
  } | null
  readonly created_at: string
  readonly updated_at: string
}
export interface DeleteScheduleInput {
  readonly params: { readonly name: string }
}
export interface PauseScheduleInput {
  readonly params: { readonly name: string }
}
export type PauseScheduleResponse = {
  readonly name: string
  /** function: stated by the manifest of the function. */
  readonly source: 'function' | 'api'
  readonly function: string
  readonly cron: string
  readonly timezone: string
  readonly overlap: 'skip' | 'allow'
  readonly missed: 'run_once' | 'skip'
  readonly jitter: string
  readonly payload: unknown
  /** overdue: by two periods; ended: there is no further time at which it fires. */
  readonly state: 'active' | 'paused' | 'overdue' | 'ended'
  readonly paused: {
    readonly at: string
    /** copy: this database is a copy of another project. */
    readonly reason: 'operator' | 'copy'
  } | null
  /** When it is due next; of one that is paused when it would have been. */
  readonly next_at: string | null
  /** What the last firing came to. */
  readonly last: {
    /** skipped: the job before was not done; missed: nobody was there; failed: there could be no job. */
    readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
    /** missed: it is made up for; manual: somebody asked for it. */
    readonly cause: 'due' | 'missed' | 'manual'
    readonly due_at: string
    readonly recorded_at: string
    /** From when it was due to when it happened, jitter included. */
    readonly late_ms: number
    /** How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000. */
    readonly count: number
    readonly job: {
      readonly id: string
      /** null: it is no longer kept. */
      readonly state: ('waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled') | null
    } | null
    /** Why there is no job. */
    readonly error: string | null
  } | null
  readonly created_at: string
  readonly updated_at: string
}
export interface ResumeScheduleInput {
  readonly params: { readonly name: string }
}
export type ResumeScheduleResponse = {
  readonly name: string
  /** function: stated by the manifest of the function. */
  readonly source: 'function' | 'api'
  readonly function: string
  readonly cron: string
  readonly timezone: string
  readonly overlap: 'skip' | 'allow'
  readonly missed: 'run_once' | 'skip'
  readonly jitter: string
  readonly payload: unknown
  /** overdue: by two periods; ended: there is no further time at which it fires. */
  readonly state: 'active' | 'paused' | 'overdue' | 'ended'
  readonly paused: {
    readonly at: string
    /** copy: this database is a copy of another project. */
    readonly reason: 'operator' | 'copy'
  } | null
  /** When it is due next; of one that is paused when it would have been. */
  readonly next_at: string | null
  /** What the last firing came to. */
  readonly last: {
    /** skipped: the job before was not done; missed: nobody was there; failed: there could be no job. */
    readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
    /** missed: it is made up for; manual: somebody asked for it. */
    readonly cause: 'due' | 'missed' | 'manual'
    readonly due_at: string
    readonly recorded_at: string
    /** From when it was due to when it happened, jitter included. */
    readonly late_ms: number
    /** How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000. */
    readonly count: number
    readonly job: {
      readonly id: string
      /** null: it is no longer kept. */
      readonly state: ('waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled') | null
    } | null
    /** Why there is no job. */
    readonly error: string | null
  } | null
  readonly created_at: string
  readonly updated_at: string
}
export interface RunScheduleInput {
  readonly params: { readonly name: string }
}
export type RunScheduleResponse = { readonly job: string }
export interface NextScheduleFiringsInput {
  readonly params: { readonly name: string }
  readonly query?: { readonly count?: string | undefined }
}
export type NextScheduleFiringsResponse = { readonly timezone: string; readonly next: readonly string[] }
export interface ListScheduleFiringsInput {
  readonly params: { readonly name: string }
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    readonly cursor?: string | undefined
  }
}
export type ListScheduleFiringsResponse = {
  readonly firings: readonly {
    /** skipped: the job before was not done; missed: nobody was there; failed: there could be no job. */
    readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
    /** missed: it is made up for; manual: somebody asked for it. */
    readonly cause: 'due' | 'missed' | 'manual'
    readonly due_at: string
    readonly recorded_at: string
    /** From when it was due to when it happened, jitter included. */
    readonly late_ms: number
    /** How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000. */
    readonly count: number
    readonly job: {
      readonly id: string
      /** null: it is no longer kept. */
      readonly state: ('waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled') | null
    } | null
    /** Why there is no job. */
    readonly error: string | null
  }[]
  readonly next_cursor: string | null
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
export interface GetMigrationInput {
  readonly params: { readonly version: string }
}
export type GetMigrationResponse = {
  readonly migration: {
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
  }
  readonly source: string | null
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
  /** Of schema.yaml: what changes it must name the one that it was made for. */
  readonly hash: string
  readonly served: string
  readonly warnings: readonly string[]
  readonly diagnostics: readonly {
    readonly line: number
    readonly column: number
    readonly severity: 'error' | 'warning'
    readonly message: string
  }[]
  /** Why operators cannot change the schema here. */
  readonly refusal: string | null
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
export interface PlanSchemaInput {
  readonly body?: {
    /** In the place of schema.yaml as it is; the edits are made on it. */ readonly source?: string | undefined
    readonly edits?:
      | readonly (
          | {
              readonly type: 'add_collection'
              readonly collection: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
            }
          | { readonly type: 'rename_collection'; readonly from: string; readonly to: string }
          | { readonly type: 'drop_collection'; readonly collection: string }
          | {
              readonly type: 'set_collection'
              readonly collection: string
              /** As schema.yaml has them; null takes one out. */
              readonly options: Readonly<Record<string, unknown>>
            }
          | {
              readonly type: 'add_field'
              readonly collection: string
              readonly field: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
          | { readonly type: 'rename_field'; readonly collection: string; readonly from: string; readonly to: string }
          | { readonly type: 'drop_field'; readonly collection: string; readonly field: string }
          | {
              readonly type: 'set_field'
              readonly collection: string
              readonly field: string
              /** As schema.yaml has them; null takes one out. */
              readonly options: Readonly<Record<string, unknown>>
            }
          | {
              readonly type: 'move_field'
              readonly collection: string
              readonly field: string
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
          | {
              readonly type: 'rename_field_value'
              readonly collection: string
              readonly field: string
              readonly from: string | number
              readonly to: string | number
            }
          | {
              readonly type: 'remove_field_value'
              readonly collection: string
              readonly field: string
              readonly value: string | number
              readonly replacement: (string | number) | null
            }
          | {
              readonly type: 'set_index'
              readonly collection: string
              readonly index: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
            }
          | { readonly type: 'drop_index'; readonly collection: string; readonly index: string }
          | {
              readonly type: 'set_rule'
              readonly collection: string
              readonly operation: 'create' | 'read' | 'update' | 'delete'
              readonly rule: string | null
            }
          | {
              readonly type: 'set_policy'
              readonly collection: string
              readonly policy: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
            }
          | { readonly type: 'drop_policy'; readonly collection: string; readonly policy: string }
          | { readonly type: 'set_definition'; readonly signature: string; readonly body: string | null }
          | { readonly type: 'add_enum'; readonly enum: string; readonly values: readonly string[] }
          | { readonly type: 'rename_enum'; readonly from: string; readonly to: string }
          | { readonly type: 'drop_enum'; readonly enum: string }
          | {
              readonly type: 'add_value'
              readonly enum: string
              readonly value: string
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
          | { readonly type: 'rename_value'; readonly enum: string; readonly from: string; readonly to: string }
          | {
              readonly type: 'remove_value'
              readonly enum: string
              readonly value: string
              readonly replacement: string | null
            }
          | {
              readonly type: 'move_value'
              readonly enum: string
              readonly value: string
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
        )[]
      | undefined
    /** Whether something was renamed, by the question of an earlier plan. */
    readonly answers?: Readonly<Record<string, 'rename' | 'drop'>> | undefined
    /** SQL for the values of existing documents, by `collection.field`. */
    readonly fills?: Readonly<Record<string, string>> | undefined
    /** Of the migration file, should one be needed. */
    readonly name?: string | undefined
  }
}
export type PlanSchemaResponse = {
  /** Of schema.yaml as it is. */ readonly hash: string
  /** schema.yaml as it is. */
  readonly before: string
  /** schema.yaml as it would be. */
  readonly source: string
  readonly diagnostics: readonly {
    readonly line: number
    readonly column: number
    readonly severity: 'error' | 'warning'
    readonly message: string
  }[]
  /** Places that are changed besides, since they name what is renamed. */
  readonly rewritten: readonly string[]
  /** Rule tests and seeds that name what is renamed. */
  readonly files: readonly {
    readonly file: string
    /** The first 20, from 1; none where the file is named after what is renamed. */
    readonly lines: readonly number[]
    /** Whether it is changed too; else it stays as it is. */
    readonly rewritten: boolean
  }[]
  readonly steps: readonly {
    readonly change: string
    readonly risk: 'none' | 'renames' | 'checks_data' | 'changes_data' | 'loses_data'
    readonly collection: string | null
    readonly field: string | null
    readonly reason: string | null
    /** In the collection; null where there is none yet, or counting takes too long. */
    readonly documents: number | null
    /** Of them those that it does something to; null where that is not known. */
    readonly concerned: number | null
    /** What existing documents get, as SQL. */
    readonly fill: string | null
  }[]
  /** Possible renames: to be answered by `answers`. */
  readonly questions: readonly string[]
  readonly losses: readonly string[]
  readonly migration: { readonly file: string; readonly text: string } | null
  /** What has to be sent with it, since data is lost. */
  readonly confirm: string | null
  /** Why it cannot be applied. */
  readonly problems: readonly string[]
  /** Why operators cannot change the schema here. */
  readonly refusal: string | null
}
export interface ApplySchemaInput {
  readonly body: {
    /** In the place of schema.yaml as it is; the edits are made on it. */ readonly source?: string | undefined
    readonly edits?:
      | readonly (
          | {
              readonly type: 'add_collection'
              readonly collection: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
            }
          | { readonly type: 'rename_collection'; readonly from: string; readonly to: string }
          | { readonly type: 'drop_collection'; readonly collection: string }
          | {
              readonly type: 'set_collection'
              readonly collection: string
              /** As schema.yaml has them; null takes one out. */
              readonly options: Readonly<Record<string, unknown>>
            }
          | {
              readonly type: 'add_field'
              readonly collection: string
              readonly field: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
          | { readonly type: 'rename_field'; readonly collection: string; readonly from: string; readonly to: string }
          | { readonly type: 'drop_field'; readonly collection: string; readonly field: string }
          | {
              readonly type: 'set_field'
              readonly collection: string
              readonly field: string
              /** As schema.yaml has them; null takes one out. */
              readonly options: Readonly<Record<string, unknown>>
            }
          | {
              readonly type: 'move_field'
              readonly collection: string
              readonly field: string
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
          | {
              readonly type: 'rename_field_value'
              readonly collection: string
              readonly field: string
              readonly from: string | number
              readonly to: string | number
            }
          | {
              readonly type: 'remove_field_value'
              readonly collection: string
              readonly field: string
              readonly value: string | number
              readonly replacement: (string | number) | null
            }
          | {
              readonly type: 'set_index'
              readonly collection: string
              readonly index: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
            }
          | { readonly type: 'drop_index'; readonly collection: string; readonly index: string }
          | {
              readonly type: 'set_rule'
              readonly collection: string
              readonly operation: 'create' | 'read' | 'update' | 'delete'
              readonly rule: string | null
            }
          | {
              readonly type: 'set_policy'
              readonly collection: string
              readonly policy: string
              /** As schema.yaml has them; null takes one out. */
              readonly value: Readonly<Record<string, unknown>>
            }
          | { readonly type: 'drop_policy'; readonly collection: string; readonly policy: string }
          | { readonly type: 'set_definition'; readonly signature: string; readonly body: string | null }
          | { readonly type: 'add_enum'; readonly enum: string; readonly values: readonly string[] }
          | { readonly type: 'rename_enum'; readonly from: string; readonly to: string }
          | { readonly type: 'drop_enum'; readonly enum: string }
          | {
              readonly type: 'add_value'
              readonly enum: string
              readonly value: string
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
          | { readonly type: 'rename_value'; readonly enum: string; readonly from: string; readonly to: string }
          | {
              readonly type: 'remove_value'
              readonly enum: string
              readonly value: string
              readonly replacement: string | null
            }
          | {
              readonly type: 'move_value'
              readonly enum: string
              readonly value: string
              /** The neighbour before which it belongs; without it the place is the last. */
              readonly before?: string | undefined
            }
        )[]
      | undefined
    /** Whether something was renamed, by the question of an earlier plan. */
    readonly answers?: Readonly<Record<string, 'rename' | 'drop'>> | undefined
    /** SQL for the values of existing documents, by `collection.field`. */
    readonly fills?: Readonly<Record<string, string>> | undefined
    /** Of the migration file, should one be needed. */
    readonly name?: string | undefined
    /** The hash of the file that the plan was made for: an edit of somebody else is never overwritten. */
    readonly base: string
    /** What the plan asks for, where data is lost. */
    readonly confirm?: string | undefined
  }
}
export type ApplySchemaResponse = {
  readonly applied: readonly {
    readonly version: number
    readonly name: string
    readonly file: string
    readonly snapshot: string | null
  }[]
  readonly changes: readonly string[]
  readonly source: string
  readonly hash: string
}
export interface GetSchemaVersionInput {
  readonly query?: {
    /** The version that is known: the response waits for another, at most 25 seconds. */
    readonly after?: string | undefined
  }
}
export type GetSchemaVersionResponse = { readonly version: string }
export type GetSchemaUsageResponse = {
  /** Shapes of lists that were looked at for the use of indexes. */ readonly lists: number
  /** False where the file is too large to be measured in time: sizes are 0 then. */
  readonly sizes_known: boolean
  readonly collections: readonly {
    readonly name: string
    /** Of the documents. */
    readonly bytes: number
    readonly index_bytes: number
    readonly indexes: readonly {
      readonly name: string
      readonly fields: readonly string[]
      readonly unique: boolean
      readonly bytes: number
      /** `none_seen`: by no list since the start or the last change of the schema. */
      readonly use: 'lists' | 'constraint' | 'reference' | 'none_seen'
    }[]
    readonly suggestions: readonly {
      readonly fields: readonly string[]
      readonly name: string
      /** For schema.yaml. */
      readonly line: string
      /** The slow list that would be faster. */
      readonly shape: string
      readonly mean_ms: number
    }[]
  }[]
}
export type ListEventSubscribersResponse = {
  /** The last number of the change log. */ readonly head: number
  readonly subscribers: readonly {
    readonly name: string
    readonly kind: ('functions' | 'webhook') | null
    /** Of a webhook: its name. */
    readonly endpoint: string | null
    /** Of the events that it is given. */
    readonly patterns: readonly string[]
    /** broken: events were lost to it, since it was too far behind. */
    readonly state: 'live' | 'retrying' | 'broken'
    /** Up to this number of the change log it was given everything. */
    readonly position: number
    /** Entries of the change log that it has yet to pass. */
    readonly pending: number
    /** How old the first of them is. */
    readonly lag_ms: number
    /** Events since the start of the server. */
    readonly delivered: number
    /** Events that it could not be given in 20 tries. They are delivered again when the server starts. */
    readonly set_aside: number
    /** The event that cannot be delivered: those after it wait. */
    readonly failing: { readonly event: string; readonly error: string; readonly since: string } | null
  }[]
}
export interface ListWebhookDeliveriesInput {
  readonly params: { readonly name: string }
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    readonly state?: 'waiting' | 'blocked' | 'delivered' | 'dead' | 'skipped' | 'held' | undefined
    /** Its type, like posts.created. */
    readonly event?: string | undefined
  }
}
export type ListWebhookDeliveriesResponse = {
  readonly deliveries: readonly {
    readonly id: string
    readonly endpoint: string
    /** The header webhook-id. */
    readonly message_id: string
    readonly event: string
    /** Whose events keep their order. */
    readonly document: string | null
    /** blocked: behind an earlier event of its document. held: it waited in a copy or a backup; a replay sends it. */
    readonly state: 'waiting' | 'blocked' | 'delivered' | 'dead' | 'skipped' | 'held'
    readonly sending: boolean
    readonly attempts: readonly {
      readonly at: string
      readonly ok: boolean
      /** Null where there was no answer. */
      readonly status: number | null
      readonly ms: number
      readonly error: string | null
    }[]
    readonly next_attempt_at: string | null
    readonly created_at: string
    readonly finished_at: string | null
    readonly replay_of: string | null
  }[]
  readonly next_cursor: string | null
}
export interface ListAllWebhookDeliveriesInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    /** The next_cursor of the page before. */
    readonly cursor?: string | undefined
    readonly state?: 'waiting' | 'blocked' | 'delivered' | 'dead' | 'skipped' | 'held' | undefined
    /** Its type, like posts.created. */
    readonly event?: string | undefined
    readonly endpoint?: string | undefined
  }
}
export type ListAllWebhookDeliveriesResponse = {
  readonly deliveries: readonly {
    readonly id: string
    readonly endpoint: string
    /** The header webhook-id. */
    readonly message_id: string
    readonly event: string
    /** Whose events keep their order. */
    readonly document: string | null
    /** blocked: behind an earlier event of its document. held: it waited in a copy or a backup; a replay sends it. */
    readonly state: 'waiting' | 'blocked' | 'delivered' | 'dead' | 'skipped' | 'held'
    readonly sending: boolean
    readonly attempts: readonly {
      readonly at: string
      readonly ok: boolean
      /** Null where there was no answer. */
      readonly status: number | null
      readonly ms: number
      readonly error: string | null
    }[]
    readonly next_attempt_at: string | null
    readonly created_at: string
    readonly finished_at: string | null
    readonly replay_of: string | null
  }[]
  readonly next_cursor: string | null
}
export interface FollowWebhookDeliveriesInput {
  readonly params: { readonly name: string }
}
export interface GetWebhookDeliveryInput {
  readonly params: { readonly name: string; readonly id: string }
}
export type GetWebhookDeliveryResponse = {
  readonly id: string
  readonly endpoint: string
  /** The header webhook-id. */
  readonly message_id: string
  readonly event: string
  /** Whose events keep their order. */
  readonly document: string | null
  /** blocked: behind an earlier event of its document. held: it waited in a copy or a backup; a replay sends it. */
  readonly state: 'waiting' | 'blocked' | 'delivered' | 'dead' | 'skipped' | 'held'
  readonly sending: boolean
  readonly attempts: readonly {
    readonly at: string
    readonly ok: boolean
    /** Null where there was no answer. */
    readonly status: number | null
    readonly ms: number
    readonly error: string | null
  }[]
  readonly next_attempt_at: string | null
  readonly created_at: string
  readonly finished_at: string | null
  readonly replay_of: string | null
  /** The delivery that it waits for. */
  readonly blocked_by: string | null
  /** How many wait for it, up to 1000. */
  readonly behind: number
  /** What is sent; null for those who may not change webhooks. */
  readonly body: string | null
  /** Of the body. */
  readonly bytes: number
  /** Where it is sent to now, without its path for those who may not change it. */
  readonly url: string | null
  /** Besides webhook-timestamp and webhook-signature, which each attempt has its own of. */
  readonly headers: Readonly<Record<string, string>>
}
export interface ReplayWebhookDeliveryInput {
  readonly params: { readonly name: string; readonly id: string }
  readonly body?: {
    /** Receivers that drop ids which they have seen take it for a new event. */ readonly new_id?: boolean | undefined
  }
}
export type ReplayWebhookDeliveryResponse = {
  readonly id: string
  readonly endpoint: string
  /** The header webhook-id. */
  readonly message_id: string
  readonly event: string
  /** Whose events keep their order. */
  readonly document: string | null
  /** blocked: behind an earlier event of its document. held: it waited in a copy or a backup; a replay sends it. */
  readonly state: 'waiting' | 'blocked' | 'delivered' | 'dead' | 'skipped' | 'held'
  readonly sending: boolean
  readonly attempts: readonly {
    readonly at: string
    readonly ok: boolean
    /** Null where there was no answer. */
    readonly status: number | null
    readonly ms: number
    readonly error: string | null
  }[]
  readonly next_attempt_at: string | null
  readonly created_at: string
  readonly finished_at: string | null
  readonly replay_of: string | null
}
export interface SkipWebhookDeliveryInput {
  readonly params: { readonly name: string; readonly id: string }
}
export type SkipWebhookDeliveryResponse = {
  readonly id: string
  readonly endpoint: string
  /** The header webhook-id. */
  readonly message_id: string
  readonly event: string
  /** Whose events keep their order. */
  readonly document: string | null
  /** blocked: behind an earlier event of its document. held: it waited in a copy or a backup; a replay sends it. */
  readonly state: 'waiting' | 'blocked' | 'delivered' | 'dead' | 'skipped' | 'held'
  readonly sending: boolean
  readonly attempts: readonly {
    readonly at: string
    readonly ok: boolean
    /** Null where there was no answer. */
    readonly status: number | null
    readonly ms: number
    readonly error: string | null
  }[]
  readonly next_attempt_at: string | null
  readonly created_at: string
  readonly finished_at: string | null
  readonly replay_of: string | null
}
export type ListWebhooksResponse = {
  readonly endpoints: readonly {
    readonly name: string
    /** settings: it is in koyalite.yaml, and changed there. */
    readonly source: 'settings' | 'api'
    /** Without its path for those who may not change it. */
    readonly url: string
    readonly events: readonly string[]
    readonly when: string | null
    readonly fields: readonly string[] | null
    readonly order: 'document' | 'none'
    readonly payload: 'full' | 'thin'
    readonly enabled: boolean
    readonly disabled_at: string | null
    /** gone: it answered 410. failing: no success for 5 days. copy: the database is a copy of another project. */
    readonly disabled_reason: ('operator' | 'gone' | 'failing' | 'copy') | null
    /** No attempt has succeeded since. */
    readonly failing_since: string | null
    readonly last_success_at: string | null
    /** Events that are neither delivered nor given up. */
    readonly waiting: number
    readonly oldest_waiting_at: string | null
    /** Events that were not sent since `when` failed on them. */
    readonly skipped: number
    /** Events that were dropped because too many were waiting: replay them from dropped_since. */
    readonly dropped: number
    readonly dropped_since: string | null
    /** What does not fit the schema. */
    readonly problems: readonly string[]
    readonly warnings: readonly string[]
    readonly created_at: string
  }[]
}
export interface CreateWebhookInput {
  readonly body: {
    readonly name: string
    /** Like posts.created, or posts.* */
    readonly events: readonly string[]
    readonly url: string
    /** A CEL condition over doc, old and type. */
    readonly when?: string | null | undefined
    /** What of documents is sent besides the key; null: all that is not internal. */
    readonly fields?: readonly string[] | null | undefined
    readonly order?: 'document' | 'none' | undefined
    readonly payload?: 'full' | 'thin' | undefined
  }
}
export type CreateWebhookResponse = {
  readonly name: string
  /** settings: it is in koyalite.yaml, and changed there. */
  readonly source: 'settings' | 'api'
  /** Without its path for those who may not change it. */
  readonly url: string
  readonly events: readonly string[]
  readonly when: string | null
  readonly fields: readonly string[] | null
  readonly order: 'document' | 'none'
  readonly payload: 'full' | 'thin'
  readonly enabled: boolean
  readonly disabled_at: string | null
  /** gone: it answered 410. failing: no success for 5 days. copy: the database is a copy of another project. */
  readonly disabled_reason: ('operator' | 'gone' | 'failing' | 'copy') | null
  /** No attempt has succeeded since. */
  readonly failing_since: string | null
  readonly last_success_at: string | null
  /** Events that are neither delivered nor given up. */
  readonly waiting: number
  readonly oldest_waiting_at: string | null
  /** Events that were not sent since `when` failed on them. */
  readonly skipped: number
  /** Events that were dropped because too many were waiting: replay them from dropped_since. */
  readonly dropped: number
  readonly dropped_since: string | null
  /** What does not fit the schema. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly created_at: string
  /** Shown once: whsec_ and 32 bytes in base64. */
  readonly secret: string | null
}
export interface GetWebhookInput {
  readonly params: { readonly name: string }
}
export type GetWebhookResponse = {
  readonly name: string
  /** settings: it is in koyalite.yaml, and changed there. */
  readonly source: 'settings' | 'api'
  /** Without its path for those who may not change it. */
  readonly url: string
  readonly events: readonly string[]
  readonly when: string | null
  readonly fields: readonly string[] | null
  readonly order: 'document' | 'none'
  readonly payload: 'full' | 'thin'
  readonly enabled: boolean
  readonly disabled_at: string | null
  /** gone: it answered 410. failing: no success for 5 days. copy: the database is a copy of another project. */
  readonly disabled_reason: ('operator' | 'gone' | 'failing' | 'copy') | null
  /** No attempt has succeeded since. */
  readonly failing_since: string | null
  readonly last_success_at: string | null
  /** Events that are neither delivered nor given up. */
  readonly waiting: number
  readonly oldest_waiting_at: string | null
  /** Events that were not sent since `when` failed on them. */
  readonly skipped: number
  /** Events that were dropped because too many were waiting: replay them from dropped_since. */
  readonly dropped: number
  readonly dropped_since: string | null
  /** What does not fit the schema. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly created_at: string
}
export interface UpdateWebhookInput {
  readonly params: { readonly name: string }
  readonly body?: {
    /** Like posts.created, or posts.* */ readonly events?: readonly string[] | undefined
    readonly url?: string | undefined
    /** A CEL condition over doc, old and type. */
    readonly when?: string | null | undefined
    /** What of documents is sent besides the key; null: all that is not internal. */
    readonly fields?: readonly string[] | null | undefined
    readonly order?: 'document' | 'none' | undefined
    readonly payload?: 'full' | 'thin' | undefined
  }
}
export type UpdateWebhookResponse = {
  readonly name: string
  /** settings: it is in koyalite.yaml, and changed there. */
  readonly source: 'settings' | 'api'
  /** Without its path for those who may not change it. */
  readonly url: string
  readonly events: readonly string[]
  readonly when: string | null
  readonly fields: readonly string[] | null
  readonly order: 'document' | 'none'
  readonly payload: 'full' | 'thin'
  readonly enabled: boolean
  readonly disabled_at: string | null
  /** gone: it answered 410. failing: no success for 5 days. copy: the database is a copy of another project. */
  readonly disabled_reason: ('operator' | 'gone' | 'failing' | 'copy') | null
  /** No attempt has succeeded since. */
  readonly failing_since: string | null
  readonly last_success_at: string | null
  /** Events that are neither delivered nor given up. */
  readonly waiting: number
  readonly oldest_waiting_at: string | null
  /** Events that were not sent since `when` failed on them. */
  readonly skipped: number
  /** Events that were dropped because too many were waiting: replay them from dropped_since. */
  readonly dropped: number
  readonly dropped_since: string | null
  /** What does not fit the schema. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly created_at: string
}
export interface DeleteWebhookInput {
  readonly params: { readonly name: string }
}
export interface RotateWebhookSecretInput {
  readonly params: { readonly name: string }
  readonly body?: {
    /** The old secret no longer signs. */ readonly revoke?: boolean | undefined
  }
}
export type RotateWebhookSecretResponse = { readonly secret: string }
export interface TestWebhookInput {
  readonly params: { readonly name: string }
}
export type TestWebhookResponse = {
  readonly at: string
  readonly ok: boolean
  /** Null where there was no answer. */
  readonly status: number | null
  readonly ms: number
  readonly error: string | null
}
export interface EnableWebhookInput {
  readonly params: { readonly name: string }
}
export type EnableWebhookResponse = {
  readonly name: string
  /** settings: it is in koyalite.yaml, and changed there. */
  readonly source: 'settings' | 'api'
  /** Without its path for those who may not change it. */
  readonly url: string
  readonly events: readonly string[]
  readonly when: string | null
  readonly fields: readonly string[] | null
  readonly order: 'document' | 'none'
  readonly payload: 'full' | 'thin'
  readonly enabled: boolean
  readonly disabled_at: string | null
  /** gone: it answered 410. failing: no success for 5 days. copy: the database is a copy of another project. */
  readonly disabled_reason: ('operator' | 'gone' | 'failing' | 'copy') | null
  /** No attempt has succeeded since. */
  readonly failing_since: string | null
  readonly last_success_at: string | null
  /** Events that are neither delivered nor given up. */
  readonly waiting: number
  readonly oldest_waiting_at: string | null
  /** Events that were not sent since `when` failed on them. */
  readonly skipped: number
  /** Events that were dropped because too many were waiting: replay them from dropped_since. */
  readonly dropped: number
  readonly dropped_since: string | null
  /** What does not fit the schema. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly created_at: string
  /** Shown once: whsec_ and 32 bytes in base64. */
  readonly secret: string | null
}
export interface DisableWebhookInput {
  readonly params: { readonly name: string }
}
export type DisableWebhookResponse = {
  readonly name: string
  /** settings: it is in koyalite.yaml, and changed there. */
  readonly source: 'settings' | 'api'
  /** Without its path for those who may not change it. */
  readonly url: string
  readonly events: readonly string[]
  readonly when: string | null
  readonly fields: readonly string[] | null
  readonly order: 'document' | 'none'
  readonly payload: 'full' | 'thin'
  readonly enabled: boolean
  readonly disabled_at: string | null
  /** gone: it answered 410. failing: no success for 5 days. copy: the database is a copy of another project. */
  readonly disabled_reason: ('operator' | 'gone' | 'failing' | 'copy') | null
  /** No attempt has succeeded since. */
  readonly failing_since: string | null
  readonly last_success_at: string | null
  /** Events that are neither delivered nor given up. */
  readonly waiting: number
  readonly oldest_waiting_at: string | null
  /** Events that were not sent since `when` failed on them. */
  readonly skipped: number
  /** Events that were dropped because too many were waiting: replay them from dropped_since. */
  readonly dropped: number
  readonly dropped_since: string | null
  /** What does not fit the schema. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly created_at: string
}
export interface ReplayWebhookInput {
  readonly params: { readonly name: string }
  readonly body: { readonly from: string }
}
export type ReplayWebhookResponse = { readonly events: number }
export interface InvokeFunctionInput {
  readonly params: { readonly name: string }
  readonly body?: unknown
}
export type InvokeFunctionResponse = unknown
export type ListFunctionsResponse = {
  readonly functions: readonly {
    readonly name: string
    readonly file: string
    readonly runtime: string
    readonly version: number | null
    /** Whether it serves because somebody has chosen it: until its files change. */
    readonly pinned: boolean
    /** Another version that gets a share of the calls. */
    readonly split: { readonly version: number; readonly percent: number } | null
    readonly kind: ('typed' | 'raw') | null
    /** Who may call it over HTTP; null: it has no door. */
    readonly access: string | null
    readonly route: string | null
    readonly admin: boolean
    /** What it is called for. */
    readonly events: readonly string[]
    readonly isolation: string | null
    readonly instances: number
    readonly busy: number
    readonly waiting: number
    /** Bytes. */
    readonly memory: number
    /** Why what is in the folder is not what serves. */
    readonly problems: readonly string[]
    /** What is doubtful about what serves. */
    readonly warnings: readonly string[]
  }[]
  /** What else is in functions/, and why it is not a function. */
  readonly others: readonly { readonly file: string; readonly reason: string; readonly fault: boolean }[]
  readonly isolation: {
    readonly strongest: string
    /** Why there is nothing stronger. */
    readonly weakness: string | null
  }
}
export type ListFunctionSchemasResponse = {
  readonly functions: readonly {
    readonly name: string
    /** Whether it has `access`: the others are for operators, keys and functions. */
    readonly has_door: boolean
    /** JSON Schema; null: any JSON. */
    readonly input: unknown
    /** JSON Schema; null: any JSON. */
    readonly output: unknown
  }[]
}
export interface ListExecutionsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    readonly cursor?: string | undefined
    readonly function?: string | undefined
    readonly status?: 'ok' | 'refused' | 'error' | 'crashed' | 'memory' | 'timeout' | 'not_run' | undefined
    readonly request_id?: string | undefined
  }
}
export type ListExecutionsResponse = {
  readonly executions: readonly {
    readonly id: string
    readonly function: string
    readonly version: number
    readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
    readonly status: 'ok' | 'refused' | 'error' | 'crashed' | 'memory' | 'timeout' | 'not_run'
    readonly isolation: string
    readonly started_at: string
    readonly ms: number
    readonly memory: number | null
    readonly error: { readonly code: string; readonly message: string; readonly stack?: string } | null
    readonly request_id: string
    /** The job that it was a run of; null: none. */
    readonly job: string | null
    readonly logs: readonly {
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      readonly fields?: unknown
      readonly at: string
    }[]
    readonly truncated: boolean
  }[]
  readonly next_cursor: string | null
}
export interface FollowExecutionsInput {
  readonly query?: { readonly function?: string | undefined }
}
export interface GetExecutionInput {
  readonly params: { readonly id: string }
}
export type GetExecutionResponse = {
  readonly id: string
  readonly function: string
  readonly version: number
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  readonly status: 'ok' | 'refused' | 'error' | 'crashed' | 'memory' | 'timeout' | 'not_run'
  readonly isolation: string
  readonly started_at: string
  readonly ms: number
  readonly memory: number | null
  readonly error: { readonly code: string; readonly message: string; readonly stack?: string } | null
  readonly request_id: string
  /** The job that it was a run of; null: none. */
  readonly job: string | null
  readonly logs: readonly {
    readonly level: 'debug' | 'info' | 'warn' | 'error'
    readonly message: string
    readonly fields?: unknown
    readonly at: string
  }[]
  readonly truncated: boolean
}
export interface GetFunctionInput {
  readonly params: { readonly name: string }
}
export type GetFunctionResponse = {
  readonly name: string
  readonly file: string
  readonly runtime: string
  readonly version: number | null
  /** Whether it serves because somebody has chosen it: until its files change. */
  readonly pinned: boolean
  /** Another version that gets a share of the calls. */
  readonly split: { readonly version: number; readonly percent: number } | null
  readonly kind: ('typed' | 'raw') | null
  /** Who may call it over HTTP; null: it has no door. */
  readonly access: string | null
  readonly route: string | null
  readonly admin: boolean
  /** What it is called for. */
  readonly events: readonly string[]
  readonly isolation: string | null
  readonly instances: number
  readonly busy: number
  readonly waiting: number
  /** Bytes. */
  readonly memory: number
  /** Why what is in the folder is not what serves. */
  readonly problems: readonly string[]
  /** What is doubtful about what serves. */
  readonly warnings: readonly string[]
  /** JSON Schema; null where anything goes. */
  readonly input: unknown
  readonly output: unknown
  readonly calls: readonly string[]
  /** Milliseconds. */
  readonly timeout: number | null
  /** What holds for the version that serves. */
  readonly manifest: {
    /** Of a raw function; null: all. */ readonly methods: readonly string[] | null
    readonly credentials: 'checked' | 'none'
    readonly reads_only: boolean
    readonly rate: {
      readonly count: number
      /** Milliseconds. */
      readonly per: number
    } | null
    readonly network: ('none' | 'all') | readonly string[]
    /** Names, without values. */
    readonly env: readonly string[]
    /** Bytes, of each instance. */
    readonly memory: number
    /** Calls that an instance runs at once. */
    readonly concurrency: number
    /** Bytes. */
    readonly max_body: number
    /** Milliseconds; null: as long as it takes. */
    readonly stream_timeout: number | null
    /** How it runs jobs; null: it runs none. */
    readonly queue: {
      /** Whose concurrency and rate its jobs share. */ readonly name: string
      /** Milliseconds. */
      readonly timeout: number
      readonly max_attempts: number
    } | null
    /** Other functions that it may push jobs of. */
    readonly queues: readonly string[]
    /** As whom its jobs run. */
    readonly run_as: 'enqueuer' | 'system'
    /** A pattern, by which it runs by itself. */
    readonly schedule: string | null
  } | null
  readonly versions: readonly {
    readonly version: number
    readonly created_at: string
    readonly serves: boolean
    /** Its share of the calls. */
    readonly percent: number
  }[]
}
export interface ReplayFunctionEventsInput {
  readonly params: { readonly name: string }
  readonly body: { readonly from: string }
}
export type ReplayFunctionEventsResponse = {
  /** How many it is called for. */ readonly events: number
}
export interface ServeFunctionVersionInput {
  readonly params: { readonly name: string }
  readonly body: {
    readonly version: number
    /** Of the calls; the others go on to the version that serves. 0 ends a share, 100 lets it serve. */
    readonly percent?: number | undefined
  }
}
export type ServeFunctionVersionResponse = {
  readonly name: string
  readonly file: string
  readonly runtime: string
  readonly version: number | null
  /** Whether it serves because somebody has chosen it: until its files change. */
  readonly pinned: boolean
  /** Another version that gets a share of the calls. */
  readonly split: { readonly version: number; readonly percent: number } | null
  readonly kind: ('typed' | 'raw') | null
  /** Who may call it over HTTP; null: it has no door. */
  readonly access: string | null
  readonly route: string | null
  readonly admin: boolean
  /** What it is called for. */
  readonly events: readonly string[]
  readonly isolation: string | null
  readonly instances: number
  readonly busy: number
  readonly waiting: number
  /** Bytes. */
  readonly memory: number
  /** Why what is in the folder is not what serves. */
  readonly problems: readonly string[]
  /** What is doubtful about what serves. */
  readonly warnings: readonly string[]
  /** JSON Schema; null where anything goes. */
  readonly input: unknown
  readonly output: unknown
  readonly calls: readonly string[]
  /** Milliseconds. */
  readonly timeout: number | null
  /** What holds for the version that serves. */
  readonly manifest: {
    /** Of a raw function; null: all. */ readonly methods: readonly string[] | null
    readonly credentials: 'checked' | 'none'
    readonly reads_only: boolean
    readonly rate: {
      readonly count: number
      /** Milliseconds. */
      readonly per: number
    } | null
    readonly network: ('none' | 'all') | readonly string[]
    /** Names, without values. */
    readonly env: readonly string[]
    /** Bytes, of each instance. */
    readonly memory: number
    /** Calls that an instance runs at once. */
    readonly concurrency: number
    /** Bytes. */
    readonly max_body: number
    /** Milliseconds; null: as long as it takes. */
    readonly stream_timeout: number | null
    /** How it runs jobs; null: it runs none. */
    readonly queue: {
      /** Whose concurrency and rate its jobs share. */ readonly name: string
      /** Milliseconds. */
      readonly timeout: number
      readonly max_attempts: number
    } | null
    /** Other functions that it may push jobs of. */
    readonly queues: readonly string[]
    /** As whom its jobs run. */
    readonly run_as: 'enqueuer' | 'system'
    /** A pattern, by which it runs by itself. */
    readonly schedule: string | null
  } | null
  readonly versions: readonly {
    readonly version: number
    readonly created_at: string
    readonly serves: boolean
    /** Its share of the calls. */
    readonly percent: number
  }[]
}
export type ListHooksResponse = {
  readonly enabled: boolean
  readonly files: readonly string[]
  readonly hooks: readonly {
    readonly collection: string
    /** `beforeCreate`, say. */
    readonly hook: string
    readonly file: string
    /** Since the server was started or the file was changed last. */
    readonly runs: number
    /** How long it holds the server, in milliseconds; null: it has not run. */
    readonly p95: number | null
    /** Runs of more than 50 ms. */
    readonly slow: number
    readonly failures: number
    readonly last_error: { readonly at: string; readonly message: string } | null
    /** Why it does not run: then what it belongs to is refused. Null: it runs. */
    readonly off: string | null
    /** When it held the server for good, so that this was started again. */
    readonly ended: readonly string[]
  }[]
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
  /** Bytes that are free in the folder of backups. */
  readonly free: number | null
  readonly last_restore: {
    readonly at: string
    /** Name of the backup; absent where the command line has restored it. */
    readonly backup?: string
    /** When that was made. */
    readonly created_at?: string | null
    /** The backup of how everything was before. */
    readonly before?: string
    /** Why it could not be served; what was there before was put back. */
    readonly problem?: string
  } | null
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
export interface BeginBackupUploadInput {
  readonly body: {
    readonly name: string
    /** Size of the whole file. */
    readonly bytes: number
  }
}
export type BeginBackupUploadResponse = {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly received: number
}
export interface GetBackupUploadInput {
  readonly params: { readonly id: string }
}
export type GetBackupUploadResponse = {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly received: number
}
export interface SendBackupPieceInput {
  readonly params: { readonly id: string }
  readonly query: {
    /** Where the piece begins: `received`. */ readonly offset: number
  }
  readonly body: RawBody
}
export type SendBackupPieceResponse = {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly received: number
}
export interface CancelBackupUploadInput {
  readonly params: { readonly id: string }
}
export interface FinishBackupUploadInput {
  readonly params: { readonly id: string }
}
export type FinishBackupUploadResponse = {
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
}
export interface DownloadBackupInput {
  readonly params: { readonly name: string }
}
export interface PreviewRestoreInput {
  readonly params: { readonly name: string }
}
export type PreviewRestoreResponse = {
  readonly created_at: string | null
  /** Null where the change log does not have all that happened since. */
  readonly collections:
    | readonly {
        readonly collection: string
        /** Documents deleted since: they come back. */
        readonly returned: number
        /** Documents created since: they will be gone. */
        readonly lost: number
        /** Documents changed since: they will be as they were. */
        readonly undone: number
      }[]
    | null
  /** Why it does not. */
  readonly unknown: string | null
  readonly schema_differs: boolean
}
export interface RestoreBackupInput {
  readonly params: { readonly name: string }
  readonly body: {
    /** The name of the project. */ readonly confirm: string
  }
}
export type RestoreBackupResponse = {
  /** How everything was: restoring it undoes this. */
  readonly before: {
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
  }
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
export interface ListCommandsInput {
  readonly query?: {
    /** How many entries a page has at most; 50 by default. */ readonly limit?: number | undefined
    readonly cursor?: string | undefined
  }
}
export type ListCommandsResponse = {
  readonly commands: readonly {
    readonly id: number
    /** When it ended. */
    readonly at: string
    /** The user of the machine whose shell it was. */
    readonly by: string
    readonly command: string
    readonly ok: boolean
    /** Why it failed. */
    readonly message: string | null
    readonly ms: number
  }[]
  readonly next_cursor: string | null
}
export interface RecordCommandInput {
  readonly body: {
    readonly by: string
    readonly command: string
    readonly ok: boolean
    readonly message: string | null
    readonly ms: number
  }
}
export type ListSettingsResponse = {
  readonly environment: string
  readonly options: readonly {
    readonly path: string
    readonly kind: string
    readonly help: string
    /** As it is written; secrets are masked. */
    readonly value: unknown
    readonly default: unknown
    readonly nullable: boolean
    readonly secret: boolean
    /** Of a choice; otherwise empty. */
    readonly choices: readonly string[]
    /** Another value needs another start. */
    readonly at_start: boolean
    /** The files say something else than what is served, until the next start. */
    readonly waiting: boolean
    readonly variable: string
    readonly origin: {
      readonly kind: 'default' | 'file' | 'variable' | 'override'
      readonly file: string | null
      readonly line: number | null
      readonly variable: string | null
    }
    /** Why it cannot be changed here. */
    readonly fixed: string | null
  }[]
  /** What is wrong with the files: then no options are listed. */
  readonly problems: readonly string[]
}
export interface ChangeSettingsInput {
  readonly body: {
    /** Values by path; null takes what was set away. */ readonly set: Readonly<Record<string, unknown>>
    /** Only checks them. */
    readonly dry_run?: boolean | undefined
  }
}
export type ChangeSettingsResponse = {
  /** Files that were changed, or would be. */ readonly files: readonly string[]
  /** Options that wait for another start. */
  readonly restart: readonly string[]
}
export interface ExplainRulesInput {
  readonly body: {
    readonly collection: string
    readonly operation: 'create' | 'read' | 'update' | 'delete'
    /** `anonymous`, `user:<id or address>`, `key`, `key:<scope>`, `operator:<role>`, or what a user would be like. */
    readonly as?:
      | string
      | {
          readonly id?: string | undefined
          readonly email?: string | undefined
          readonly role?: string | undefined
          readonly verified?: boolean | undefined
          readonly claims?: Readonly<Record<string, unknown>> | null | undefined
          readonly metadata?: Readonly<Record<string, unknown>> | null | undefined
        }
      | undefined
    readonly id?: string | number | undefined
    /** A document that is taken as stored, instead of one by `id`. */
    readonly document?: Readonly<Record<string, unknown>> | undefined
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
    /** The predicate over the row `d0` that it is for this caller. */
    readonly sql: { readonly text: string; readonly params: readonly unknown[] } | null
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
  readonly body?: {
    /** Without them, the project's own in `rules/`. */
    readonly files?: readonly { readonly name: string; readonly source: string }[] | undefined
  }
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
export interface ReadRuleMatrixInput {
  readonly query?: {
    /** Only this one. */ readonly collection?: string | undefined
    /** Somebody in particular, in a column of their own. */
    readonly as?: string | undefined
  }
}
export type ReadRuleMatrixResponse = {
  readonly actors: readonly { readonly id: string; readonly name: string; readonly about: string }[]
  readonly collections: readonly {
    readonly collection: string
    /** The field that says who owns a document. */
    readonly owner: string | null
    readonly operations: readonly {
      readonly operation: 'create' | 'read' | 'update' | 'delete'
      readonly cells: readonly {
        readonly actor: string
        /** `none`: no caller is of this class here. */
        readonly comes_to: 'always' | 'never' | 'depends' | 'bypassed' | 'none'
        /** Of `depends`: one of the permits must hold, and all others. */
        readonly conditions: readonly {
          readonly line: number
          readonly column: number
          readonly kind: 'permit' | 'restrict' | 'field'
          /** The policy's, or the field's; null for the short form of a rule. */
          readonly name: string | null
          /** Writing a stored document takes reading it too. */
          readonly operation: 'create' | 'read' | 'update' | 'delete'
          readonly about: 'stored' | 'resulting'
          /** What is left of the rule for these callers. */
          readonly condition: string
        }[]
      }[]
    }[]
    /** Those that not everybody may read and write who may read and write the document. */
    readonly fields: readonly {
      readonly field: string
      readonly read: readonly {
        readonly actor: string
        /** `none`: no caller is of this class here. */
        readonly comes_to: 'always' | 'never' | 'depends' | 'bypassed' | 'none'
        /** Of `depends`: one of the permits must hold, and all others. */
        readonly conditions: readonly {
          readonly line: number
          readonly column: number
          readonly kind: 'permit' | 'restrict' | 'field'
          /** The policy's, or the field's; null for the short form of a rule. */
          readonly name: string | null
          /** Writing a stored document takes reading it too. */
          readonly operation: 'create' | 'read' | 'update' | 'delete'
          readonly about: 'stored' | 'resulting'
          /** What is left of the rule for these callers. */
          readonly condition: string
        }[]
      }[]
      readonly write: readonly {
        readonly actor: string
        /** `none`: no caller is of this class here. */
        readonly comes_to: 'always' | 'never' | 'depends' | 'bypassed' | 'none'
        /** Of `depends`: one of the permits must hold, and all others. */
        readonly conditions: readonly {
          readonly line: number
          readonly column: number
          readonly kind: 'permit' | 'restrict' | 'field'
          /** The policy's, or the field's; null for the short form of a rule. */
          readonly name: string | null
          /** Writing a stored document takes reading it too. */
          readonly operation: 'create' | 'read' | 'update' | 'delete'
          readonly about: 'stored' | 'resulting'
          /** What is left of the rule for these callers. */
          readonly condition: string
        }[]
      }[]
    }[]
  }[]
}
export interface CountHiddenInput {
  readonly body: {
    readonly collection: string
    readonly as?: string | undefined
    /** Of `read`: what a list asks for, as its parameters. */
    readonly filter?: readonly string[] | undefined
    readonly where?: string | undefined
    /** What `$1`, `$2` … of `where` stand for. */
    readonly params?: readonly unknown[] | undefined
  }
}
export type CountHiddenResponse = {
  /** Documents that match, hidden or not. */ readonly total: number
  readonly visible: number
  readonly hidden: number
  /** Keys of the first hidden ones. */
  readonly examples: readonly (string | number)[]
}
export interface CheckRuleInput {
  readonly body: {
    readonly place:
      | {
          readonly collection: string
          /** Rules that let fields be read have the scope of `read`, those that let them be written of `create`. */
          readonly operation: 'create' | 'read' | 'update' | 'delete'
        }
      | { readonly definition: string; readonly parameters?: readonly string[] | undefined }
    readonly source: string
    /** An offset in the expression: what may be written there. */
    readonly at?: number | undefined
  }
}
export type CheckRuleResponse = {
  readonly problems: readonly {
    readonly severity: 'error' | 'warning'
    readonly message: string
    /** Offsets in the expression, in UTF-16 units. */
    readonly start: number
    readonly end: number
  }[]
  readonly completions: {
    /** Where the word begins that they replace. */ readonly from: number
    readonly options: readonly { readonly label: string; readonly kind: string; readonly detail: string }[]
  } | null
}
export interface RunSqlInput {
  readonly body: {
    /** One statement, or several with semicolons between them. */ readonly sql: string
    /** read: what writes is refused. plan: how each statement would run. dry_run: what a write would change; nothing is. write: all statements in one transaction. */
    readonly mode?: 'read' | 'plan' | 'dry_run' | 'write' | undefined
    /** The most rows of each statement; sql.max_rows bounds it. */
    readonly limit?: number | undefined
    /** Shows internal fields: takes sql_internal:read. */
    readonly internal?: boolean | undefined
    /** A name under which the run can be stopped. */
    readonly run?: string | undefined
  }
}
export type ListSqlResponse = {
  readonly running: readonly {
    readonly run: string
    /** Null where it is of somebody else, for who may not write by SQL. */
    readonly sql: string | null
    readonly mode: 'read' | 'plan' | 'dry_run' | 'write'
    readonly by: string | null
    readonly since: string
  }[]
}
export interface StopSqlInput {
  readonly params: { readonly run: string }
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
  /** Where it begins in the source of the rule, or of the definition, in UTF-16 units. */
  readonly start: number
  readonly end: number
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
  getRequest: { method: 'GET', path: '/api/admin/requests/{id}', response: 'json' },
  listQueries: { method: 'GET', path: '/api/admin/queries', response: 'json' },
  getLoadStats: { method: 'GET', path: '/api/admin/stats', response: 'json' },
  listLogEntries: { method: 'GET', path: '/api/admin/logs', response: 'json' },
  listMailSuppressions: { method: 'GET', path: '/api/admin/mail/suppressions', response: 'json' },
  addMailSuppression: { method: 'POST', path: '/api/admin/mail/suppressions', response: 'json' },
  removeMailSuppression: { method: 'DELETE', path: '/api/admin/mail/suppressions', response: 'json' },
  listMailTemplates: { method: 'GET', path: '/api/admin/mail/templates', response: 'json' },
  previewMailTemplate: { method: 'GET', path: '/api/admin/mail/templates/{name}', response: 'json' },
  showMailTemplate: { method: 'GET', path: '/api/admin/mail/templates/{name}/html', response: 'raw' },
  listMails: { method: 'GET', path: '/api/admin/mail', response: 'json' },
  releaseMails: { method: 'POST', path: '/api/admin/mail/release', response: 'json' },
  getMail: { method: 'GET', path: '/api/admin/mail/{id}', response: 'json' },
  resendMail: { method: 'POST', path: '/api/admin/mail/{id}/resend', response: 'json' },
  sendTestMail: { method: 'POST', path: '/api/admin/mail/test', response: 'json' },
  mapPositions: { method: 'GET', path: '/api/admin/data/positions/{collection}', response: 'json' },
  listCollections: { method: 'GET', path: '/api/admin/collections', response: 'json' },
  importDocuments: {
    method: 'POST',
    path: '/api/admin/import/{collection}',
    bodyType: 'application/x-ndjson',
    response: 'json',
  },
  importOperations: { method: 'POST', path: '/api/admin/import', bodyType: 'application/x-ndjson', response: 'json' },
  listChanges: { method: 'GET', path: '/api/admin/changes', response: 'json' },
  undoChange: { method: 'POST', path: '/api/admin/changes/{id}/undo', response: 'json' },
  bulkWrite: { method: 'POST', path: '/api/admin/data/bulk/{collection}', response: 'json' },
  importRows: {
    method: 'POST',
    path: '/api/admin/data/import/{collection}',
    bodyType: 'application/x-ndjson',
    response: 'json',
  },
  exportDocuments: { method: 'GET', path: '/api/admin/data/export/{collection}', response: 'raw' },
  getOperatorFactors: { method: 'GET', path: '/api/admin/mfa', response: 'json' },
  enrollOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/enroll', response: 'json' },
  activateOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/activate', response: 'json' },
  verifyOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/verify', response: 'json' },
  disableOperatorTotp: { method: 'POST', path: '/api/admin/mfa/totp/disable', response: 'json' },
  renewOperatorRecoveryCodes: { method: 'POST', path: '/api/admin/mfa/recovery-codes', response: 'json' },
  loginOperator: { method: 'POST', path: '/api/admin/login', response: 'json' },
  renewOperatorSession: { method: 'POST', path: '/api/admin/session', response: 'json' },
  logoutOperator: { method: 'DELETE', path: '/api/admin/session', response: 'json' },
  proveOperator: { method: 'POST', path: '/api/admin/session/proof', response: 'json' },
  setUpFirstOperator: { method: 'POST', path: '/api/admin/setup', response: 'json' },
  setOperatorPassword: { method: 'POST', path: '/api/admin/password', response: 'json' },
  changeOperatorPassword: { method: 'POST', path: '/api/admin/password/change', response: 'json' },
  listOperators: { method: 'GET', path: '/api/admin/operators', response: 'json' },
  createOperator: { method: 'POST', path: '/api/admin/operators', response: 'json' },
  updateOperator: { method: 'PATCH', path: '/api/admin/operators/{id}', response: 'json' },
  deleteOperator: { method: 'DELETE', path: '/api/admin/operators/{id}', response: 'json' },
  removeOperatorMfa: { method: 'DELETE', path: '/api/admin/operators/{id}/mfa', response: 'json' },
  endOperatorSessions: { method: 'DELETE', path: '/api/admin/operators/{id}/sessions', response: 'json' },
  resetOperatorPassword: { method: 'POST', path: '/api/admin/operators/{id}/reset-password', response: 'json' },
  getEditingLock: { method: 'GET', path: '/api/admin/session/editing', response: 'json' },
  unlockEditing: { method: 'POST', path: '/api/admin/session/editing', response: 'json' },
  lockEditing: { method: 'DELETE', path: '/api/admin/session/editing', response: 'json' },
  listProviders: { method: 'GET', path: '/api/admin/providers', response: 'json' },
  testProvider: { method: 'POST', path: '/api/admin/providers/{name}/test', response: 'json' },
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
  createOperatorsTicket: { method: 'POST', path: '/api/admin/data/realtime/ticket', response: 'json' },
  getRealtimeStats: { method: 'GET', path: '/api/admin/realtime', response: 'json' },
  listJobQueues: { method: 'GET', path: '/api/admin/jobs/queues', response: 'json' },
  releaseJobs: { method: 'POST', path: '/api/admin/jobs/release', response: 'json' },
  pauseJobQueue: { method: 'POST', path: '/api/admin/jobs/queues/{name}/pause', response: 'json' },
  resumeJobQueue: { method: 'POST', path: '/api/admin/jobs/queues/{name}/resume', response: 'json' },
  listJobs: { method: 'GET', path: '/api/admin/jobs', response: 'json' },
  pushJob: { method: 'POST', path: '/api/admin/jobs', response: 'json' },
  getJobDetail: { method: 'GET', path: '/api/admin/jobs/{id}', response: 'json' },
  deleteJob: { method: 'DELETE', path: '/api/admin/jobs/{id}', response: 'json' },
  retryJob: { method: 'POST', path: '/api/admin/jobs/{id}/retry', response: 'json' },
  cancelJob: { method: 'POST', path: '/api/admin/jobs/{id}/cancel', response: 'json' },
  listSchedules: { method: 'GET', path: '/api/admin/schedules', response: 'json' },
  createSchedule: { method: 'POST', path: '/api/admin/schedules', response: 'json' },
  getSchedule: { method: 'GET', path: '/api/admin/schedules/{name}', response: 'json' },
  changeSchedule: { method: 'PATCH', path: '/api/admin/schedules/{name}', response: 'json' },
  deleteSchedule: { method: 'DELETE', path: '/api/admin/schedules/{name}', response: 'json' },
  pauseSchedule: { method: 'POST', path: '/api/admin/schedules/{name}/pause', response: 'json' },
  resumeSchedule: { method: 'POST', path: '/api/admin/schedules/{name}/resume', response: 'json' },
  runSchedule: { method: 'POST', path: '/api/admin/schedules/{name}/run', response: 'json' },
  nextScheduleFirings: { method: 'GET', path: '/api/admin/schedules/{name}/next', response: 'json' },
  listScheduleFirings: { method: 'GET', path: '/api/admin/schedules/{name}/firings', response: 'json' },
  listTasks: { method: 'GET', path: '/api/admin/tasks', response: 'json' },
  runTask: { method: 'POST', path: '/api/admin/tasks/{name}/run', response: 'json' },
  getMigrations: { method: 'GET', path: '/api/admin/migrations', response: 'json' },
  getMigration: { method: 'GET', path: '/api/admin/migrations/{version}', response: 'json' },
  getRunningMigration: { method: 'GET', path: '/api/admin/migrate', response: 'json' },
  migrate: { method: 'POST', path: '/api/admin/migrate', response: 'json' },
  getSchema: { method: 'GET', path: '/api/admin/schema', response: 'json' },
  replaceSchema: { method: 'POST', path: '/api/admin/schema', response: 'json' },
  planSchema: { method: 'POST', path: '/api/admin/schema/plan', response: 'json' },
  applySchema: { method: 'POST', path: '/api/admin/schema/apply', response: 'json' },
  getSchemaVersion: { method: 'GET', path: '/api/admin/schema/version', response: 'json' },
  getSchemaUsage: { method: 'GET', path: '/api/admin/schema/usage', response: 'json' },
  listEventSubscribers: { method: 'GET', path: '/api/admin/events/subscribers', response: 'json' },
  listWebhookDeliveries: { method: 'GET', path: '/api/admin/webhooks/{name}/deliveries', response: 'json' },
  listAllWebhookDeliveries: { method: 'GET', path: '/api/admin/webhook-deliveries', response: 'json' },
  followWebhookDeliveries: { method: 'GET', path: '/api/admin/webhooks/{name}/deliveries/live', response: 'raw' },
  getWebhookDelivery: { method: 'GET', path: '/api/admin/webhooks/{name}/deliveries/{id}', response: 'json' },
  replayWebhookDelivery: {
    method: 'POST',
    path: '/api/admin/webhooks/{name}/deliveries/{id}/replay',
    response: 'json',
  },
  skipWebhookDelivery: { method: 'POST', path: '/api/admin/webhooks/{name}/deliveries/{id}/skip', response: 'json' },
  listWebhooks: { method: 'GET', path: '/api/admin/webhooks', response: 'json' },
  createWebhook: { method: 'POST', path: '/api/admin/webhooks', response: 'json' },
  getWebhook: { method: 'GET', path: '/api/admin/webhooks/{name}', response: 'json' },
  updateWebhook: { method: 'PATCH', path: '/api/admin/webhooks/{name}', response: 'json' },
  deleteWebhook: { method: 'DELETE', path: '/api/admin/webhooks/{name}', response: 'json' },
  rotateWebhookSecret: { method: 'POST', path: '/api/admin/webhooks/{name}/rotate', response: 'json' },
  testWebhook: { method: 'POST', path: '/api/admin/webhooks/{name}/test', response: 'json' },
  enableWebhook: { method: 'POST', path: '/api/admin/webhooks/{name}/enable', response: 'json' },
  disableWebhook: { method: 'POST', path: '/api/admin/webhooks/{name}/disable', response: 'json' },
  replayWebhook: { method: 'POST', path: '/api/admin/webhooks/{name}/replay', response: 'json' },
  invokeFunction: { method: 'POST', path: '/api/admin/data/functions/{name}', response: 'json' },
  listFunctions: { method: 'GET', path: '/api/admin/functions', response: 'json' },
  listFunctionSchemas: { method: 'GET', path: '/api/admin/schema/functions', response: 'json' },
  listExecutions: { method: 'GET', path: '/api/admin/functions/executions', response: 'json' },
  followExecutions: { method: 'GET', path: '/api/admin/functions/executions/live', response: 'raw' },
  getExecution: { method: 'GET', path: '/api/admin/functions/executions/{id}', response: 'json' },
  getFunction: { method: 'GET', path: '/api/admin/functions/{name}', response: 'json' },
  replayFunctionEvents: { method: 'POST', path: '/api/admin/functions/{name}/replay', response: 'json' },
  serveFunctionVersion: { method: 'POST', path: '/api/admin/functions/{name}/serve', response: 'json' },
  listHooks: { method: 'GET', path: '/api/admin/hooks', response: 'json' },
  listBackups: { method: 'GET', path: '/api/admin/backups', response: 'json' },
  createBackup: { method: 'POST', path: '/api/admin/backups', response: 'json' },
  setBackupSchedule: { method: 'PUT', path: '/api/admin/backups/schedule', response: 'json' },
  verifyBackup: { method: 'POST', path: '/api/admin/backups/{name}/verify', response: 'json' },
  deleteBackup: { method: 'DELETE', path: '/api/admin/backups/{name}', response: 'json' },
  beginBackupUpload: { method: 'POST', path: '/api/admin/backups/uploads', response: 'json' },
  getBackupUpload: { method: 'GET', path: '/api/admin/backups/uploads/{id}', response: 'json' },
  sendBackupPiece: {
    method: 'PUT',
    path: '/api/admin/backups/uploads/{id}',
    bodyType: 'application/octet-stream',
    response: 'json',
  },
  cancelBackupUpload: { method: 'DELETE', path: '/api/admin/backups/uploads/{id}', response: 'json' },
  finishBackupUpload: { method: 'POST', path: '/api/admin/backups/uploads/{id}/finish', response: 'json' },
  downloadBackup: { method: 'GET', path: '/api/admin/backups/{name}/download', response: 'raw' },
  previewRestore: { method: 'GET', path: '/api/admin/backups/{name}/restore', response: 'json' },
  restoreBackup: { method: 'POST', path: '/api/admin/backups/{name}/restore', response: 'json' },
  dumpDatabase: { method: 'GET', path: '/api/admin/dump', response: 'raw' },
  resetDatabase: { method: 'POST', path: '/api/admin/reset', response: 'json' },
  runDoctor: { method: 'GET', path: '/api/admin/doctor', response: 'json' },
  listCommands: { method: 'GET', path: '/api/admin/commands', response: 'json' },
  recordCommand: { method: 'POST', path: '/api/admin/commands', response: 'json' },
  listSettings: { method: 'GET', path: '/api/admin/settings', response: 'json' },
  changeSettings: { method: 'PATCH', path: '/api/admin/settings', response: 'json' },
  explainRules: { method: 'POST', path: '/api/admin/rules/explain', response: 'json' },
  testRules: { method: 'POST', path: '/api/admin/rules/test', response: 'json' },
  readRuleMatrix: { method: 'GET', path: '/api/admin/rules/matrix', response: 'json' },
  countHidden: { method: 'POST', path: '/api/admin/rules/visibility', response: 'json' },
  checkRule: { method: 'POST', path: '/api/admin/rules/check', response: 'json' },
  runSql: { method: 'POST', path: '/api/admin/sql', response: 'raw' },
  listSql: { method: 'GET', path: '/api/admin/sql', response: 'json' },
  stopSql: { method: 'DELETE', path: '/api/admin/sql/{run}', response: 'json' },
  listStudioItems: { method: 'GET', path: '/api/admin/studio/items', response: 'json' },
  keepStudioItem: { method: 'PUT', path: '/api/admin/studio/items/{name}', response: 'json' },
  deleteStudioItem: { method: 'DELETE', path: '/api/admin/studio/items/{name}', response: 'json' },
}
