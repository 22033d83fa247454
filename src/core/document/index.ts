/** The face of the room: the ЭДО format, version 1, as a language. See README.md. */
export * from './kinds/index.ts'
