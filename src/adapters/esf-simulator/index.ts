/**
 * A stand-in of the state portal ИС ЭСФ: real HTTP and SOAP, written from the published contract and from
 * what integrators have seen on the live portal. It shares no code with the client of `adapters/esf`.
 */
export type { CallReport, Deposit, EsfSimulator, PortalAct, PortalInvoice } from './simulator.ts'
export { startEsfSimulator } from './simulator.ts'
export type { Delay, EsfSimulatorOptions, NdsRate, SimulatorTaxpayer, SimulatorUser } from './options.ts'
export type { FaultScript, InjectedFault, RandomFaults } from './fault-script.ts'
export type { JournalRecord } from './journal.ts'
export type { VerifiedTicket, VerifyRaw, VerifyTicket } from './signatures.ts'
