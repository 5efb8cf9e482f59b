export * from './model'
export * from './relations'
