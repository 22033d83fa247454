/** Declarative mappings: how a foreign JSON, XML or table becomes documents. See README.md. */
export type { Mapping } from './mapping.ts'
export { mappingFaults } from './mapping-faults.ts'
export { readMappingFile, readMappingFolders } from './mapping-folder.ts'
export { MappingRunner } from './mapping-runner.ts'
export { overrideFaults } from './overrides.ts'
export { readMapping } from './read-mapping.ts'
