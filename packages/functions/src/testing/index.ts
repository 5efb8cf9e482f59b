export type { LogLine } from './fake-server'
/** @public Starts the host of a runtime beside a server that speaks the protocol: for the hosts of other languages too. */
export { type CallOptions, type Instance, type InstanceOptions, startInstance } from './start-instance'
