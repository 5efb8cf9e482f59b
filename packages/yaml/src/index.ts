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
