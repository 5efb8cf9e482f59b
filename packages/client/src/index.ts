export * from './data'
