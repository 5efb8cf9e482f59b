export { EVENT_BEHAVIOURS, type EventBehaviour } from './event-behaviours'
export { EVENT_FUNCTION } from './event-function'
export type { LogLine } from './fake-server'
export { JOB_BEHAVIOURS, type JobBehaviour } from './job-behaviours'
export { JOB_FUNCTION } from './job-function'
/** @public Starts the host of a runtime beside a server that speaks the protocol: for the hosts of other languages too. */
export { type CallOptions, type Instance, type InstanceOptions, startInstance } from './start-instance'
export { useInstances } from './use-instances'
