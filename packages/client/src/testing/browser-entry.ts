export * from '../index'
export { metadata } from './blog'
