export * from './actor'
export * from './change'
export * from './errors'
export * from './sql'
