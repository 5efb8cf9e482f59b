export { type KoyaCollectionConfig, type KoyaUtils, koyaCollectionOptions } from './koya-collection-options'
export { type KoyaMutationOptions, koyaMutationFn } from './koya-mutation-fn'
export { uuidV7 } from './uuid-v7'
