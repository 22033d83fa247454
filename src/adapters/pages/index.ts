/** What the links in mails open, for people who are not connected. */
export * from './check-door.ts'
export * from './link-door.ts'
export { offerDoor } from './offer-door.ts'
