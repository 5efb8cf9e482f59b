export type * from './metadata'
