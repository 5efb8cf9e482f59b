export { editYaml } from './edit-yaml'
export { fromJson } from './from-json'
export {
  type Position,
  type Report,
  readYaml,
  reportNumbers,
  toJson,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './read-yaml'
export { pathText, type YamlEdit, YamlEditError, type YamlPath } from './yaml-edit'
