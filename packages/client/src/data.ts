export type { AggregateInput, Group, TimeBucket } from './aggregate-types'
export type {
  Batch,
  BatchAssertion,
  BatchCollection,
  BatchInput,
  BatchKey,
  BatchOperation,
  BatchResults,
  DocumentOperation,
  ResultKey,
} from './batch'
export type { CallOptions, DataOptions, TokenSource } from './call-options'
export { type BaseClient, createData, type KoyaliteData, type RequestInput } from './create-data'
export type { Documents, GetOptions, WriteOptions } from './documents'
export type { Filter, SortKey } from './filter-types'
export { isKoyaError, KoyaError, type KoyaErrorCode, type LocalErrorCode } from './koya-error'
export type * from './metadata'
export type { Collection, Page, PageOptions, Query } from './query-types'
export { compareSeq } from './seq'
export type { WhereValue } from './where'
export {
  type FunctionCall,
  type FunctionMetadata,
  type FunctionsMetadata,
  type FunctionsOf,
  type WithFunctions,
  withFunctions,
} from './with-functions'
