export * from './operator-door.ts'
