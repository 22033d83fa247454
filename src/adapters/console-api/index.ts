export * from './operator-door.ts'
export { portalDoor } from './portal-door.ts'
export type { PortalDesk } from './portal-door.ts'
export { meterDoor } from './meter-door.ts'
