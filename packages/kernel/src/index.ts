export { BASE_SETTINGS, type BaseSettings } from './config/base-settings'
export { changedAtStart, keepOptions } from './config/changed-at-start'
export {
  declareSettings,
  type SettingsCheck,
  type SettingsDeclaration,
  type SettingsOf,
  type SettingsSections,
} from './config/declare-settings'
export { type DescribedOption, describeOptions } from './config/describe-options'
export * from './config/describe-settings'
export { editVariable } from './config/edit-variables'
export { expandText, type Variables } from './config/expand-variables'
export * from './config/load-settings'
export { listOptions, nodeAt, type OptionInfo, type OptionNode } from './config/option-tree'
export * from './config/options'
export * from './config/process-environment'
export { readSecretReference } from './config/secret-references'
export * from './config/settings-problem'
export { formatDuration, formatRate, parseDuration, parseRate, parseSize, type Rate } from './config/units'
export * from './http/allowed-hosts'
export { isNetwork, type TrustProxy } from './http/client-address'
export {
  JsonText,
  type PathParams,
  type Reply,
  type ReplyOptions,
  type ResponseTypes,
  type RouteCall,
  type RouteDefinition,
  reply,
  route,
} from './http/define-route'
export { deniedCall } from './http/denied-call'
export { DESIGN_TOKENS } from './http/design-tokens'
export { durationInput } from './http/duration-input'
export * from './http/error-body'
export { etagOf } from './http/etag'
export { type Html, type HtmlContent, html } from './http/html'
export * from './http/http-app'
export * from './http/http-settings'
export { idempotencyOf } from './http/idempotency-key'
export { listBody } from './http/list-body'
export { type Callers, type LiveResponse, liveResponse } from './http/live-response'
export { hostnameOf } from './http/local-caller'
export { requireJson } from './http/media-type'
export * from './http/page-origin'
export { type Paginated, pageOf, paginated } from './http/paginated'
export * from './http/parse-json'
export { readBody } from './http/read-body'
export { EVERYONE, type RequestAccess } from './http/request-access'
export { RequestFaults } from './http/request-faults'
export * from './http/route'
export { queryFlag } from './http/route-query'
export { projectMark, type ServerPage, serverPage } from './http/server-page'

export { EventLoopShare } from './lifecycle/event-loop-share'
export { createForwarder, type Forwarder, type KnownRequest, serveForwarded } from './lifecycle/forwarding'
export { findSocket, type PrivateSocket, prepareSocket, type SocketPlace } from './lifecycle/private-socket'
export {
  alone,
  type Call,
  type CallHandlers,
  createCallHandlers,
  defineCall,
  type PrimaryRole,
  type Role,
  type WorkerRole,
} from './lifecycle/role'
export {
  findPort,
  type Listening,
  type ListeningOnPort,
  type ServeOptions,
  serve,
  serveControl,
} from './lifecycle/serve'
export { defineService, type OpenService, type Service } from './lifecycle/service'
export { listServices, type OpenServices, type ServiceList } from './lifecycle/service-list'
export { startRuntimeThreads } from './lifecycle/start-runtime-threads'
export { byCron, cronProblem, every, type TaskSchedule, whenDue } from './lifecycle/task-schedule'
export { createTasks, type OwnTask, processTimer, type Task, type TaskStatus, type Tasks } from './lifecycle/tasks'
export { createLog, type LogOptions } from './log/create-log'
export * from './log/dev-notes'
export * from './log/log'
export * from './metrics/health-routes'
export * from './metrics/http-metrics'
export { mergeMetrics, type ProcessMetrics } from './metrics/merge-metrics'
export * from './metrics/metrics'
export { findEngineSocket } from './outbound/container-engine'
export {
  createOutbound,
  type Outbound,
  type OutboundInit,
  type OutboundOptions,
  OutboundRefusedError,
} from './outbound/outbound'
export { addressBucket } from './rate-limit/address-bucket'
export { rateLimited, requireAllowed } from './rate-limit/rate-headers'
export { type Charge, createRateLimiter, type RateLimiter, type RateState } from './rate-limit/rate-limiter'
export {
  createRequestLimits,
  type MessageSender,
  type RequestLimitSettings,
  type RequestLimits,
} from './rate-limit/request-limits'
export { createInstance, INSTANCE_FILE, type Instance, newInstance, readInstance } from './secrets/instance'
export { createKeyFile, type KeyFile } from './secrets/key-file'
export { weakKeyProblem } from './secrets/key-strength'
export { openSecretBox, type SecretBox } from './secrets/secret-box'
export * from './websocket/web-socket'
