export type { DataOptions as KoyaliteOptions } from './call-options'
export {
  createData as createKoyalite,
  type KoyaliteData as Koyalite,
} from './create-data'
export * from './data'
