export { ConfigRefusal } from './config-refusal.ts'
export { configurationPage, declare } from './configuration.ts'
export type { Configuration, DescribedSetting, Sources } from './configuration.ts'
export { gatewaySettings } from './settings.ts'
